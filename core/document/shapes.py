"""The few shapes a chart is made of, in CSS px from the top left corner: drawn once as PNG, once as SVG."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from PIL import ImageFont

from core.document.fonts import Weight, font_path

Anchor = Literal["start", "middle", "end"]
Side = Literal["top", "bottom", "right", "left"]
# Measured once at this size and scaled: hinting is of no interest here.
_MEASURED_AT = 100
# More letters of a name than any chart has room for.
MOST_LETTERS = 200


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle whose corners at its far end (`side`) are round. `tip` is its tooltip where there are any."""

    x: float
    y: float
    width: float
    height: float
    colour: str
    side: Side = "top"
    radius: float = 0
    tip: str = ""


@dataclass(frozen=True, slots=True)
class Stroke:
    points: tuple[tuple[float, float], ...]
    colour: str
    width: float = 1
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Fill:
    points: tuple[tuple[float, float], ...]
    colour: str
    tip: str = ""


@dataclass(frozen=True, slots=True)
class Dot:
    x: float
    y: float
    radius: float
    colour: str
    tip: str = ""


@dataclass(frozen=True, slots=True)
class Label:
    """A line of text; `y` is its base line."""

    x: float
    y: float
    text: str
    size: float
    colour: str
    anchor: Anchor = "start"
    weight: Weight = "regular"


Shape = Bar | Stroke | Fill | Dot | Label


def bar_corners(bar: Bar) -> list[tuple[float, float, float]]:
    """The corners clockwise from the top left, each with its radius."""
    round_ones = {"top": (0, 1), "right": (1, 2), "bottom": (2, 3), "left": (3, 0)}[bar.side]
    radius = min(bar.radius, bar.width / 2, bar.height)
    right, bottom = bar.x + bar.width, bar.y + bar.height
    corners = ((bar.x, bar.y), (right, bar.y), (right, bottom), (bar.x, bottom))
    return [(x, y, radius if number in round_ones else 0) for number, (x, y) in enumerate(corners)]


def text_width(text: str, size: float, weight: Weight = "regular") -> float:
    """In CSS px, a little on the wide side: kerning and hinting move letters when they are drawn."""
    return text_length(text, size, weight) * 1.02 + 1


def text_length(text: str, size: float, weight: Weight = "regular") -> float:
    """The letters of our own font one after the other, in CSS px."""
    return sum(_advance(letter, weight) for letter in text) * size / _MEASURED_AT


def shortened(text: str, width: float, size: float) -> str:
    """The text, or as much of it as fits with an ellipsis, found in a few measurements however long it is."""
    kept = text[:MOST_LETTERS]
    if len(kept) == len(text) and text_width(text, size) <= width:
        return text

    def taken(count: int) -> float:
        return text_width(kept[:count].rstrip() + "\u2026", size)

    fits = bisect_right(range(1, len(kept) + 1), width, key=taken)
    return kept[:fits].rstrip() + "\u2026"


@lru_cache(maxsize=4096)
def _advance(letter: str, weight: Weight) -> float:
    return _font(weight).getlength(letter)


@lru_cache(maxsize=3)
def _font(weight: Weight) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(font_path(weight)), _MEASURED_AT, layout_engine=ImageFont.Layout.BASIC)
