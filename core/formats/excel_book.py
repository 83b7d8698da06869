"""The workbook as XlsxWriter draws it: complete but for the rows, which are streamed in later.

A drawing is a small workbook in memory. Each of its data sheets holds a header and one template row, whose cells
tell the style ids. Everything that needs the row count stands behind the rows or in other members, so the sheet is cut
at the template row and a later drawing, made with the true count, gives the end.
"""

from __future__ import annotations

import io
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from zipfile import ZipFile

import xlsxwriter

from core.clock import to_utc
from core.document.locales import direction
from core.document.model import Column, ReportHead, SectionHead
from core.errors import RenderError
from core.formats.excel_highlights import grey_small, highlight
from core.formats.excel_styles import Look, Style
from core.formats.words import column_label
from core.text import one_line

Formats = dict[Style, Any]
FillSummary = Callable[[Any, Any, Formats], None]

FIRST_ROW: Final = 2
SUMMARY: Final = "Summary"
# Names that Excel keeps for itself, and the Summary's.
_TAKEN: Final = {"history", SUMMARY.lower(), "chart data"}
_SHEET_NAME: Final = 31
_COLUMN_NAME: Final = 255
PAPER: Final = {"A4": 9, "Letter": 1}
# Styles get their numbers as settings of columns this far to the right, where nobody looks.
_STYLE_COLUMN: Final = 15_000
_STYLE_LIMIT: Final = 1_300
# Characters of a landscape page at half size; smaller letters are not read.
_MOST_PRINTED: Final = 280
_OPTIONS: Final = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


@dataclass(slots=True)
class Part:
    """One data sheet: a section, or the rest of one whose rows did not fit.

    `formats` are the number formats of its columns; `better` tells, when it is closed, in which columns more is better.
    """

    section: SectionHead
    sheet: str
    table: str
    widths: tuple[float, ...]
    formats: tuple[str, ...]
    rows: int = 0
    shortened: int = 0
    better: Mapping[str, bool] = field(default_factory=dict)

    @property
    def last_row(self) -> int:
        """A table needs one row even when there is none."""
        return FIRST_ROW + max(self.rows, 1) - 1


class StyleList:
    """Every style the workbook has used so far. It only grows, so a style keeps its number in each drawing."""

    def __init__(self, look: Look) -> None:
        self.look = look
        self._styles: dict[Style, None] = dict.fromkeys(look.fixed)

    def learn(self, styles: Iterable[Style]) -> None:
        self._styles.update(dict.fromkeys(styles))
        if len(self._styles) > _STYLE_LIMIT:
            raise RenderError(f"The workbook needs more than {_STYLE_LIMIT:,} different number formats.")

    def learn_columns(self, part: Part) -> None:
        for column, shown in zip(part.section.visible, part.formats, strict=True):
            self.learn((self.look.header(column), self.look.data(column, shown)))

    def formats(self, book: Any, sheet: Any) -> Formats:
        """The styles as formats of a workbook; `sheet` is its first, which is written first and so numbers them."""
        formats = {style: book.add_format(dict(style)) for style in self._styles}
        for place, made in enumerate(formats.values()):
            sheet.set_column(_STYLE_COLUMN + place, _STYLE_COLUMN + place, None, made)
        return formats


@dataclass(frozen=True, slots=True)
class Drawer:
    """Draws the workbook with one template row per data sheet."""

    head: ReportHead
    styles: StyleList
    highlights: bool = True

    def draw(
        self, parts: Sequence[Part], fill_summary: Callable[[Any, Any, Formats], None], *, skipped: int = 0
    ) -> bytes:
        """`fill_summary(book, sheet, formats)` draws the first sheet; the first `skipped` data sheets stay empty.

        Empty sheets cost nothing and let the others stand where they will: some markup names their place.
        """
        target = io.BytesIO()
        book = xlsxwriter.Workbook(target, _OPTIONS)
        book.set_properties(_properties(self.head))
        summary = book.add_worksheet(SUMMARY)
        formats = self.styles.formats(book, summary)
        for number, part in enumerate(parts):
            if number < skipped:
                book.add_worksheet(part.sheet)
            else:
                self._draw_data_sheet(book, part, formats)
        fill_summary(book, summary, formats)
        summary.activate()
        if _from_right(self.head):
            for sheet in book.worksheets():
                sheet.right_to_left()
        book.close()
        return target.getvalue()

    def _draw_data_sheet(self, book: Any, part: Part, formats: Formats) -> None:
        sheet = book.add_worksheet(part.sheet)
        columns, look = part.section.visible, self.styles.look
        last = len(columns) - 1
        shown = [
            {"header": name, "header_format": formats[look.header(column)]}
            for name, column in zip(header_names(columns), columns, strict=True)
        ]
        # One row is enough: XlsxWriter notes every cell of a table, and the reference is corrected at the end.
        sheet.add_table(0, 0, 1, last, {"name": part.table, "style": "Table Style Light 1", "columns": shown})
        sheet.set_row(0, 22)
        for index, column in enumerate(columns):
            sheet.set_column(index, index, part.widths[index])
            sheet.write_number(FIRST_ROW - 1, index, 0, formats[look.data(column, part.formats[index])])
        sheet.freeze_panes(1, 1)
        sheet.ignore_errors({"number_stored_as_text": _range(part, last)})
        if part.rows:
            rows, sample = (FIRST_ROW, part.last_row), part.section.sample
            if sample is not None:
                grey_small(book, sheet, columns, rows=rows, sample=sample, palette=look.palette)
            if self.highlights:
                highlight(book, sheet, columns, rows=rows, better=part.better, palette=look.palette, sample=sample)
        _print_setup(sheet, self.head, part)


