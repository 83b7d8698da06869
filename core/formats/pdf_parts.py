"""The parts of a PDF above its tables: masthead, title, text, key figures, notices and charts."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Final

from reportlab.lib.utils import ImageReader

from core.clock import zone
from core.document.charts import chart_legend, chart_png
from core.document.comparison import period_line
from core.document.frames import is_horizontal
from core.document.model import ChartData, Kpi, ReportDocument
from core.document.tokens import TYPE
from core.document.values import format_delta, format_value
from core.formats.paragraphs import plain_paragraphs
from core.formats.pdf_page import Book
from core.formats.pdf_text import fit, wrap
from core.formats.words import run_time

MAX_TILES: Final = 8
_MARK: Final = 20.0
_LOGO_HEIGHT: Final = 24.0
_LOGO_WIDTH: Final = 120.0
_TILE_HEIGHT: Final = 62.0
_TILE_GAP: Final = 7.5
_TILE_PADDING: Final = 10.0
_ARROW: Final = 12.5
TILES_HEIGHT: Final = _TILE_HEIGHT + _TILE_GAP + 6
_BODY_LEADING: Final = 15.0
_BODY_LINES: Final = 60
_CALLOUT_SIZE: Final = 9.5
_CALLOUT_LEADING: Final = 13.0
_BELOW_CALLOUT: Final = 8.0
HEADING_LEADING: Final = 14.0
CAPTION_LEADING: Final = 13.0
_LEGEND_LEADING: Final = 15.0
_AROUND_PICTURE: Final = (10.0, 16.0)
_CHART_TITLE: Final = HEADING_LEADING + CAPTION_LEADING + _LEGEND_LEADING + sum(_AROUND_PICTURE)
_CHART_HEIGHT: Final = 165.0
_CHART_TALLEST: Final = 250.0
_CHART_LOWEST: Final = 110.0
LEAST_CHART: Final = _CHART_TITLE + _CHART_LOWEST
_CHART_ROW: Final = 17.0
_CHART_FONT: Final = 9
_CHART_SCALE: Final = 3


def masthead(book: Book) -> None:
    """The workspace's mark and name, and when the run was due."""
    palette, head = book.palette, book.head
    y = book.height - 50
    mark_width = _logo(book, y) if head.brand.logo else _letter(book, y)
    when = book.style(8.6, color=palette.muted)
    used = book.write(book.right, y + 6.5, f"Run on {run_time(head)}", when, align="right")
    name = book.style(10.5, weight="semibold")
    room = book.content_width - used - mark_width - 24
    book.write(book.left + mark_width + 8, y + 6, fit(head.workspace, room, name), name)
    book.y = y - 14


def _letter(book: Book, y: float) -> float:
    """The first letter on the brand's colour; returns the width."""
    book.box(book.left, y, _MARK, _MARK, fill=book.palette.brand)
    initial = (book.head.workspace.strip() or book.head.name.strip() or "R")[0].upper()
    style = book.style(11.5, weight="bold", color=book.palette.brand_ink)
    book.write(book.left + _MARK / 2, y + 6, initial, style, align="center")
    return _MARK


def _logo(book: Book, y: float) -> float:
    """The workspace's logo, a little taller than the letter, for it may hold words; returns the width."""
    picture = ImageReader(BytesIO(book.head.brand.logo or b""))
    width, height = picture.getSize()
    shown: float = min(_LOGO_HEIGHT * width / height, _LOGO_WIDTH)
    tall = shown * height / width
    book.picture(picture, book.left, y + (_MARK - tall) / 2, shown, tall)
    return shown


def title(book: Book, document: ReportDocument) -> None:
    big = book.style(TYPE["title"].pdf, weight="bold")
    for line in wrap(book.head.name, book.content_width, big, lines=2):
        book.text(line, big, leading=26)
    book.text(period_line(document), book.style(10, color=book.palette.sub), leading=18)
    book.y -= 8


def body(book: Book, document: ReportDocument) -> None:
    """The owner's own words, or the description; as plain paragraphs."""
    paragraphs = plain_paragraphs(document.body_markdown) or [book.head.description]
    style = book.style(TYPE["body"].pdf)
    for paragraph in filter(None, paragraphs):
        for line in wrap(paragraph, book.content_width, style, lines=_BODY_LINES):
            book.need(_BODY_LEADING)
            book.text(line, style, leading=_BODY_LEADING)
        book.y -= 5
    book.y -= 9


def notices(book: Book, sentences: Sequence[str]) -> None:
    for sentence in sentences:
        callout(book, sentence, color=book.palette.warn, fill=book.palette.warn_soft)


def callout(book: Book, sentence: str, *, color: str, fill: str) -> None:
    """A sentence on a tinted box as high as it needs."""
    style = book.style(_CALLOUT_SIZE, color=color)
    lines = _callout_lines(book, sentence)
    height = _CALLOUT_LEADING * len(lines) + 11
    book.need(height + _BELOW_CALLOUT)
    book.box(book.left, book.y - height, book.content_width, height, fill=fill)
    for number, line in enumerate(lines):
        book.write(book.left + _TILE_PADDING, book.y - 15 - _CALLOUT_LEADING * number, line, style)
    book.y -= height + _BELOW_CALLOUT


def callout_height(book: Book, sentence: str) -> float:
    """The points that a callout takes, with the gap below."""
    return _CALLOUT_LEADING * len(_callout_lines(book, sentence)) + 11 + _BELOW_CALLOUT


