"""The Summary sheet: what a reader wants to know before the rows, with native charts that can be edited."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from core.clock import zone
from core.document.charts import chart_alt
from core.document.comparison import period_line
from core.document.model import Column, Kpi, ReportDocument, ReportHead, Section
from core.document.values import ValueFormat, as_decimal, format_delta, format_value, is_currency, parse_format
from core.formats.excel_about import about, sheets_of
from core.formats.excel_book import PAPER, Formats, Part, set_footer
from core.formats.excel_chart import ChartSheet
from core.formats.excel_logo import place_logo
from core.formats.excel_pages import Pages
from core.formats.excel_styles import Look, Style, number_format, without_places
from core.text import join_words, one_line, plural

_TILES: Final = 4
_FIRST, _LAST = 1, _TILES
_TILE_WIDTH, _TILE_PX = 22, 159
_TEXT_LIMIT: Final = 32_767
# Characters of a line of text over the three columns behind the keys, and over all four.
_VALUE_LINE, _BAND_LINE = 76, 98
_ROW_POINTS, _ROW_PX = 15, 20
_EXACT_DIGITS: Final = 15
# Whole numbers from this many digits on are shown as 2.47E+24: a tile would make them too small to read.
_HUGE_DIGITS: Final = 20
# Short forms such as 12.3K drop what follows the point.
_COMPACT_FROM: Final = 10_000


def tile_styles(document: ReportDocument, look: Look) -> list[Style]:
    """The number formats of the key figures, to be known before the last drawing."""
    return [_value_style(kpi, look) for section in document.sections for kpi in section.kpis]


@dataclass(slots=True)
class SummarySheet:
    """Writes downwards; `row` is the next free one."""

    book: Any
    sheet: Any
    formats: Formats
    document: ReportDocument
    parts: Sequence[Part]
    look: Look
    row: int = 1
    pages: Pages = field(default_factory=Pages)

    def fill(self) -> None:
        self._set_up()
        self._title()
        charts = ChartSheet(self.book, self.look.palette, locale=self._head.locale)
        for section in self.document.sections:
            self.pages.keep_from(self.row)
            self._section(section, charts)
        self.pages.keep_from(self.row)
        self._about()
        self.sheet.print_area(0, 0, self.row, _LAST)
        self.sheet.set_h_pagebreaks(self.pages.breaks(self.row, paper=self._head.page_size))

    @property
    def _head(self) -> ReportHead:
        return self.document.head

    def _set_up(self) -> None:
        sheet = self.sheet
        sheet.hide_gridlines(2)
        sheet.set_column(0, 0, 3)
        sheet.set_column(_FIRST, _LAST, _TILE_WIDTH)
        sheet.set_portrait()
        sheet.set_paper(PAPER[self._head.page_size])
        self.pages.set_up(sheet)
        set_footer(sheet, self._head)

    def _height(self, points: float, *, row: int | None = None) -> None:
        place = self.row if row is None else row
        self.sheet.set_row(place, points)
        self.pages.heights[place] = points

    def _write(self, text: str, style: Style, *, column: int = _FIRST) -> None:
        if not text:
            self.sheet.write_blank(self.row, column, None, self.formats[style])
            return
        self.sheet.write_string(self.row, column, _cell_text(text), self.formats[style])

    def _band(self, text: str, style: Style) -> None:
        """Text over the whole width, on as many lines as it needs."""
        self.sheet.merge_range(self.row, _FIRST, self.row, _LAST, "", self.formats[style])
        self._write(text, style)
        self._height(max(20, _lines(text, _BAND_LINE) * _ROW_POINTS + 5))
        self.row += 1

    def _title(self) -> None:
        self._height(30)
        self._write(self._head.name, self.look.title)
        place_logo(self.sheet, self._head, row=self.row, column=_LAST, cell_width=_TILE_PX)
        self.row += 1
        self._write(period_line(self.document), self.look.subtitle)
        self.row += 2
        for notice in [*self.document.notices, *completeness(self.document)]:
            self._band(notice, self.look.notice)
        self.row += bool(self.document.notices or self.document.failed)

    def _section(self, section: Section, charts: ChartSheet) -> None:
        if len(self.document.sections) > 1:
            self._height(24)
            self._link_to_data(section)
            self.row += 1
            self._facts(section)
        if section.error is not None:
            self._band(_failure(section), self.look.error)
        elif not section.row_count:
            self._band(f"No rows for {self._head.period.label}.", self.look.notice)
            self.row += 1
        for start in range(0, len(section.kpis), _TILES):
            self._tiles(section.kpis[start : start + _TILES])
        self._chart(section, charts)
        self.row += 1

    def _facts(self, section: Section) -> None:
        sheets = sheets_of(section, self.parts)
        where = f"sheet{'s' if len(sheets) > 1 else ''} {join_words(sheets)}"
        counted = f"{plural(section.row_count, 'row')} on {where}" if sheets else ""
        facts = " \u00b7 ".join(filter(None, (section.head.description, counted)))
        if facts:
            self._height(20)
            self._write(facts, self.look.subtitle)
            self.row += 1

    def _link_to_data(self, section: Section) -> None:
        sheets = sheets_of(section, self.parts)
        if not sheets:
            self._write(section.head.title, self.look.section)
            return
        target = "internal:'" + sheets[0].replace("'", "''") + "'!A1"
        style = self.formats[self.look.section]
        self.sheet.write_url(self.row, _FIRST, target, style, one_line(section.head.title)[:255])

    def _tiles(self, kpis: Sequence[Kpi]) -> None:
        changes = [change(kpi, self._head) for kpi in kpis]
        lines: tuple[tuple[float, Callable[[int, Kpi], None]], ...] = (
            (18, lambda place, kpi: self._write(kpi.label, self.look.tile_label, column=_FIRST + place)),
            (26, lambda place, kpi: self._tile_value(self.row, _FIRST + place, kpi)),
            (18, lambda place, _kpi: self._tile_note(_FIRST + place, *changes[place])),
        )
        for height, draw in lines:
            self._height(height)
            for place, kpi in enumerate(kpis):
                draw(place, kpi)
            self.row += 1
        self.row += 1

    def _tile_note(self, column: int, text: str, tone: str) -> None:
        self._write(text, self.look.tile_notes[tone], column=column)

    def _tile_value(self, row: int, column: int, kpi: Kpi) -> None:
        number = as_decimal(kpi.value)
        if number is not None and _is_exact(number, kpi):
            self.sheet.write_number(row, column, float(number), self.formats[_value_style(kpi, self.look)])
            return
        if number is not None and number.is_finite() and number.adjusted() >= _HUGE_DIGITS:
            self.sheet.write_number(row, column, float(number), self.formats[self.look.tile_huge])
            return
        clock = zone(self._head.timezone)
        shown = format_value(kpi.value, kpi.display, locale=self._head.locale, zone=clock, unit=True)
        self.sheet.write_string(row, column, _cell_text(shown), self.formats[self.look.tile_value])

    def _chart(self, section: Section, charts: ChartSheet) -> None:
        native = charts.draw(section) if section.row_count else None
        if native is None:
            return
        place = {"description": one_line(chart_alt(native.data, self._head.locale)), "object_position": 2}
        self.sheet.insert_chart(self.row, _FIRST, native.chart, place)
        self.row += native.height // _ROW_PX + 1
        if native.data.truncated:
            self._write(f"The chart leaves out {plural(native.data.truncated, 'more point')}.", self.look.subtitle)
            self.row += 1

    def _about(self) -> None:
        self._heading("About this run")
        for key, value in about(self.document, self.parts):
            self._write(key, self.look.key)
            self._value(value)
            self.row += 1
        self._run_link()

    def _heading(self, text: str) -> None:
        for column in range(_FIRST + 1, _LAST + 1):
            self.sheet.write_blank(self.row, column, None, self.formats[self.look.heading])
        self._write(text, self.look.heading)
        self.row += 1

    def _value(self, value: str) -> None:
        self.sheet.merge_range(self.row, _FIRST + 1, self.row, _LAST, "", self.formats[self.look.text])
        self._write(value, self.look.text, column=_FIRST + 1)
        lines = _lines(value, _VALUE_LINE)
        if lines > 1:
            self._height(lines * _ROW_POINTS)

    def _run_link(self) -> None:
        if not self._head.base_url:
            return
        self._write("Link", self.look.key)
        address = f"{self._head.base_url.rstrip('/')}/execution?id={self._head.execution_id}"
        self.sheet.write_url(self.row, _FIRST + 1, address, self.formats[self.look.link], "Open this run")
        self.row += 1


def completeness(document: ReportDocument) -> list[str]:
    """A sentence when something is missing."""
    failed = len(document.failed)
    if not failed:
        return []
    total = len(document.sections)
    return [f"This report is not complete: {failed} of {plural(total, 'part')} could not be read."]


def change(kpi: Kpi, head: ReportHead) -> tuple[str, str]:
    """`▲ 5.3 pts, was 71.2%` and its tone: `good`, `bad` or `neutral` when the direction has no meaning."""
    delta = format_delta(kpi, head.locale, zone=zone(head.timezone))
    if delta is None:
        return "", "neutral"
    return f"{delta.arrow} {delta.text}, was {delta.was}".strip(), delta.direction


def _failure(section: Section) -> str:
    kept = f" The first {plural(section.row_count, 'row')} are in the data sheet." if section.row_count else ""
    return f"{section.head.title} failed: {section.error}{kept}"


def _value_style(kpi: Kpi, look: Look) -> Style:
    number = as_decimal(kpi.value)
    display = without_places(kpi.display) if number is not None and _is_whole(number, kpi.display) else kpi.display
    return look.tile_number(number_format(display, unit=True))


def _is_whole(number: Decimal, display: Column) -> bool:
    """Whether a tile needs no decimal places; one that mails write short (42.3M) has no use for cents."""
    style = parse_format(display.format) if display.format else ValueFormat(display.kind)
    if style.kind != "decimal" or style.currency or is_currency(display.unit):
        return False
    if style.compact and abs(number) >= _COMPACT_FROM:
        return True
    is_open = style.decimals is None and display.decimals is None
    return is_open and number.is_finite() and number == number.to_integral_value()


def _is_exact(number: Decimal, kpi: Kpi) -> bool:
    """Whether Excel, which keeps 15 digits, shows the number as it is."""
    if not number.is_finite():
        return False
    places = 0 if kpi.display.kind == "integer" else 2
    return number.adjusted() + 1 + places <= _EXACT_DIGITS


def _cell_text(text: str) -> str:
    return one_line(text)[:_TEXT_LIMIT]


def _lines(text: str, width: int) -> int:
    return min(20, max(1, math.ceil(len(one_line(text)) / width)))
