"""The sheets of a PDF: paper, margins, slim headers, footers and "Page x of y".

All places are given for a page that is read from the left. Where the language is read from the right, the book mirrors
them: nothing but this file, and the columns of a table, knows about it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4, LETTER, landscape
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from core.clock import to_utc
from core.document.fonts import Weight
from core.document.locales import direction
from core.document.model import ReportHead
from core.document.tokens import Palette
from core.formats.pdf_text import Align, Style, draw, fit
from core.formats.words import LANGUAGE, origin

MARGIN: Final = 42.0
_PAPERS: Final = {"A4": A4, "Letter": LETTER}
_FOOT: Final = 30.0
_FOOT_RULE: Final = 40.0
_LOWEST: Final = 52.0
_SLIM_HEADER: Final = 62.0
_SMALL: Final = 8.6
_MIRRORED: Final[dict[Align, Align]] = {"left": "right", "right": "left", "center": "center"}


class Book:
    """A canvas with a pen: `y` is where the next thing goes, in points from the lower edge."""

    def __init__(self, path: Path, head: ReportHead, palette: Palette) -> None:
        self.head = head
        self.palette = palette
        self.from_right = direction(head.locale) == "rtl"
        self.canvas = Canvas(str(path), pagesize=_PAPERS[head.page_size], invariant=1, lang=LANGUAGE)
        self._describe()
        self.width, self.height = _PAPERS[head.page_size]
        self.y = 0.0
        self._page = 0

    @property
    def left(self) -> float:
        return MARGIN

    @property
    def right(self) -> float:
        return float(self.width - MARGIN)

    @property
    def content_width(self) -> float:
        return float(self.width - 2 * MARGIN)

    @property
    def room(self) -> float:
        """Points left above the footer."""
        return self.y - _LOWEST

    def style(self, size: float, *, weight: Weight = "regular", color: str | None = None) -> Style:
        return Style(size, weight, color or self.palette.text, self.head.locale)

    def turn(self) -> None:
        """Landscape from here on; call it before the first page."""
        self.width, self.height = landscape(_PAPERS[self.head.page_size])
        self.canvas.setPageSize((self.width, self.height))

    def open_first(self) -> None:
        self._page = 1
        self.y = self.height - MARGIN
        self._footer()

    def open_next(self) -> None:
        """A new page below a slim header."""
        self.canvas.showPage()
        self._page += 1
        self._slim_header()
        self._footer()
        self.y = self.height - _SLIM_HEADER

    def need(self, points: float) -> None:
        """Go to a new page unless there is room for `points`."""
        if self.room < points:
            self.open_next()

    def place(self, x: float, width: float = 0.0) -> float:
        """Where something so wide stands on this paper: x itself, or as far from the other edge."""
        return float(self.width - x - width) if self.from_right else x

    def write(self, x: float, y: float, text: str, style: Style, *, align: Align = "left") -> float:
        """One line of text; returns its width in points."""
        return draw(self.canvas, self.place(x), y, text, style, align=_MIRRORED[align] if self.from_right else align)

    def text(self, text: str, style: Style, *, leading: float) -> None:
        """One line at the pen, shortened to the page, and the pen one line lower."""
        self.y -= leading
        self.write(self.left, self.y, fit(text, self.content_width, style), style)

    def rule(self, y: float, color: str) -> None:
        self.canvas.setStrokeColor(HexColor(color))
        self.canvas.setLineWidth(0.6)
        self.canvas.line(self.left, y, self.right, y)

    def box(self, x: float, y: float, width: float, height: float, *, fill: str, border: str | None = None) -> None:
        """A rectangle with round corners, its lower left corner at x, y."""
        self.canvas.setFillColor(HexColor(fill))
        self.canvas.setStrokeColor(HexColor(border or fill))
        self.canvas.setLineWidth(0.7)
        self.canvas.roundRect(self.place(x, width), y, width, height, 7, stroke=int(border is not None), fill=1)

    def square(self, x: float, y: float, side: float, color: str) -> None:
        self.canvas.setFillColor(HexColor(color))
        self.canvas.rect(self.place(x, side), y, side, side, stroke=0, fill=1)

    def picture(self, picture: ImageReader, x: float, y: float, width: float, height: float) -> None:
        self.canvas.drawImage(picture, self.place(x, width), y, width, height)

    def save(self) -> None:
        self.canvas.showPage()
        self._number_pages()
        self.canvas.save()

    def _describe(self) -> None:
        """What a viewer shows as properties; the same input gives the same bytes, dates included."""
        stamp = f"D:{to_utc(self.head.data_as_of):%Y%m%d%H%M%S}+00'00'"
        self.canvas.setTitle(f"{self.head.name} · {self.head.period.label}")
        self.canvas.setAuthor(self.head.workspace)
        self.canvas.setSubject(self.head.description or self.head.name)
        self.canvas.setCreator("Rooster")
        if self.from_right:
            self.canvas.setViewerPreference("Direction", "R2L")
        self.canvas.setDateFormatter(lambda *_: stamp)

    def _slim_header(self) -> None:
        y = self.height - 38
        period = self.style(_SMALL, color=self.palette.muted)
        used = self.write(self.right, y, self.head.period.label, period, align="right")
        title = self.style(_SMALL, weight="semibold")
        self.write(self.left, y, fit(self.head.name, self.content_width - used - 12, title), title)
        self.rule(self.height - 46, self.palette.border)

    def _footer(self) -> None:
        """The page's number is a form that is filled once the last page is known."""
        style = self.style(_SMALL, color=self.palette.muted)
        self.rule(_FOOT_RULE, self.palette.border)
        self.write(self.left, _FOOT - 2, fit(origin(self.head), self.content_width - 90, style), style)
        self.canvas.doForm(f"page-{self._page}")

    def _number_pages(self) -> None:
        style = self.style(_SMALL, color=self.palette.muted)
        for page in range(1, self._page + 1):
            self.canvas.beginForm(f"page-{page}", 0, 0, self.width, _FOOT_RULE)
            self.write(self.right, _FOOT - 2, f"Page {page} of {self._page}", style, align="right")
            self.canvas.endForm()
