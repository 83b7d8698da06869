"""The Summary sheet: what a reader wants to know before the rows, with native charts that can be edited."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from core.clock import zone
from core.document.charts import chart_alt
from core.document.model import Kpi, ReportDocument, ReportHead, Section
from core.document.values import as_decimal, format_delta, format_value
from core.formats import excel_styles as look
from core.formats.excel_book import Formats, Part
from core.formats.excel_chart import CHART_HEIGHT, ChartSheet
from core.formats.words import instant, period_line
from core.text import join_words, one_line, plural

_TILES: Final = 4
_FIRST, _LAST = 1, _TILES
_TILE_WIDTH: Final = 25
_ROW_HEIGHT: Final = 20
_PAPER: Final = {"A4": 9, "Letter": 1}
_TEXT_LIMIT: Final = 32_767


def tile_styles(document: ReportDocument) -> list[look.Style]:
    """The number formats of the key figures, to be known before the last drawing."""
    return [_value_style(kpi) for section in document.sections for kpi in section.kpis]


@dataclass(slots=True)
class SummarySheet:
    """Writes downwards; `row` is the next free one."""

    book: Any
    sheet: Any
    formats: Formats
    document: ReportDocument
    parts: Sequence[Part]
    row: int = 1

    def fill(self) -> None:
        self._set_up()
        self._title()
        charts = ChartSheet(self.book, locale=self._head.locale)
        for section in self.document.sections:
            self._section(section, charts)
        self._about()
        self.sheet.print_area(0, 0, self.row, _LAST)

    @property
    def _head(self) -> ReportHead:
        return self.document.head

    def _set_up(self) -> None:
        sheet = self.sheet
        sheet.hide_gridlines(2)
        sheet.set_column(0, 0, 3)
        sheet.set_column(_FIRST, _LAST, _TILE_WIDTH)
        sheet.set_portrait()
        sheet.set_paper(_PAPER[self._head.page_size])
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&CPage &P of &N")

    def _write(self, text: str, style: look.Style, *, column: int = _FIRST) -> None:
        self.sheet.write_string(self.row, column, one_line(text)[:_TEXT_LIMIT], self.formats[style])

    def _band(self, text: str, style: look.Style) -> None:
        """A line over the whole width."""
        for column in range(_FIRST + 1, _LAST + 1):
            self.sheet.write_blank(self.row, column, None, self.formats[style])
        self._write(text, style)
        self.row += 1

    def _title(self) -> None:
        self.sheet.set_row(self.row, 30)
        self._write(self._head.name, look.TITLE)
        self.row += 1
        self._write(period_line(self._head), look.SUBTITLE)
        self.row += 2
        notices = [*self.document.notices, *completeness(self.document)]
        for notice in notices:
            self._band(notice, look.NOTICE)
        self.row += bool(notices)

    def _section(self, section: Section, charts: ChartSheet) -> None:
        if len(self.document.sections) > 1:
            self.sheet.set_row(self.row, 24)
            self._link_to_data(section)
            self.row += 1
            self._facts(section)
        if section.error is not None:
            self._band(_failure(section), look.ERROR)
        for start in range(0, len(section.kpis), _TILES):
            self._tiles(section.kpis[start : start + _TILES])
        self._chart(section, charts)
        self.row += 1

    def _facts(self, section: Section) -> None:
        sheets = [part.sheet for part in self.parts if part.section.key == section.head.key]
        where = f"sheet{'s' if len(sheets) > 1 else ''} {join_words(sheets)}"
        counted = f"{plural(section.row_count, 'row')} on {where}" if sheets else ""
        facts = " · ".join(filter(None, (section.head.description, counted)))
        if facts:
            self.sheet.set_row(self.row, 20)
            self._write(facts, look.SUBTITLE)
            self.row += 1

    def _link_to_data(self, section: Section) -> None:
        part = next((part for part in self.parts if part.section.key == section.head.key), None)
        if part is None:
            self._write(section.head.title, look.SECTION)
            return
        target = "internal:'" + part.sheet.replace("'", "''") + "'!A1"
        self.sheet.write_url(self.row, _FIRST, target, self.formats[look.SECTION], one_line(section.head.title)[:255])

    def _tiles(self, kpis: Sequence[Kpi]) -> None:
        for offset, height in enumerate((18, 26, 18)):
            self.sheet.set_row(self.row + offset, height)
        for place, kpi in enumerate(kpis):
            column = _FIRST + place
            self._write(kpi.label, look.TILE_LABEL, column=column)
            self._tile_value(self.row + 1, column, kpi)
            text, tone = change(kpi, self._head)
            self.sheet.write_string(self.row + 2, column, text, self.formats[look.TILE_NOTES[tone]])
        self.row += 4

    def _tile_value(self, row: int, column: int, kpi: Kpi) -> None:
        number = as_decimal(kpi.value)
        if number is not None and number.is_finite():
            self.sheet.write_number(row, column, float(number), self.formats[_value_style(kpi)])
            return
        shown = format_value(
            kpi.value, kpi.display, locale=self._head.locale, zone=zone(self._head.timezone), unit=True
        )
        self.sheet.write_string(row, column, one_line(shown), self.formats[look.TILE_VALUE])

    def _chart(self, section: Section, charts: ChartSheet) -> None:
        drawn = charts.draw(section)
        if drawn is None:
            return
        chart, native = drawn
        place = {"description": one_line(chart_alt(chart, self._head.locale)), "object_position": 2}
        self.sheet.insert_chart(self.row, _FIRST, native, place)
        self.row += CHART_HEIGHT // _ROW_HEIGHT + 1
        if chart.truncated:
            self._write(f"The chart leaves out {plural(chart.truncated, 'more point')}.", look.SUBTITLE)
            self.row += 1

    def _about(self) -> None:
        self._band("About this run", look.HEADING)
        for key, value in about(self.document, self.parts):
            self._write(key, look.KEY)
            self._write(value, look.TEXT, column=_FIRST + 1)
            self.row += 1
        self._run_link()

    def _run_link(self) -> None:
        if not self._head.base_url:
            return
        self._write("Link", look.KEY)
        address = f"{self._head.base_url.rstrip('/')}/execution?id={self._head.execution_id}"
        self.sheet.write_url(self.row, _FIRST + 1, address, self.formats[look.LINK], "Open this run")
        self.row += 1


def completeness(document: ReportDocument) -> list[str]:
    """A sentence when something is missing."""
    failed = len(document.failed)
    if not failed:
        return []
    total = len(document.sections)
    return [f"This report is not complete: {failed} of {plural(total, 'part')} could not be read."]


def _failure(section: Section) -> str:
    kept = f" The first {plural(section.row_count, 'row')} are in the data sheet." if section.row_count else ""
    return f"{section.head.title} failed: {section.error}{kept}"


def _value_style(kpi: Kpi) -> look.Style:
    return look.tile_value(look.number_format(kpi.display, unit=True))


def change(kpi: Kpi, head: ReportHead) -> tuple[str, str]:
    """`▲ 5.3 pts, was 71.2%` and its tone: `good`, `bad` or `neutral` when the direction has no meaning."""
    delta = format_delta(kpi, head.locale, zone=zone(head.timezone))
    if delta is None:
        return "", "neutral"
    return f"{delta.arrow} {delta.text}, was {delta.was}".strip(), delta.direction


def about(document: ReportDocument, parts: Sequence[Part]) -> list[tuple[str, str]]:
    """What the reader needs to trust the figures, or to ask about them."""
    head = document.head
    lines = [
        ("Report", head.name),
        ("Description", head.description),
        ("Period", period_line(head)),
        *_parameters(document.sections),
        ("Run at", f"{instant(head.scheduled_for, head)} ({head.timezone})"),
        ("Data as of", f"{instant(head.data_as_of, head)} ({head.timezone})"),
        *_row_counts(document.sections, parts),
        ("Source", ", ".join(_distinct(section.head.source for section in document.sections))),
        ("Run", head.execution_id),
    ]
    return [(key, value) for key, value in lines if value]


def _parameters(sections: Iterable[Section]) -> list[tuple[str, str]]:
    listed = (", ".join(f"{name} = {value}" for name, value in section.head.parameters) for section in sections)
    return [("Parameters", text) for text in _distinct(listed)]


def _row_counts(sections: Sequence[Section], parts: Sequence[Part]) -> list[tuple[str, str]]:
    lines = []
    for section in sections:
        sheets = [part.sheet for part in parts if part.section.key == section.head.key]
        name = "Rows" if len(sections) == 1 else f"Rows of {section.head.title}"
        over = f" on {len(sheets)} sheets: {', '.join(sheets)}" if len(sheets) > 1 else ""
        lines.append((name, f"{plural(section.row_count, 'row')}{over}"))
    return lines


def _distinct(texts: Iterable[str]) -> list[str]:
    return [text for text in dict.fromkeys(texts) if text]
