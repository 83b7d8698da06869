"""Streaming rows into a drawn workbook: one pass, one archive, no temporary file."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import IO, Any, Final
from zipfile import ZIP_DEFLATED, ZipFile

import pyarrow as pa

from core.document.locales import direction
from core.document.model import ReportHead, SectionHead
from core.formats.arrow_text import slices
from core.formats.excel_book import (
    FIRST_ROW,
    Drawer,
    FillSummary,
    Formats,
    Part,
    SheetXml,
    StyleList,
    member,
    sheet_name,
    split,
    with_true_range,
)
from core.formats.excel_cells import rows_xml
from core.formats.excel_options import ExcelOptions
from core.formats.excel_styles import Look, Style, number_format, palette_of
from core.formats.excel_widths import column_widths
from core.formats.fast_member import FastMember

MAX_ROWS: Final = 1_048_575
# Below the size from which a member of the archive needs zip64, which Excel offers to repair.
MAX_SHEET_BYTES: Final = 2_000_000_000
# Higher levels save a quarter of the size for more than twice the time.
_COMPRESSION: Final = 1
# What the markup of a cell adds to its value.
_CELL_BYTES: Final = 48


class Workbook:
    """The archive. `parts` are the data sheets so far."""

    def __init__(
        self, target: IO[bytes], head: ReportHead, options: ExcelOptions, *, max_rows: int, max_bytes: int
    ) -> None:
        self.parts: list[Part] = []
        self.look = Look(palette_of(head), from_right=direction(head.locale) == "rtl")
        self._target = target
        self._head = head
        self._max_rows, self._max_bytes = max_rows, max_bytes
        self._styles = StyleList(self.look)
        self._drawer = Drawer(head, self._styles, options.highlights)
        self._names: set[str] = set()
        self._written: list[SheetXml] = []
        self._section: SectionHead | None = None
        self._sheets = 0
        self._open: _OpenSheet | None = None
        self._zip = ZipFile(target, "w", ZIP_DEFLATED, compresslevel=_COMPRESSION)

    @property
    def row_count(self) -> int:
        return sum(part.rows for part in self.parts)

    def begin(self, section: SectionHead) -> None:
        self._section, self._sheets = section, 0

    def write(self, batch: pa.RecordBatch) -> None:
        """The visible columns of some rows of the section that was begun."""
        for piece in slices(batch, cell_bytes=_CELL_BYTES):
            self._write_rows(piece)

    def end(self, better: Mapping[str, bool]) -> None:
        """Closes the section's sheet; one without rows is a header. `better` tells in which columns more is better."""
        if self._open is None and self._section is not None and self._section.visible:
            self._open_sheet(None)
        if self._open is not None:
            self.parts[-1].better = better
        self._close_sheet()
        self._section = None

    def close(self, fill_summary: FillSummary, styles: Iterable[Style]) -> None:
        """Draws the whole workbook and adds all that is not rows."""
        self._styles.learn(styles)
        with self._drawing(fill_summary) as drawing:
            if [split(drawing, number) for number in range(len(self.parts))] != self._written:
                raise RuntimeError("The last drawing of the workbook differs from the ones the rows were written for.")
            self._copy_others(drawing)
        self._zip.close()

    def abandon(self) -> None:
        """Lets go of everything, whatever state it is in."""
        closers = [self._open.close] if self._open else []
        for close in (*closers, self._zip.close, self._target.close):
            # A full disk refuses these writes too, and nobody will read them.
            with suppress(OSError, ValueError):
                close()

    def _write_rows(self, batch: pa.RecordBatch) -> None:
        while batch.num_rows:
            if self._open is None:
                self._open_sheet(batch)
            room = self._max_rows - self.parts[-1].rows
            if not room or not self._write_piece(batch.slice(0, room)):
                self._close_sheet()
                continue
            batch = batch.slice(room)

    def _write_piece(self, batch: pa.RecordBatch) -> bool:
        """Whether it still fitted on the sheet."""
        part, sheet = self.parts[-1], self._open
        assert sheet is not None, "a sheet is open"
        first = FIRST_ROW + part.rows
        rows = rows_xml(batch, first_row=first, styles=sheet.xml.styles, zone=self._head.timezone)
        if part.rows and sheet.size + len(rows.xml) > self._max_bytes:
            return False
        sheet.write(rows.xml)
        part.rows += batch.num_rows
        part.shortened += rows.shortened
        return True

    def _open_sheet(self, sample: pa.RecordBatch | None) -> None:
        section = self._section
        assert section is not None, "begin comes before write"
        self._sheets += 1
        name = sheet_name(section.title, self._names, number=self._sheets)
        number = len(self.parts)
        columns = section.visible
        formats = self._formats(sample) if self._sheets == 1 else self.parts[-1].formats
        self.parts.append(Part(section, name, f"Data{number + 1}", column_widths(columns, sample), formats))
        self._styles.learn_columns(self.parts[-1])
        self._open = _OpenSheet(FastMember(self._zip, self._target, member(number)), self._draw_last())

    def _formats(self, sample: pa.RecordBatch | None) -> tuple[str, ...]:
        assert self._section is not None, "begin comes before write"
        columns = self._section.visible
        values = [None] * len(columns) if sample is None else sample.columns
        return tuple(number_format(column, sample=found) for column, found in zip(columns, values, strict=True))

    def _close_sheet(self) -> None:
        sheet = self._open
        if sheet is None:
            return
        drawn = self._draw_last()
        sheet.write(drawn.tail)
        sheet.close()
        self._open = None
        self._written.append(SheetXml(sheet.xml.head, sheet.xml.styles, drawn.tail))

    def _draw_last(self) -> SheetXml:
        """The newest data sheet alone: styles have the same numbers in every drawing."""
        last = len(self.parts) - 1
        with self._drawing(_leave_empty, skipped=last) as drawing:
            return split(drawing, last)

    def _drawing(self, fill_summary: FillSummary, *, skipped: int = 0) -> ZipFile:
        return ZipFile(io.BytesIO(self._drawer.draw(self.parts, fill_summary, skipped=skipped)))

    def _copy_others(self, drawing: ZipFile) -> None:
        done = {member(number) for number in range(len(self.parts))}
        for name in drawing.namelist():
            if name in done:
                continue
            data = drawing.read(name)
            if name.startswith("xl/tables/"):
                data = with_true_range(data, self.parts)
            with self._zip.open(name, "w") as target:
                target.write(data)


class _OpenSheet:
    """A member of the archive being written."""

    def __init__(self, target: FastMember, xml: SheetXml) -> None:
        self.xml = xml
        self.size = 0
        self._target = target
        self.write(xml.head)

    def write(self, data: bytes | memoryview) -> None:
        self.size += len(data)
        self._target.write(data)

    def close(self) -> None:
        self._target.close()


def _leave_empty(_book: Any, _sheet: Any, _formats: Formats) -> None:
    """The Summary of every drawing but the last."""
