"""The shapes of a chart as a PNG: painted by matplotlib's Agg renderer, without the figure and axes around it.

A figure would measure, lay out and clip what our own code has placed already: half of the time of a small run.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from core.document.lettering import Mask, mask_of, prepare_matplotlib, renderer, width_of
from core.document.letters import drawable
from core.document.png import png_of
from core.document.shapes import Bar, Dot, Fill, Label, Shape, Stroke, bar_corners

if TYPE_CHECKING:
    from matplotlib.path import Path as Outline
    from matplotlib.transforms import Affine2D

_CURVE: Final = 0.5523
_DASHES: Final = (4, 3)


def shapes_png(shapes: Sequence[Shape], *, width: float, height: float, scale: float, background: str) -> bytes:
    """A PNG of `width * scale` by `height * scale` dots, the shapes back to front on an opaque colour."""
    canvas = _Canvas(width, height, scale, background)
    for shape in shapes:
        canvas.paint(shape)
    return canvas.png()


class _Canvas:
    """Places are CSS px from the top left."""

    def __init__(self, width: float, height: float, scale: float, background: str) -> None:
        prepare_matplotlib()
        from matplotlib.transforms import Affine2D

        self._scale = scale
        self._agg = _kept_renderer(round(width * scale), round(height * scale), scale)
        self._dots = np.asarray(self._agg.buffer_rgba())
        self._dots.view(np.uint32)[...] = _ink(background).astype(np.uint8).view(np.uint32)
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
        x, y = label.x * self._scale, label.y * self._scale
        if label.anchor != "start":
            width = width_of(text, label.weight, label.size, self._scale)
            x -= width if label.anchor == "end" else width / 2
        whole_x, whole_y = math.floor(x), math.floor(y)
        mask = mask_of(text, label.weight, label.size, self._scale, x - whole_x, y - whole_y)
        self._lay(mask, whole_x - mask.left, whole_y - mask.top, label.colour)

    def _lay(self, mask: Mask, left: int, top: int, colour: str) -> None:
        """Colour over the dots below, as far as the mask covers each."""
        rows = slice(max(top, 0), max(top + mask.cover.shape[0], 0))
        columns = slice(max(left, 0), max(left + mask.cover.shape[1], 0))
        below = self._dots[rows, columns, :3]
        high, wide = max(-top, 0), max(-left, 0)
        cover = mask.cover[high : high + below.shape[0], wide : wide + below.shape[1], None].astype(np.uint16)
        below[...] = (below * (255 - cover) + _ink(colour)[:3] * cover + 127) // 255

    def png(self) -> bytes:
        return png_of(self._dots)


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


@lru_cache(maxsize=256)
def _ink(colour: str) -> np.ndarray[Any, np.dtype[np.uint16]]:
    """Red, green, blue and alpha, 0 to 255; wide enough to be multiplied by a mask."""
    return np.array([round(part * 255) for part in _rgba(colour)], np.uint16)


@lru_cache(maxsize=256)
def _rgba(colour: str) -> tuple[float, float, float, float]:
    from matplotlib.colors import to_rgba

    return to_rgba(colour)


@lru_cache(maxsize=2)
def _kept_renderer(width: int, height: int, scale: float) -> Any:
    """Kept for the dark picture of the same chart: fresh memory costs more than painting over the old."""
    return renderer(width, height, scale)
