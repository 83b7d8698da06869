"""The file around the lines of a CSV: as they are, or compressed while they come."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Final, Protocol, cast
from zipfile import ZIP_DEFLATED, ZipFile

# Higher levels save little of a table and cost twice the time.
_LEVEL: Final = 3


class Target(Protocol):
    """Where the lines go; closing it leaves the file below open."""

    def write(self, data: bytes | memoryview, /) -> int: ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Compression:
    """`wrap(raw, name)` gives the target; `name` is the file inside, for those that have names."""

    extension: str
    media_type: str
    wrap: Callable[[IO[bytes], str], Target]


class _ZipTarget:
    """An archive with one file in it."""

    def __init__(self, raw: IO[bytes], name: str) -> None:
        self._archive = ZipFile(raw, "w", ZIP_DEFLATED, compresslevel=_LEVEL)
        # Nobody knows yet how long it becomes: without this it could not grow beyond 2 GB.
        self._member = self._archive.open(name, "w", force_zip64=True)

    def write(self, data: bytes | memoryview, /) -> int:
        return self._member.write(data)

    def close(self) -> None:
        try:
            self._member.close()
        finally:
            self._archive.close()


def _plain(raw: IO[bytes], _name: str) -> Target:
    return cast(Target, raw)


def _gzip(raw: IO[bytes], _name: str) -> Target:
    return gzip.GzipFile(fileobj=raw, mode="wb", compresslevel=_LEVEL, mtime=0, filename="")


COMPRESSIONS: Final[dict[str, Compression]] = {
    "none": Compression("csv", "text/csv", _plain),
    "gzip": Compression("csv.gz", "application/gzip", _gzip),
    "zip": Compression("zip", "application/zip", _ZipTarget),
}
