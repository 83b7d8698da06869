"""Excel: XlsxWriter draws the workbook, Arrow kernels fill in the rows while the file is being compressed."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from core.document.model import ReportDocument, ReportHead, Section, SectionHead
from core.errors import RenderError
from core.formats.base import Format, Writer, WrittenFile
from core.formats.disk import disk_errors
from core.formats.excel_about import shortened
from core.formats.excel_book import Formats
from core.formats.excel_fill import MAX_ROWS, MAX_SHEET_BYTES, Workbook
from core.formats.excel_highlights import directions
from core.formats.excel_options import read_options
from core.formats.excel_summary import SummarySheet, tile_styles
from core.formats.files import discard, finish

MEDIA_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MAX_COLUMNS: Final = 16_384


class ExcelWriter:
    """One workbook: a Summary and a data sheet per section, or more when its rows do not fit on one."""

    def __init__(
        self, path: Path, head: ReportHead, *, max_rows: int = MAX_ROWS, max_bytes: int = MAX_SHEET_BYTES
    ) -> None:
        self._temporary = path.with_name(path.name + ".tmp")
        self._section: SectionHead | None = None
        options = read_options(head.format_options.get("excel", {}))
        with disk_errors():
            self._file = self._temporary.open("wb")
        self._book = Workbook(self._file, head, options, max_rows=max_rows, max_bytes=max_bytes)

    def begin(self, section: SectionHead) -> None:
        """Raises RenderError for more columns than a sheet has."""
        if len(section.visible) > _MAX_COLUMNS:
            raise RenderError(f"'{section.title}' has {len(section.visible):,} columns; Excel holds {_MAX_COLUMNS:,}.")
        self._section = section
        self._book.begin(section)

    def write(self, batch: pa.RecordBatch) -> None:
        assert self._section is not None, "begin comes before write"
        if not self._section.visible:
            return
        shown = [place for place, column in enumerate(self._section.columns) if not column.hidden]
        with disk_errors():
            self._book.write(batch.select(shown))

    def end(self, section: Section) -> None:
        if self._section is None:
            return
        assert section.head.key == self._section.key, "sections do not overlap"
        with disk_errors():
            self._book.end(directions(section))
        self._section = None

    def close(self, document: ReportDocument) -> list[WrittenFile]:
        def fill_summary(book: Any, sheet: Any, formats: Formats) -> None:
            SummarySheet(book, sheet, formats, document, self._book.parts, self._book.look).fill()

        with disk_errors():
            self._book.close(fill_summary, tile_styles(document, self._book.look))
            self._file.close()
            path = finish(self._temporary)
        written, notes = self._book.row_count, tuple(shortened(self._book.parts))
        return [WrittenFile(path, 1, "", ExcelFormat.extension, MEDIA_TYPE, written, document.row_count, notes)]

    def abort(self) -> None:
        self._book.abandon()
        discard(self._temporary)


class ExcelFormat:
    key = "excel"
    label = "Excel"
    extension = "xlsx"
    media_type = MEDIA_TYPE

    def open(self, folder: Path, *, stem: str, head: ReportHead) -> Writer:
        """Raises InvalidInput for an option that Excel does not have."""
        return ExcelWriter(folder / f"{stem}.{self.extension}", head)


FORMAT: Format = ExcelFormat()