def _callout_lines(book: Book, sentence: str) -> list[str]:
    return wrap(sentence, book.content_width - 2 * _TILE_PADDING, book.style(_CALLOUT_SIZE), lines=12)


def tiles(book: Book, kpis: Sequence[Kpi]) -> None:
    """The key figures in rows of two to four."""
    shown = kpis[:MAX_TILES]
    per_row = 3 if len(shown) in (3, 5, 6) else min(max(len(shown), 2), 4)
    for start in range(0, len(shown), per_row):
        book.need(_TILE_HEIGHT + 8)
        width = (book.content_width - _TILE_GAP * (per_row - 1)) / per_row
        for number, kpi in enumerate(shown[start : start + per_row]):
            _tile(book, book.left + number * (width + _TILE_GAP), width, kpi)
        book.y -= _TILE_HEIGHT + _TILE_GAP
    book.y -= 6 if shown else 0


def chart(book: Book, data: ChartData, *, whole: float, start: float) -> None:
    """Title and picture stay together; `whole` and `start` are the points that the table and its start need below."""
    book.need(LEAST_CHART)
    usual = _usual_height(book, data)
    height = chart_height(book.room - _around(book, data), usual=usual, whole=whole, start=start)
    heading(book, data.title)
    if data.subtitle:
        caption(book, data.subtitle)
    _legend(book, data)
    above, below = _AROUND_PICTURE
    book.y -= above + height
    picture = chart_png(
        data,
        book.palette,
        width_px=round(book.content_width),
        height_px=round(height),
        scale=_CHART_SCALE,
        font_px=_CHART_FONT,
        locale=book.head.locale,
    )
    book.picture(ImageReader(BytesIO(picture)), book.left, book.y, book.content_width, height)
    book.y -= below


def _around(book: Book, data: ChartData) -> float:
    """The points that title, legend and gaps take."""
    caption_height = CAPTION_LEADING if data.subtitle else 0.0
    legend_height = _LEGEND_LEADING if chart_legend(data, book.palette) else 0.0
    return HEADING_LEADING + caption_height + legend_height + sum(_AROUND_PICTURE)


def chart_height(room: float, *, usual: float, whole: float, start: float) -> float:
    """As high as leaves the whole table on the page, else as usual with its start below, else what is left."""
    lowest = max(_CHART_LOWEST, usual * 0.75)
    if room - whole >= lowest:
        return min(room - whole, usual)
    return usual if room - start >= usual else min(room, max(_CHART_TALLEST, usual))


def _usual_height(book: Book, data: ChartData) -> float:
    """A row of its own for every bar that lies."""
    lies = is_horizontal(data, width=book.content_width, font=_CHART_FONT, locale=book.head.locale)
    return max(_CHART_HEIGHT, _CHART_ROW * len(data.x)) if lies else _CHART_HEIGHT


def _legend(book: Book, data: ChartData) -> None:
    """A coloured square and a name for each series, when there are several."""
    style = book.style(TYPE["caption"].pdf, color=book.palette.muted)
    x, y = book.left, book.y - _LEGEND_LEADING
    for name, color in chart_legend(data, book.palette):
        label = fit(name, 120, style)
        book.square(x, y, 6.5, color)
        x += 10 + book.write(x + 10, y, label, style) + 14
        book.y = y


def heading(book: Book, text: str) -> None:
    style = book.style(TYPE["section"].pdf, weight="semibold")
    book.text(text, style, leading=HEADING_LEADING)


def caption(book: Book, text: str) -> None:
    book.text(text, book.style(TYPE["caption"].pdf, color=book.palette.muted), leading=CAPTION_LEADING)


def _tile(book: Book, x: float, width: float, kpi: Kpi) -> None:
    palette, head = book.palette, book.head
    book.box(x, book.y - _TILE_HEIGHT, width, _TILE_HEIGHT, fill=palette.sunken, border=palette.border)
    inner, left = width - 2 * _TILE_PADDING, x + _TILE_PADDING
    label = book.style(TYPE["label"].pdf, color=palette.sub)
    book.write(left, book.y - 15.5, fit(kpi.label, inner, label), label)
    value = format_value(kpi.value, kpi.display, locale=head.locale, zone=zone(head.timezone), unit=True)
    big = book.style(TYPE["kpi"].pdf, weight="bold")
    book.write(left, book.y - 37, fit(value, inner, big), big)
    _delta(book, left, book.y - 52, inner, kpi)


def _delta(book: Book, x: float, y: float, room: float, kpi: Kpi) -> None:
    """Arrow and change in colour, then what it was; colour is never the only sign."""
    delta = format_delta(kpi, book.head.locale)
    if delta is None:
        return
    colors = {"good": book.palette.good, "bad": book.palette.bad}
    colour = colors.get(delta.direction, book.palette.sub)
    change = book.style(8.6, weight="semibold", color=colour)
    # The font's arrow is half as high as its letters.
    arrow = book.style(_ARROW, weight="semibold", color=colour)
    used = book.write(x, y - 0.6, delta.arrow, arrow) + 3 if delta.arrow else 0.0
    used += book.write(x + used, y, fit(delta.text, room - used, change), change)
    before = book.style(8.6, color=book.palette.muted)
    book.write(x + used + 5, y, fit(f"was {delta.was}", max(room - used - 5, 0), before), before)