def _properties(head: ReportHead) -> dict[str, Any]:
    return {
        "title": one_line(head.name),
        "subject": one_line(head.period.label),
        "author": one_line(head.owner_name),
        "company": one_line(head.workspace),
        "comments": one_line(head.description),
        "created": to_utc(head.data_as_of).replace(tzinfo=None),
    }


def _range(part: Part, last: int) -> str:
    return f"A{FIRST_ROW}:{xlsxwriter.utility.xl_col_to_name(last)}{part.last_row}"


def _print_setup(sheet: Any, head: ReportHead, part: Part) -> None:
    sheet.set_landscape()
    sheet.set_paper(PAPER[head.page_size])
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
    across = max(math.ceil(sum(part.widths) / _MOST_PRINTED), 1)
    sheet.fit_to_pages(across, 0)
    sheet.repeat_rows(0)
    if across > 1:
        sheet.repeat_columns(0)
    # A sheet's own name is cut at 31 characters; that of a query alone is mostly the report's.
    title = "" if part.section.title == head.name else part.section.title
    sheet.set_header(_ends(_header_text(head.name), _header_text(title), head))
    set_footer(sheet, head)


def set_footer(sheet: Any, head: ReportHead) -> None:
    """`Northwind Airports · Run 8f2c41` and `Page 2 of 143`."""
    run = f"{head.workspace} \u00b7 Run {head.execution_id[:8]}"
    sheet.set_footer(_ends(_header_text(run), "Page &P of &N", head))


def _ends(first: str, last: str, head: ReportHead) -> str:
    """What stands at the two ends of a line, in the order in which people read."""
    return f"&L{last}&R{first}" if _from_right(head) else f"&L{first}&R{last}"


def _from_right(head: ReportHead) -> bool:
    return direction(head.locale) == "rtl"


def _header_text(text: str) -> str:
    return one_line(text).replace("&", "&&")[:100]


def header_names(columns: Iterable[Column]) -> list[str]:
    """Labels with their units; a table needs names that are not empty and differ even without capitals."""
    taken: set[str] = set()
    return [_unused(_column_name(column), taken, _COLUMN_NAME) for column in columns]


def _column_name(column: Column) -> str:
    # In the name of a table column Excel reads `_x0041_` as an escape.
    readable = re.sub(r"_(?=x[0-9a-fA-F]{4}_)", "-", one_line(column_label(column)))
    return readable or one_line(column.name) or "Column"


def sheet_name(title: str, taken: set[str], *, number: int = 1) -> str:
    """A name that Excel takes and no other sheet has: `Flights`, `Flights (2)` for its second sheet."""
    clean = re.sub(r"[\[\]:*?/\\]+", " ", one_line(title)).strip("' ") or "Data"
    suffix = f" ({number})" if number > 1 else ""
    return _unused(_cut(clean, _SHEET_NAME - len(suffix)).rstrip("' ") + suffix, taken | _TAKEN, _SHEET_NAME, taken)


def _unused(name: str, seen: set[str], limit: int, taken: set[str] | None = None) -> str:
    candidate, number = _cut(name, limit), 2
    while candidate.lower() in seen:
        suffix = f" ({number})"
        candidate, number = _cut(name, limit - len(suffix)).rstrip() + suffix, number + 1
    (seen if taken is None else taken).add(candidate.lower())
    return candidate


def _cut(text: str, limit: int) -> str:
    """At most `limit` UTF-16 units, as Excel counts."""
    return text.encode("utf-16-le")[: 2 * limit].decode("utf-16-le", "ignore")


# XlsxWriter writes these only where it draws bars, which is not known yet when the first rows are written; they mean
# nothing but the depth of letters.
_ONLY_WITH_BARS: Final = re.compile(rb' (?:xmlns:mc|xmlns:x14ac|mc:Ignorable|x14ac:dyDescent)="[^"]*"')


@dataclass(frozen=True, slots=True)
class SheetXml:
    """A data sheet cut at its template row; `styles` are the ids of the template's cells."""

    head: bytes
    styles: tuple[int, ...]
    tail: bytes


def member(number: int) -> str:
    """The name of a data sheet inside the file; sheet 1 is the Summary."""
    return f"xl/worksheets/sheet{number + 2}.xml"


def split(drawing: ZipFile, number: int) -> SheetXml:
    """The data sheet of a drawing, with its header as inline text: shared indices move between drawings."""
    xml = drawing.read(member(number))
    row = re.search(rb'<row r="%d"[^>]*>.*?</row>' % FIRST_ROW, xml)
    assert row is not None, "a data sheet is drawn with a template row"
    shared = re.findall(rb"<si>(.*?)</si>", drawing.read("xl/sharedStrings.xml"), re.DOTALL)
    head = re.sub(rb"<dimension [^>]*>", b"", xml[: row.start()])
    head = _ONLY_WITH_BARS.sub(b"", head)
    head = re.sub(
        rb' t="s"><v>([0-9]+)</v>',
        lambda found: b' t="inlineStr"><is>' + shared[int(found[1])] + b"</is>",
        head,
    )
    ids = tuple(int(found) for found in re.findall(rb' s="([0-9]+)"', row[0]))
    return SheetXml(head, ids, xml[row.end() :])


def with_true_range(table: bytes, parts: Iterable[Part]) -> bytes:
    """A table's XML with the reference to all of its rows."""
    found = re.search(rb' displayName="([^"]+)"', table)
    assert found is not None, "every table has a name"
    part = next(part for part in parts if part.table.encode() == found[1])
    return re.sub(rb'(ref="[A-Z]+[0-9]+:[A-Z]+)[0-9]+"', rb'\g<1>%d"' % part.last_row, table)
