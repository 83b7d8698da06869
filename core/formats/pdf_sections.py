"""The sections of a PDF: a heading that says how complete the table is, the table over the pages, or the failure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from core.document.model import Section, SectionHead
from core.formats import pdf_parts as parts
from core.formats.pdf_page import Book
from core.formats.pdf_table import HEADER_HEIGHT, ROW_HEIGHT, Table, TableColumn
from core.formats.words import column_label, columns_sentence, rows_sentence, section_lines

_HEADING: Final = 48.0
_ROWS_TOGETHER: Final = 4


@dataclass(slots=True)
class Kept:
    """What the PDF keeps of a section while it streams by: texts of its first rows, and a count of all."""

    head: SectionHead
    columns: list[list[str]] = field(default_factory=list)
    shown: int = 0
    total: int = 0


def table_of(book: Book, kept: Kept, number: int) -> Table:
    columns = [
        TableColumn(column_label(column), cells, column.is_numeric)
        for column, cells in zip(kept.head.visible, kept.columns, strict=True)
    ]
    return Table(book.canvas, columns, palette=book.palette, locale=book.head.locale, name=f"table-{number}")


def draw_section(book: Book, section: Section, kept: Kept | None, table: Table | None) -> None:
    """Chart first, then heading and rows; a failed section is shown as failed with its sentence."""
    if section.error is not None or kept is None or table is None:
        _draw_failure(book, section)
        return
    if section.chart is not None:
        parts.chart(book, section.chart, whole=_height(kept.shown), start=_height(min(_ROWS_TOGETHER, kept.shown)))
    _draw_heading(book, kept)
    _draw_table(book, kept, table)


def _draw_failure(book: Book, section: Section) -> None:
    book.need(90)
    parts.heading(book, section.head.title)
    book.y -= 8
    sentence = f"This part failed: {section.error or 'it gave no result'}"
    parts.callout(book, sentence, color=book.palette.bad, fill=book.palette.bad_soft)
    book.y -= 14


def _draw_heading(book: Book, kept: Kept) -> None:
    book.need(_height(min(_ROWS_TOGETHER, kept.shown)))
    parts.heading(book, kept.head.title)
    for line in section_lines(kept.head, rows_sentence(kept.total, kept.shown, book.head), book.head):
        parts.caption(book, line)
    book.y -= 8


def _draw_table(book: Book, kept: Kept, table: Table) -> None:
    shown = table.fit_width(book.content_width)
    if hidden := len(kept.columns) - shown:
        parts.callout(book, columns_sentence(hidden, book.head), color=book.palette.warn, fill=book.palette.warn_soft)
    start = 0
    while start == 0 or start < table.row_count:
        rows = range(start, min(start + _rows_that_fit(book), table.row_count))
        book.y -= table.draw_rows(book.left, book.y, rows)
        start = max(rows.stop, 1)
        if start < table.row_count:
            book.open_next()
    book.y -= 26


def _height(rows: int) -> float:
    """Heading and table of so many rows, in points."""
    return _HEADING + HEADER_HEIGHT + ROW_HEIGHT * rows


def _rows_that_fit(book: Book) -> int:
    return max(int((book.room - HEADER_HEIGHT) // ROW_HEIGHT), 1)
