"""Lines of text in a picture: how wide they are, and how much of each dot they cover.

Pillow draws what our own font has; Agg, which knows how to go from font to font, draws the rest.
"""

from __future__ import annotations

import math
import os
import tempfile
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from PIL import ImageFont

from core.document.fonts import Weight, font_path
from core.document.letters import FAMILIES, families_for, is_of_our_font
from core.document.shapes import text_length

if TYPE_CHECKING:
    from matplotlib.font_manager import FontProperties

# One CSS px is one point of a picture with 72 dots per inch.
DPI: Final = 72


@dataclass(frozen=True, slots=True)
class Mask:
    """`cover` is (height, width), 0 to 255; the text begins `left` dots from its left and `top` below its top."""

    cover: np.ndarray[Any, np.dtype[np.uint8]]
    left: int
    top: int


def renderer(width: int, height: int, scale: float) -> Any:
    """Agg's own: its methods carry no types."""
    prepare_matplotlib()
    from matplotlib.backends import backend_agg

    make: Any = backend_agg.RendererAgg
    return make(width, height, DPI * scale)


def width_of(text: str, weight: Weight, size: float, scale: float) -> float:
    """In dots. Kerning is left out where our own font has all letters: a dot at most, and to lay the text out only to
    measure it takes longer than to draw it."""
    if is_of_our_font(text):
        return text_length(text, size * scale, weight)
    return _measured_width(text, weight, size, scale)


@lru_cache(maxsize=512)
def _measured_width(text: str, weight: Weight, size: float, scale: float) -> float:
    width, _height, _descent = _measurer(scale).get_text_width_height_descent(text, _font(text, weight, size), False)
    return float(width)


@lru_cache(maxsize=256)
def mask_of(text: str, weight: Weight, size: float, scale: float, x: float, y: float) -> Mask:
    """`x` and `y` are the parts of a dot by which the text begins later. Light and dark pictures share the masks:
    laying out a line costs more than everything else of it."""
    if is_of_our_font(text):
        return _pillows_mask(text, weight, size * scale, x, y)
    return _aggs_mask(text, weight, size, scale, x, y)


def _pillows_mask(text: str, weight: Weight, dots: float, x: float, y: float) -> Mask:
    """A quarter of Agg's time. Pillow knows one font at a time, which is enough here."""
    image, (left, top) = _pillows_font(weight, dots).getmask2(text, mode="L", anchor="ls", start=(x, y))
    cover = np.array(image, np.uint8).reshape(image.size[::-1])
    return Mask(cover, -int(left), -int(top))


@lru_cache(maxsize=16)
def _pillows_font(weight: Weight, dots: float) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(font_path(weight)), dots)


def _aggs_mask(text: str, weight: Weight, size: float, scale: float, x: float, y: float) -> Mask:
    em = math.ceil(size * scale)
    width = math.ceil(width_of(text, weight, size, scale)) + 2 * em
    agg = renderer(width, 3 * em, scale)
    agg.draw_text(agg.new_gc(), em + x, 2 * em + y, text, _font(text, weight, size), 0)
    cover: np.ndarray[Any, np.dtype[np.uint8]] = np.asarray(agg.buffer_rgba())[:, :, 3]
    rows = np.flatnonzero(cover.max(axis=1))
    first, last = (int(rows[0]), int(rows[-1])) if len(rows) else (0, 0)
    return Mask(cover[first : last + 1].copy(), em, 2 * em - first)


@lru_cache(maxsize=4)
def _measurer(scale: float) -> Any:
    return renderer(1, 1, scale)


def _font(text: str, weight: Weight, size: float) -> FontProperties:
    return _properties(families_for(text, weight), FAMILIES[weight][1], size)


@lru_cache(maxsize=64)
def _properties(families: tuple[str, ...], weight: int, size: float) -> FontProperties:
    from matplotlib.font_manager import FontProperties

    return FontProperties(family=list(families), weight=weight, size=size)


@cache
def prepare_matplotlib() -> None:
    """Our fonts, and a place for its cache: in a read-only home it would complain on every start."""
    if "MPLCONFIGDIR" not in os.environ and not _has_writable_home():
        os.environ["MPLCONFIGDIR"] = str(_cache_folder())
    from matplotlib.font_manager import fontManager

    for weight in FAMILIES:
        fontManager.addfont(str(font_path(weight)))


def _has_writable_home() -> bool:
    """Only trying tells: access rights say nothing about read-only mounts to root."""
    try:
        for folder in (Path.home() / ".config" / "matplotlib", Path.home() / ".cache" / "matplotlib"):
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                pass
    except (OSError, RuntimeError):
        return False
    return True


def _cache_folder() -> Path:
    """One folder for all our processes, so the fonts are listed once; never one that somebody else made."""
    folder = Path(tempfile.gettempdir()) / f"rooster-matplotlib-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder if folder.stat().st_uid == os.getuid() else Path(tempfile.mkdtemp(prefix="rooster-matplotlib-"))
