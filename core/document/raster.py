"""The shapes of a chart as a PNG: painted by matplotlib's Agg renderer, without the figure and axes around it.

A figure would measure, lay out and clip what our own code has placed already: half of the time of a small run.
"""

from __future__ import annotations

import os
import struct
import tempfile
import zlib
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from core.document.fonts import Weight, font_path
from core.document.letters import FAMILIES, drawable, families_for
from core.document.shapes import Bar, Dot, Fill, Label, Shape, Stroke, bar_corners

if TYPE_CHECKING:
    from matplotlib.font_manager import FontProperties
    from matplotlib.path import Path as Outline
    from matplotlib.transforms import Affine2D

# One CSS px is one point of a picture with 72 dots per inch.
_DPI: Final = 72
_CURVE: Final = 0.5523
_DASHES: Final = (4, 3)
_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_RGB: Final = 2
_LEVEL: Final = 3
_ROWS_AT_ONCE: Final = 32


def shapes_png(shapes: Sequence[Shape], *, width: float, height: float, scale: float, background: str) -> bytes:
    """A PNG of `width * scale` by `height * scale` dots, the shapes back to front on an opaque colour."""
    canvas = _Canvas(width, height, scale)
    canvas.paint(Fill(((0, 0), (width, 0), (width, height), (0, height)), background))
    for shape in shapes:
        canvas.paint(shape)
    return canvas.png()


class _Canvas:
    """Places are CSS px from the top left."""

    def __init__(self, width: float, height: float, scale: float) -> None:
        _prepare_matplotlib()
        from matplotlib.transforms import Affine2D

        self._scale = scale
        self._agg = _renderer(round(width * scale), round(height * scale), scale)
        self._agg.clear()
        # Agg counts from the bottom.
        self._place: Affine2D = Affine2D().scale(scale, -scale).translate(0, round(height * scale))

    def paint(self, shape: Shape) -> None:
        _PAINTERS[type(shape)](self, shape)

    def fill(self, outline: Outline, colour: str) -> None:
        context = self._agg.new_gc()
        context.set_linewidth(0)
        self._agg.draw_path(context, outline, self._place, _rgba(colour))

    def stroke(self, stroke: Stroke) -> None:
        from matplotlib.path import Path as Outline

        context = self._agg.new_gc()
        context.set_foreground(_rgba(stroke.colour), isRGBA=True)
        context.set_linewidth(stroke.width)
        context.set_joinstyle("round")
        context.set_capstyle("butt" if stroke.width <= 1 else "round")
        if stroke.dashed:
            context.set_dashes(0, [length * stroke.width for length in _DASHES])
        self._agg.draw_path(context, Outline(stroke.points), self._place)

    def label(self, label: Label) -> None:
        text = drawable(label.text)
        if not text:
            return
        context = self._agg.new_gc()
        context.set_foreground(_rgba(label.colour), isRGBA=True)
        x = label.x * self._scale
        if label.anchor != "start":
            width = _dots_of(text, label.weight, label.size, self._scale)
            x -= width if label.anchor == "end" else width / 2
        self._agg.draw_text(context, x, label.y * self._scale, text, _font(text, label.weight, label.size), 0)

    def png(self) -> bytes:
        return _png(np.asarray(self._agg.buffer_rgba())[:, :, :3])


def _bar(canvas: _Canvas, bar: Bar) -> None:
    from matplotlib.path import Path as Outline

    steps = ((1, 0), (0, 1), (-1, 0), (0, -1))
    points: list[tuple[float, float]] = []
    codes: list[Any] = []
    for number, (x, y, radius) in enumerate(bar_corners(bar)):
        (in_x, in_y), (out_x, out_y) = steps[number - 1], steps[number]
        near = radius * (1 - _CURVE)
        points += [(x - in_x * radius, y - in_y * radius), (x - in_x * near, y - in_y * near)]
        points += [(x + out_x * near, y + out_y * near), (x + out_x * radius, y + out_y * radius)]
        codes += [Outline.LINETO, Outline.CURVE4, Outline.CURVE4, Outline.CURVE4]
    codes[0] = Outline.MOVETO
    canvas.fill(Outline([*points, points[0]], [*codes, Outline.CLOSEPOLY]), bar.colour)


def _fill(canvas: _Canvas, fill: Fill) -> None:
    from matplotlib.path import Path as Outline

    canvas.fill(Outline([*fill.points, fill.points[0]], closed=True), fill.colour)


def _dot(canvas: _Canvas, dot: Dot) -> None:
    from matplotlib.path import Path as Outline

    canvas.fill(Outline.circle((dot.x, dot.y), dot.radius), dot.colour)


_PAINTERS: Final[dict[type[Shape], Any]] = {
    Bar: _bar,
    Stroke: _Canvas.stroke,
    Fill: _fill,
    Dot: _dot,
    Label: _Canvas.label,
}


@cache
def _prepare_matplotlib() -> None:
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


@lru_cache(maxsize=256)
def _rgba(colour: str) -> tuple[float, float, float, float]:
    from matplotlib.colors import to_rgba

    return to_rgba(colour)


@lru_cache(maxsize=2)
def _renderer(width: int, height: int, scale: float) -> Any:
    """Kept for the dark picture of the same chart: fresh memory costs more than painting over the old."""
    from matplotlib.backends import backend_agg

    # Its methods carry no types.
    make: Any = backend_agg.RendererAgg
    return make(width, height, _DPI * scale)


@lru_cache(maxsize=512)
def _dots_of(text: str, weight: Weight, size: float, scale: float) -> float:
    """The width of a text as Agg will draw it; the dark picture asks again for what the light one has measured."""
    width, _height, _descent = _renderer(1, 1, scale).get_text_width_height_descent(
        text, _font(text, weight, size), False
    )
    return float(width)


def _font(text: str, weight: Weight, size: float) -> FontProperties:
    return _properties(families_for(text, weight), FAMILIES[weight][1], size)


@lru_cache(maxsize=64)
def _properties(families: tuple[str, ...], weight: int, size: float) -> FontProperties:
    from matplotlib.font_manager import FontProperties

    return FontProperties(family=list(families), weight=weight, size=size)


def _png(rows: np.ndarray[Any, np.dtype[np.uint8]]) -> bytes:
    """RGB rows as a PNG. They are stored as they are: on flat areas and drawn letters deflate is faster, and its file
    a quarter smaller, than on the differences to the neighbours that encoders choose row by row.
    """
    height, width, _ = rows.shape
    header = struct.pack(">IIBBBBB", width, height, 8, _RGB, 0, 0, 0)
    deflate = zlib.compressobj(_LEVEL)
    stored = np.zeros((_ROWS_AT_ONCE, 1 + width * 3), np.uint8)
    pieces: list[bytes] = []
    for start in range(0, height, _ROWS_AT_ONCE):
        part = rows[start : start + _ROWS_AT_ONCE]
        stored[: len(part), 1:].reshape(len(part), width, 3)[...] = part
        pieces.append(deflate.compress(stored[: len(part)].data))
    pieces.append(deflate.flush())
    return _SIGNATURE + _chunk(b"IHDR", header) + _chunk(b"IDAT", b"".join(pieces)) + _chunk(b"IEND", b"")


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
