"""The one protocol of all formats: batches in, one pass, counts known last.

A writer is driven like this, once per section and in order::

    writer = format.open(folder, stem="1-excel", head=report_head)
    writer.begin(section_head); writer.write(batch) ...; writer.end(section)
    files = writer.close(document)      # or writer.abort() after any error

`begin` and `write` are left out for a section that failed before its first row; `end` is always called.
A writer keeps no more than a bounded amount in memory, whatever comes through `write`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from core.document.model import ReportDocument, ReportHead, Section, SectionHead

if TYPE_CHECKING:
    # Who only asks which formats there are needs no tables.
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A finished file. `part` counts from 1; `suffix` tells parts apart in the pretty name ("airlines").

    `rows_total` is what the queries gave, `rows_written` what this file holds. `notes` are sentences about what in it
    is not as the queries gave it; the mail shows them.
    """

    path: Path
    part: int
    suffix: str
    extension: str
    media_type: str
    rows_written: int
    rows_total: int
    notes: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        return self.rows_written == self.rows_total


class Writer(Protocol):
    """One file (or one per section) being written. Paths end in `.tmp` until `close` has renamed them."""

    def begin(self, section: SectionHead) -> None: ...

    def write(self, batch: pa.RecordBatch) -> None: ...

    def end(self, section: Section) -> None: ...

    def close(self, document: ReportDocument) -> list[WrittenFile]: ...

    def abort(self) -> None: ...


class Format(Protocol):
    """A kind of file. `key` is the word of the REST contract."""

    key: str
    label: str
    extension: str
    media_type: str

    def open(self, folder: Path, *, stem: str, head: ReportHead) -> Writer: ...


class Shown(Protocol):
    """What a file holds of a section: `shown` of its `total` rows."""

    shown: int
    total: int


def single_file(path: Path, kind: Format, sections: Iterable[Shown]) -> WrittenFile:
    """The one file of a report that holds all sections."""
    rows = [(section.shown, section.total) for section in sections]
    return WrittenFile(
        path=path,
        part=1,
        suffix="",
        extension=kind.extension,
        media_type=kind.media_type,
        rows_written=sum(shown for shown, _ in rows),
        rows_total=sum(total for _, total in rows),
    )
