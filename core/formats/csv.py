"""CSV: one file per section, written while the rows come in; made for machines and safe in a spreadsheet."""

from __future__ import annotations

import gzip
from contextlib import suppress
from pathlib import Path
from typing import IO, Final, cast

import pyarrow as pa

from core.document.model import ReportDocument, ReportHead, Section, SectionHead
from core.formats.arrow_text import slices
from core.formats.base import Format, Writer, WrittenFile
from core.formats.csv_cells import header_csv, rows_csv
from core.formats.csv_options import CsvOptions, read_options
from core.formats.disk import disk_errors
from core.formats.files import discard, finish
from core.formats.words import column_label
from core.text import slug

_MEDIA_TYPE: Final = "text/csv"
_GZIP_MEDIA_TYPE: Final = "application/gzip"
_GZIP_LEVEL: Final = 3
# What delimiters and the ends of lines add to a value.
_CELL_BYTES: Final = 8


class _Part:
    """The file of one section."""

    def __init__(self, path: Path, section: SectionHead, options: CsvOptions, zone: str) -> None:
        self.temporary = path.with_name(path.name + ".tmp")
        self.section = section
        self.rows = 0
        self.total = 0
        self._options = options
        self._zone = zone
        self._shown = [place for place, column in enumerate(section.columns) if not column.hidden]
        self._raw = self.temporary.open("wb")
        self._target = _compressed(self._raw) if options.gzip else self._raw
        self._target.write(options.mark + self._encode(self._header().encode()))

    def write(self, batch: pa.RecordBatch) -> None:
        for piece in slices(batch.select(self._shown), cell_bytes=_CELL_BYTES):
            self._target.write(self._encode(rows_csv(piece, options=self._options, zone=self._zone)))
        self.rows += batch.num_rows

    def close(self) -> None:
        """Writes what is still in memory; the file on disk is closed even when that fails."""
        try:
            self._target.close()
        finally:
            self._raw.close()

    def _header(self) -> str:
        wanted = self._options.header
        if wanted is False:
            return ""
        columns = self.section.visible
        names = [column_label(column) if wanted == "labels" else column.name for column in columns]
        return header_csv(names, options=self._options)

    def _encode(self, lines: bytes | memoryview) -> bytes | memoryview:
        """Characters that the encoding does not have become question marks."""
        codec = self._options.codec
        return lines if codec is None else str(lines, "utf-8").encode(codec, "replace")


def _compressed(raw: IO[bytes]) -> IO[bytes]:
    return cast(IO[bytes], gzip.GzipFile(fileobj=raw, mode="wb", compresslevel=_GZIP_LEVEL, mtime=0, filename=""))


class CsvWriter:
    """A report with several sections gives several files; a section that failed gives none."""

    def __init__(self, folder: Path, stem: str, head: ReportHead) -> None:
        self._folder, self._stem = folder, stem
        self._zone = head.timezone
        self._options = read_options(head.format_options.get("csv", {}))
        self._extension = "csv.gz" if self._options.gzip else "csv"
        self._parts: list[_Part] = []
        self._open: _Part | None = None

    def begin(self, section: SectionHead) -> None:
        number = len(self._parts) + 1
        name = self._stem if number == 1 else f"{self._stem}-{number}"
        with disk_errors():
            self._open = _Part(self._folder / f"{name}.{self._extension}", section, self._options, self._zone)

    def write(self, batch: pa.RecordBatch) -> None:
        assert self._open is not None, "begin comes before write"
        with disk_errors():
            self._open.write(batch)

    def end(self, section: Section) -> None:
        part = self._open
        if part is None:
            return
        with disk_errors():
            part.close()
        self._open = None
        if section.error is not None:
            discard(part.temporary)
            return
        part.total = section.row_count
        self._parts.append(part)

    def close(self, document: ReportDocument) -> list[WrittenFile]:
        suffixes = _suffixes([part.section.title for part in self._parts], alone=len(document.sections) == 1)
        media_type = _GZIP_MEDIA_TYPE if self._options.gzip else _MEDIA_TYPE
        with disk_errors():
            paths = [finish(part.temporary) for part in self._parts]
        return [
            WrittenFile(path, number, suffix, self._extension, media_type, part.rows, part.total)
            for number, (path, suffix, part) in enumerate(zip(paths, suffixes, self._parts, strict=True), start=1)
        ]

    def abort(self) -> None:
        parts = [*self._parts, self._open] if self._open else self._parts
        for part in parts:
            # A full disk refuses the last bytes too, and nobody will read them.
            with suppress(OSError, ValueError):
                part.close()
            discard(part.temporary)


def _suffixes(titles: list[str], *, alone: bool) -> list[str]:
    """Words that tell the files of a report apart."""
    if alone:
        return ["" for _ in titles]
    taken: list[str] = []
    for title in titles:
        word, number = slug(title, fallback="part"), 2
        while word in taken:
            word, number = f"{slug(title, fallback='part')}-{number}", number + 1
        taken.append(word)
    return taken


class CsvFormat:
    key = "csv"
    label = "CSV"
    extension = "csv"
    media_type = _MEDIA_TYPE

    def open(self, folder: Path, *, stem: str, head: ReportHead) -> Writer:
        """Raises InvalidInput for an option that CSV does not have."""
        return CsvWriter(folder, stem, head)


FORMAT: Format = CsvFormat()
