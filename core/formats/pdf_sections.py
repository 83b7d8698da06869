"""The sections of a PDF: a heading that says how complete the table is, the table over the pages, or the failure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from core.document.model import Section, SectionHead, stands_right
from core.formats import pdf_parts as parts
from core.formats.pdf_page import MARGIN, Book
from core.formats.pdf_table import ROW_HEIGHT, Ink, Table, TableColumn
from core.formats.pdf_text import UNKNOWN
from core.formats.words import column_label, columns_sentence, rows_sentence, section_lines, shortened_sentence
from core.text import plural

_ROWS_TOGETHER: Final = 4
_BELOW_HEADING: Final = 8.0


@dataclass(slots=True)
class Kept:
    """What the PDF keeps of a section while it streams by: texts of its first rows, and a count of all.

    `rates` are the values of the columns that are rates, by name.
    """

    head: SectionHead
    columns: list[list[str]]
    rates: dict[str, list[float]] = field(default_factory=dict)
    small: list[bool] = field(default_factory=list)
    shown: int = 0
    total: int = 0


def table_of(book: Book, kept: Kept, number: int) -> Table:
    columns = [
        TableColumn(column_label(column), cells, right=stands_right(column, is_first=n == 0), cut=not column.is_numeric)
        for n, (column, cells) in enumerate(zip(kept.head.visible, kept.columns, strict=True))
    ]
    return Table(
        book.canvas,
        columns,
        palette=book.palette,
        locale=book.head.locale,
        name=f"table-{number}",
        from_right=book.from_right,
    )


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
    _colour(table, section, kept)
    lines = _heading_lines(book, section, kept, table)
    if is_dashboard:
        _draw_heading(book, section.head.title, lines, below=_below_heading(section, kept))
        parts.tiles(book, () if section.as_figures else section.kpis)
    if section.chart is not None and kept.total:
        above = _missing_height(book, kept, table) + (0.0 if is_dashboard else _heading_height(lines))
        whole, start = above + table.height(kept.shown), above + table.height(min(_ROWS_TOGETHER, kept.shown))
        parts.chart(book, section.chart, whole=whole, start=start)
    if not is_dashboard:
        _draw_heading(book, section.head.title, lines, below=table.height(min(_ROWS_TOGETHER, kept.shown)))
    _draw_table(book, kept, table)


def _colour(table: Table, section: Section, kept: Kept) -> None:
    """Thirds of a table that is whole: those of its first rows would say nothing of the others. Small rows are grey."""
    grey: list[Ink] = ["muted" if small else None for small in kept.small]
    for number, column in enumerate(kept.head.visible):
        thirds = section.thirds.get(column.name) if kept.shown == kept.total else None
        if thirds is not None:
            bands = [thirds.band(value) for value in kept.rates[column.name]]
            table.colour(number, [small or band for small, band in zip(grey, bands, strict=True)])
        elif any(kept.small):
            table.colour(number, grey)


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


def _heading_lines(book: Book, section: Section, kept: Kept, table: Table) -> list[str]:
    lines = section_lines(section, rows_sentence(kept.total, kept.shown, book.head), book.head)
    if table.is_shortened:
        lines.append(shortened_sentence(book.head))
    if table.incomplete_cells:
        lines.append(_no_font_sentence(table.incomplete_cells))
    return lines


def _heading_height(lines: list[str]) -> float:
    return parts.HEADING_LEADING + parts.CAPTION_LEADING * len(lines) + _BELOW_HEADING


def _draw_heading(book: Book, title: str, lines: list[str], *, below: float) -> None:
    book.need(_heading_height(lines) + below)
    parts.heading(book, title)
    for line in lines:
        parts.caption(book, line)
    book.y -= _BELOW_HEADING


def _missing_sentence(book: Book, kept: Kept, table: Table) -> str:
    """Which columns found no room; nothing when all did."""
    missing = kept.head.visible[table.shown_columns :]
    return columns_sentence(missing, kept.head, book.head) if missing else ""


def _missing_height(book: Book, kept: Kept, table: Table) -> float:
    sentence = _missing_sentence(book, kept, table)
    return parts.callout_height(book, sentence) if sentence else 0.0


def rows_here(left: int, room: int) -> int:
    """How many of the rows left go on this page: all that fit, but no page begins with one or two at its end."""
    here = min(left, room)
    alone = left - here
    if not 0 < alone < _ROWS_TOGETHER or here < 2 * _ROWS_TOGETHER:
        return here
    return left - _ROWS_TOGETHER


def _no_font_sentence(cells: int) -> str:
    verb = "holds" if cells == 1 else "hold"
    return f"{plural(cells, 'cell')} {verb} characters that no font here has; they show as {UNKNOWN}"


def _draw_table(book: Book, kept: Kept, table: Table) -> None:
    if not kept.total:
        book.y -= table.draw_rows(MARGIN, book.y, range(0)) + 8
        parts.callout(book, f"No rows for {book.head.period.label}.", color=book.palette.sub, fill=book.palette.sunken)
        book.y -= 14
        return
    if sentence := _missing_sentence(book, kept, table):
        parts.callout(book, sentence, color=book.palette.warn, fill=book.palette.warn_soft)
    start = 0
    while start == 0 or start < table.row_count:
        rows = range(start, start + rows_here(table.row_count - start, table.rows_that_fit(book.room)))
        book.y -= table.draw_rows(MARGIN, book.y, rows)
        start = max(rows.stop, 1)
        if start < table.row_count:
            book.open_next()
    book.y -= 26
