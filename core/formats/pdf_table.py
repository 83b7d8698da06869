"""Tables on the canvas: one block of text operators per column and page, the frame stored once.

Cell by cell drawing costs ten times as much and platypus fifty times; a report may have thousands of rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
from reportlab.lib.colors import HexColor
from reportlab.pdfgen.canvas import Canvas

from core.document.model import Band
from core.document.tokens import TYPE, Palette
from core.formats.pdf_cells import Alphabet, Cells
from core.formats.pdf_fonts import Widths
from core.formats.pdf_text import Style, draw, fit, is_complete, width_of, wrap

HEADER_HEIGHT: Final = 18.0
ROW_HEIGHT: Final = 17.8
_HEADER_LEADING: Final = 10.0
# A column that is just as wide as its widest cell must not lose it.
_ROUNDING: Final = 0.01
_PADDING: Final = 6.0
_BASELINE: Final = 5.9
_WIDEST: Final = 190.0
# Below this a text says nothing.
_NARROWEST_TEXT: Final = 62.0
_NARROWEST_NUMBER: Final = 120.0
_TEXT_SHARE: Final = 0.55


# The name of a colour of the palette; None is that of all other text.
Ink = Band | Literal["muted"] | None


@dataclass(frozen=True, slots=True)
class TableColumn:
    """What a column shows; `right` for quantities and dates, `cut` for what may be shortened in a narrow column."""

    label: str
    cells: Sequence[str]
    right: bool = False
    cut: bool = True


class Table:
    """A table measured for one canvas; `draw_rows` puts any run of its rows at any height.

    Read `from_right`, its first column stands there. Numbers keep their right edge: their digits must line up.
    """

    def __init__(
        self,
        canvas: Canvas,
        columns: Sequence[TableColumn],
        *,
        palette: Palette,
        locale: str,
        name: str,
        from_right: bool = False,
    ) -> None:
        self._canvas = canvas
        self._columns = columns
        self._palette = palette
        self._name = name
        self._from_right = from_right
        self._style = Style(TYPE["table"].pdf, "regular", palette.text, locale)
        self._header_style = Style(TYPE["table"].pdf, "semibold", palette.sub, locale)
        self._alphabet = Alphabet(canvas, self._style)
        self._cells = [Cells.measure(column.cells, self._alphabet) for column in columns]
        self._encoded: list[list[str]] = []
        self._inks: dict[int, Sequence[Ink]] = {}
        self._edges: list[float] = []
        self._frames: set[str] = set()
        self._natural = [self._natural_width(n) for n in range(len(columns))]
        self._header_lines: list[list[str]] = []
        self.shown_columns = 0
        self.is_shortened = False
        self.incomplete_cells = sum(
            not is_complete(text, self._style) for cells in self._cells for text in cells.odd.values()
        )

    @property
    def natural_width(self) -> float:
        return sum(self._natural)

    @property
    def row_count(self) -> int:
        return len(self._columns[0].cells) if self._columns else 0

    def height(self, rows: int) -> float:
        """Header and so many rows, in points."""
        return self._header_height + ROW_HEIGHT * rows

    def rows_that_fit(self, room: float) -> int:
        """How many rows go below a header into `room` points; at least one."""
        return max(int((room - self._header_height + _ROUNDING) // ROW_HEIGHT), 1)

    @property
    def _header_height(self) -> float:
        """Labels of narrow columns take a second line."""
        return HEADER_HEIGHT + (_HEADER_LEADING if any(len(lines) > 1 for lines in self._header_lines) else 0.0)

    def fit_width(self, available: float) -> int:
        """Share out `available` points among the columns; returns how many columns there is room for."""
        floors = [self._floor(number) for number in range(len(self._columns))]
        shown = int(np.searchsorted(np.cumsum(floors), available, side="right"))
        texts = [column.cut and not column.right for column in self._columns[:shown]]
        widths = share_width(self._natural[:shown], floors[:shown], texts, available)
        self._edges = [0.0, *np.cumsum(widths).tolist()]
        for cells, width in zip(self._cells, widths, strict=False):
            room = width - 2 * _PADDING + _ROUNDING
            self.is_shortened = cells.cut(room) or self.is_shortened or cells.has_odd_beyond(room)
        self._encoded = [cells.encoded() for cells in self._cells[:shown]]
        self._header_lines = [
            wrap(column.label, width - 2 * _PADDING + _ROUNDING, self._header_style, lines=2)
            for column, width in zip(self._columns, widths, strict=False)
        ]
        self.shown_columns = shown
        return shown

    def colour(self, number: int, inks: Sequence[Ink]) -> None:
        """Give each cell of a column, row by row, its colour."""
        self._inks[number] = inks

    def draw_rows(self, left: float, top: float, rows: range) -> float:
        """Draw the header and the rows with the upper left corner given; returns the height used."""
        height = self.height(len(rows))
        canvas = self._canvas
        frame = self._frame(len(rows), closed=rows.stop == self.row_count)
        canvas.saveState()
        canvas.translate(left, top)
        canvas.doForm(frame)
        canvas.setFillColor(HexColor(self._palette.text))
        for number, lines in enumerate(self._encoded):
            self._draw_column(number, lines, rows)
            self._draw_odd(number, rows)
        canvas.restoreState()
        return height

    def _natural_width(self, number: int) -> float:
        header = width_of(self._columns[number].label, self._header_style)
        return min(max(header, self._cells[number].natural_width()), _WIDEST) + 2 * _PADDING

    def _floor(self, number: int) -> float:
        """The width below which a column is not worth showing: a number that is cut is worse than none."""
        column = self._columns[number]
        if column.cut and not column.right:
            return min(self._natural[number], _NARROWEST_TEXT)
        words = (width_of(word, self._header_style) for word in column.label.split(" "))
        return min(max(self._cells[number].natural_width(), *words) + 2 * _PADDING, _NARROWEST_NUMBER)

    def _draw_column(self, number: int, lines: list[str], rows: range) -> None:
        """One text object: every line moves one row down and shows a cell."""
        if not rows:
            return
        right = self._stands_right(number)
        x = self._sides(number)[right]
        y = _BASELINE - self._header_height
        head = f"BT {self._alphabet.font_name} {self._style.size:g} Tf {ROW_HEIGHT:g} TL 1 0 0 1 {x:.2f} {y:.2f} Tm\n"
        texts = lines[rows.start : rows.stop]
        body = self._right_aligned(number, texts, rows) if right else [f"({text})'" for text in texts]
        if inks := self._inks.get(number):
            body = [self._ink(ink) + line for ink, line in zip(inks[rows.start : rows.stop], body, strict=True)]
            body.append(self._ink(None))
        self._canvas.addLiteral(head + "\n".join(body) + "\nET")

    def _ink(self, ink: Ink) -> str:
        """The operator for a colour, or for that of all other text."""
        red, green, blue = HexColor(getattr(self._palette, ink or "text")).rgb()
        return f"{red:.3f} {green:.3f} {blue:.3f} rg "

    def _right_aligned(self, number: int, texts: list[str], rows: range) -> list[str]:
        """Each line starts where the difference of two widths puts it; rounded first, so errors do not add up."""
        widths = np.round(self._cells[number].widths[rows.start : rows.stop], 2)
        steps = (-np.diff(widths, prepend=0.0)).tolist()
        down = f"{-ROW_HEIGHT:g}"
        return [f"{step:.2f} {down} Td ({text}) Tj" for step, text in zip(steps, texts, strict=True)]

    def _draw_odd(self, number: int, rows: range) -> None:
        odd = self._cells[number].odd
        for row in sorted(odd.keys() & rows) if odd else ():
            y = _BASELINE - self._header_height - ROW_HEIGHT * (row - rows.start + 1)
            inks = self._inks.get(number)
            colour = getattr(self._palette, (inks[row] if inks else None) or "text")
            self._draw_text(number, y, odd[row], replace(self._style, color=colour))

    def _stands_right(self, number: int) -> bool:
        return self._from_right or self._columns[number].right

    def _sides(self, number: int) -> tuple[float, float]:
        """Where the text of a column begins and ends, in points from the table's left edge."""
        near, far = self._edges[number : number + 2]
        if self._from_right:
            near, far = self._edges[-1] - far, self._edges[-1] - near
        return near + _PADDING, far - _PADDING

    def _draw_text(self, number: int, y: float, text: str, style: Style) -> None:
        left, right = self._sides(number)
        shown = fit(text, right - left + _ROUNDING, style)
        at_right = self._stands_right(number)
        draw(self._canvas, right if at_right else left, y, shown, style, align="right" if at_right else "left")

    def _frame(self, count: int, *, closed: bool) -> str:
        """Header, stripes and lines for `count` rows as a form, made when first asked for."""
        name = f"{self._name}-{count}-{int(closed)}"
        if name in self._frames:
            return name
        self._frames.add(name)
        width, bottom = self._edges[-1], -self.height(count)
        self._canvas.beginForm(name, 0, bottom - 1, width, 1)
        self._draw_header(width)
        self._draw_stripes(width, count)
        if closed:
            self._rule(bottom, width, self._palette.border)
        self._canvas.endForm()
        return name

    def _draw_header(self, width: float) -> None:
        self._canvas.setFillColor(HexColor(self._palette.line))
        height = self._header_height
        self._canvas.rect(0, -height, width, height, stroke=0, fill=1)
        self._rule(-height, width, self._palette.border)
        for number, lines in enumerate(self._header_lines):
            for place, line in enumerate(reversed(lines)):
                y = _BASELINE - height + 0.2 + _HEADER_LEADING * place
                self._draw_text(number, y, line, self._header_style)

    def _draw_stripes(self, width: float, count: int) -> None:
        self._canvas.setFillColor(HexColor(self._palette.sunken))
        for row in range(1, count, 2):
            y = -self._header_height - ROW_HEIGHT * (row + 1)
            self._canvas.rect(0, y, width, ROW_HEIGHT, stroke=0, fill=1)

    def _rule(self, y: float, width: float, color: str) -> None:
        self._canvas.setStrokeColor(HexColor(color))
        self._canvas.setLineWidth(0.6)
        self._canvas.line(0, y, width, y)


def share_width(
    natural: Sequence[float], floors: Sequence[float], is_text: Sequence[bool], available: float
) -> list[float]:
    """Widths that add up to `available`: text gets the larger share of slack, only the widest columns give way."""
    slack = available - sum(natural)
    if slack < 0:
        return _squeeze(np.array(natural), np.array(floors), available)
    texts = sum(is_text)
    for_text = slack * _TEXT_SHARE / texts if texts else 0.0
    for_all = (slack - for_text * texts) / max(len(natural), 1)
    return [width + for_all + (for_text if text else 0.0) for width, text in zip(natural, is_text, strict=True)]


def _squeeze(natural: Widths, floors: Widths, available: float) -> list[float]:
    """The one upper bound for all widths with which they fit, found by halving; no column goes below its floor."""
    low, high = 0.0, float(natural.max())
    for _ in range(40):
        middle = (low + high) / 2
        fits = np.maximum(np.minimum(natural, middle), floors).sum() <= available
        low, high = (middle, high) if fits else (low, middle)
    return [float(width) for width in np.maximum(np.minimum(natural, low), floors)]
