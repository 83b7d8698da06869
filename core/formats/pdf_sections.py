"""The sections of a PDF: a heading that says how complete the table is, the table over the pages, or the failure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from core.document.model import Section, SectionHead, stands_right
from core.formats import pdf_parts as parts
from core.formats.pdf_page import Book
from core.formats.pdf_table import ROW_HEIGHT, Table, TableColumn
from core.formats.pdf_text import UNKNOWN
from core.formats.words import column_label, columns_sentence, rows_sentence, section_lines, shortened_sentence
from core.text import plural

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
        TableColumn(column_label(column), cells, right=stands_right(column, is_first=n == 0), cut=not column.is_numeric)
        for n, (column, cells) in enumerate(zip(kept.head.visible, kept.columns, strict=True))
    ]
    return Table(book.canvas, columns, palette=book.palette, locale=book.head.locale, name=f"table-{number}")


def draw_section(
    book: Book, section: Section, kept: Kept | None, table: Table | None, *, is_dashboard: bool = False
) -> None:
    """Chart, heading and rows; in a dashboard the heading comes first, with the section's own figures.

    A failed section is shown as failed with its sentence.
    """
    if section.error is not None or kept is None or table is None:
        _draw_failure(book, section)
        return
    table.fit_width(book.content_width)
    if is_dashboard:
        _draw_heading(book, kept, table, below=_below_heading(section, kept))
        parts.tiles(book, () if section.as_figures else section.kpis)
    if section.chart is not None and kept.total:
        heading = 0.0 if is_dashboard else _HEADING
        whole, start = heading + table.height(kept.shown), heading + table.height(min(_ROWS_TOGETHER, kept.shown))
        parts.chart(book, section.chart, whole=whole, start=start)
    if not is_dashboard:
        _draw_heading(book, kept, table, below=table.height(min(_ROWS_TOGETHER, kept.shown)))
    _draw_table(book, kept, table)


def _below_heading(section: Section, kept: Kept) -> float:
    """What must stand on the same page as the heading of a tile, in points."""
    tiles = parts.TILES_HEIGHT if section.kpis and not section.as_figures else 0.0
    return tiles + (parts.LEAST_CHART if section.chart is not None and kept.total else ROW_HEIGHT * _ROWS_TOGETHER)


def _draw_failure(book: Book, section: Section) -> None:
    book.need(90)
    parts.heading(book, section.head.title)
    book.y -= 8
    sentence = f"This part failed: {section.error or 'it gave no result'}"
    parts.callout(book, sentence, color=book.palette.bad, fill=book.palette.bad_soft)
    book.y -= 14


def _draw_heading(book: Book, kept: Kept, table: Table, *, below: float) -> None:
    book.need(_HEADING + below)
    parts.heading(book, kept.head.title)
    for line in section_lines(kept.head, rows_sentence(kept.total, kept.shown, book.head), book.head):
        parts.caption(book, line)
    if table.is_shortened:
        parts.caption(book, shortened_sentence(book.head))
    if table.incomplete_cells:
        parts.caption(book, _no_font_sentence(table.incomplete_cells))
    book.y -= 8


def _no_font_sentence(cells: int) -> str:
    verb = "holds" if cells == 1 else "hold"
    return f"{plural(cells, 'cell')} {verb} characters that no font here has; they show as {UNKNOWN}"


def _draw_table(book: Book, kept: Kept, table: Table) -> None:
    if not kept.total:
        book.y -= table.draw_rows(book.left, book.y, range(0)) + 8
        parts.callout(book, f"No rows for {book.head.period.label}.", color=book.palette.sub, fill=book.palette.sunken)
        book.y -= 14
        return
    if missing := kept.head.visible[table.shown_columns :]:
        said = columns_sentence(missing, kept.head, book.head)
        parts.callout(book, said, color=book.palette.warn, fill=book.palette.warn_soft)
    start = 0
    while start == 0 or start < table.row_count:
        rows = range(start, min(start + table.rows_that_fit(book.room), table.row_count))
        book.y -= table.draw_rows(book.left, book.y, rows)
        start = max(rows.stop, 1)
        if start < table.row_count:
            book.open_next()
    book.y -= 26
