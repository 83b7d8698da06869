"""Which fonts draw which letters of a chart; what no font has becomes a sign that says so."""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from core.document.fonts import FAMILY, Weight, fallback_path, font_path, further_paths

if TYPE_CHECKING:
    from matplotlib.ft2font import FT2Font

UNKNOWN: Final = "\ufffd"
_WIDE: Final = "DejaVu Sans"
# Matplotlib knows the semibold as a family of its own, with one weight.
FAMILIES: Final[dict[Weight, tuple[str, int]]] = {
    "regular": (FAMILY, 400),
    "semibold": (f"{FAMILY} SemiBold", 400),
    "bold": (FAMILY, 700),
}
_JOINERS: Final = "\u200c\u200d"


def is_silent(ch: str) -> bool:
    """Whether a character has no width of its own: marks of direction, variation selectors, and the skin tones of
    emoji, which say nothing in one colour."""
    return unicodedata.category(ch) == "Cf" or "\ufe00" <= ch <= "\ufe0f" or "\U0001f3fb" <= ch <= "\U0001f3ff"


def drawable(text: str) -> str:
    """The text with U+FFFD for each character that no font at hand has, and without what has no width."""
    if text.isascii():
        return text
    return "".join(_shown(ch) for ch in text)


def is_of_our_font(text: str) -> bool:
    """Whether our own font has all of its letters, which then stand one after the other."""
    return text.isascii() or all(ord(ch) in _codes(font_path()) for ch in text)


def families_for(text: str, weight: Weight) -> tuple[str, ...]:
    """The families to draw a text with, in the order in which they are asked. Most texts need two at most."""
    first = FAMILIES[weight][0]
    if text.isascii() or all(ord(ch) in _near() for ch in text):
        return (first, _WIDE)
    return (first, _WIDE, *(_registered(path) for path in further_paths()))


@lru_cache(maxsize=4096)
def _shown(ch: str) -> str:
    if ch in _JOINERS:
        return ch
    if is_silent(ch):
        return ""
    code = ord(ch)
    known = code in _near() or any(code in _codes(path) for path in further_paths())
    return ch if known else UNKNOWN


@cache
def _near() -> frozenset[int]:
    """What our own font and DejaVu Sans have; joiners need no letter."""
    return _codes(font_path()) | _codes(fallback_path()) | {ord(ch) for ch in _JOINERS}


@cache
def _codes(path: Path) -> frozenset[int]:
    return frozenset(_open(path).get_charmap())


@cache
def _registered(path: Path) -> str:
    """Make a font known to matplotlib; returns its family."""
    from matplotlib.font_manager import fontManager

    fontManager.addfont(str(path))
    family: str = _open(path).family_name
    return family


def _open(path: Path) -> FT2Font:
    from matplotlib.font_manager import get_font

    return get_font(str(path))
