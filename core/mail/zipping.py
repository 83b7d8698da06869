"""A file as a zip of limited size: nothing is written far beyond the limit, however large the file."""

from __future__ import annotations

import zipfile
from datetime import datetime
from pathlib import Path
from typing import Final

_BLOCK: Final = 1 << 20
# Readable by all, as files inside a zip usually are.
_MODE: Final = 0o644 << 16


def zip_within(source: Path, target: Path, *, name: str, most: int, at: datetime) -> int | None:
    """Write `target` with `source` inside as `name`; its size in bytes, or None (and no file) beyond `most` bytes.

    `at` is the time that the file inside carries.
    """
    info = zipfile.ZipInfo(name, date_time=at.timetuple()[:6])
    info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, _MODE
    info.file_size = source.stat().st_size
    with target.open("wb") as raw, zipfile.ZipFile(raw, "w") as archive:
        with archive.open(info, "w") as inside, source.open("rb") as plain:
            while raw.tell() <= most and (block := plain.read(_BLOCK)):
                inside.write(block)
    size = target.stat().st_size
    if size <= most:
        return size
    target.unlink()
    return None
