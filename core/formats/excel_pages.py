"""Where the printed Summary turns the page: before a part that would be cut in two."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

# Inches, and the share of the natural size at which four tiles fit either paper, with wide letters too.
_MARGINS: Final = {"left": 0.5, "right": 0.5, "top": 0.6, "bottom": 0.7}
_SCALE: Final = 76
_PAPER_INCHES: Final = {"A4": 11.69, "Letter": 11.0}
_ROW_POINTS: Final = 15.0


@dataclass(slots=True)
class Pages:
    """`heights` in points of the rows that are not of the usual height; blocks are kept together where they fit."""

    heights: dict[int, float] = field(default_factory=dict)
    _starts: list[int] = field(default_factory=list)

    def set_up(self, sheet: Any) -> None:
        """Excel ignores page breaks on sheets that it fits to the page, so the size is set."""
        sheet.set_margins(**_MARGINS)
        sheet.set_print_scale(_SCALE)
        sheet.center_horizontally()

    def keep_from(self, row: int) -> None:
        """A block begins here and reaches to the next one."""
        self._starts.append(row)

    def breaks(self, end: int, *, paper: str) -> list[int]:
        """The rows before which a page ends."""
        inches = _PAPER_INCHES[paper] - _MARGINS["top"] - _MARGINS["bottom"]
        page = inches * 72 * 100 / _SCALE
        used = self._points(0, self._starts[0])
        found: list[int] = []
        for start, stop in zip(self._starts, [*self._starts[1:], end], strict=True):
            points = self._points(start, stop)
            if used and used + points > page:
                found.append(start)
                used = 0
            used = (used + points) % page
        return found

    def _points(self, start: int, stop: int) -> float:
        return sum(self.heights.get(row, _ROW_POINTS) for row in range(start, stop))
