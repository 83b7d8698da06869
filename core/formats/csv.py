"""CSV: one file per section, written while the rows come in; made for machines and safe in a spreadsheet."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Final

import pyarrow as pa

from core.document.model import ReportDocument, ReportHead, Section, SectionHead
from core.formats.arrow_text import slices
from core.formats.base import Format, Writer, WrittenFile
from core.formats.csv_cells import header_csv, rows_csv
from core.formats.csv_files import COMPRESSIONS
from core.formats.csv_options import CsvOptions, read_options
from core.formats.disk import disk_errors
from core.formats.files import discard, finish
from core.formats.words import column_label
from core.text import plural, slug

# What delimiters and the ends of lines add to a value.
_CELL_BYTES: Final = 8


class _Part:
    """The file of one section."""

    def __init__(self, path: Path, section: SectionHead, options: CsvOptions, zone: str) -> None:
        self.temporary = path.with_name(path.name + ".tmp")
        self.section = section
        self.rows = 0
        self.total = 0
        self.replaced = 0
        self._options = options
        self._zone = zone
        self._shown = [place for place, column in enumerate(section.columns) if not column.hidden]
        self._raw = self.temporary.open("wb")
        inside = f"{slug(section.title, fallback='part')}.csv"
        self._target = COMPRESSIONS[options.compression].wrap(self._raw, inside)
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
        """Characters that the encoding does not have become question marks, and are counted."""
        codec = self._options.codec
        if codec is None:
            return lines
        text = str(lines, "utf-8")
        encoded = text.encode(codec, "replace")
        if self._options.is_partial:
            self.replaced += encoded.count(b"?") - text.count("?")
        return encoded

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader should know of the file."""
        if not self.replaced:
            return ()
        found = plural(self.replaced, "character")
        name = self._options.encoding_name
        return (f"{self.section.title}: {found} that {name} does not have became question marks in the CSV file.",)


class CsvWriter:
    """A report with several sections gives several files; a section that failed gives none."""

    def __init__(self, folder: Path, stem: str, head: ReportHead) -> None:
        self._folder, self._stem = folder, stem
        self._zone = head.timezone
        self._options = read_options(head.format_options.get("csv", {}))
        self._kind = COMPRESSIONS[self._options.compression]
        self._parts: list[_Part] = []
        self._open: _Part | None = None

    def begin(self, section: SectionHead) -> None:
        number = len(self._parts) + 1
        name = self._stem if number == 1 else f"{self._stem}-{number}"
        with disk_errors():
            self._open = _Part(self._folder / f"{name}.{self._kind.extension}", section, self._options, self._zone)

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
        with disk_errors():
            paths = [finish(part.temporary) for part in self._parts]
        return [
            self._written(path, number, suffix, part)
            for number, (path, suffix, part) in enumerate(zip(paths, suffixes, self._parts, strict=True), start=1)
        ]

    def _written(self, path: Path, number: int, suffix: str, part: _Part) -> WrittenFile:
        kind = self._kind
        return WrittenFile(path, number, suffix, kind.extension, kind.media_type, part.rows, part.total, part.notes)

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
    extension = COMPRESSIONS["none"].extension
    media_type = COMPRESSIONS["none"].media_type

    def open(self, folder: Path, *, stem: str, head: ReportHead) -> Writer:
        """Raises InvalidInput for an option that CSV does not have."""
        return CsvWriter(folder, stem, head)


FORMAT: Format = CsvFormat()
