"""The frame that every chart is drawn in: its size, its grid and the words around it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from core.document.guesses import is_earlier
from core.document.model import ChartData
from core.document.scales import Scale, label_column, tick_texts, value_scale, values_of, x_texts, x_writer
from core.document.shapes import Label, Shape, Stroke, text_width
from core.document.tokens import Palette
from core.document.values import format_value

ROW = 34
_HEIGHT = 264
# Names below a chart that are measured before it is decided how many have room.
_ASKED = 32


@dataclass(frozen=True, slots=True)
class Frame:
    """The drawing area in CSS px: everything a plot function needs."""

    chart: ChartData
    palette: Palette
    width: float
    height: float
    font: float
    locale: str
    # How much wider than ours the font may be that draws the names; a browser takes its own.
    wider: float = 1.0

    def text(self, value: float | None) -> str:
        """A value in full, with its unit, for tooltips."""
        return format_value(value, self.chart.y_display, locale=self.locale, unit=True)

    def short(self, value: float) -> str:
        column = label_column(values_of(self.chart), self.chart.y_display)
        return format_value(value, column, locale=self.locale)


def is_horizontal(chart: ChartData, *, width: float, font: float, locale: str) -> bool:
    """Bars lie down when their names would not fit side by side."""
    if chart.kind != "bar" or chart.x_display.kind in ("date", "datetime", "time"):
        return False
    widest = max((text_width(text, font) for text in x_texts(chart, locale)), default=0)
    return widest > (width - 50) / max(len(chart.x), 1) - 8


def natural_height(chart: ChartData, *, width: float, font: float, locale: str) -> int:
    if is_horizontal(chart, width=width, font=font, locale=locale):
        return ROW * len(chart.x) + 8
    return _HEIGHT


def series_colours(chart: ChartData, palette: Palette) -> list[str]:
    """One per series; an earlier period is pale, and grey where it is a thin line."""
    colours = iter(palette.series * 2)
    earlier = palette.muted if chart.kind in ("line", "area") else palette.previous
    return [earlier if is_behind(chart, number) else next(colours) for number in range(len(chart.series))]


def is_behind(chart: ChartData, number: int) -> bool:
    return number > 0 and is_earlier(chart.series[number][0])


@dataclass(frozen=True, slots=True)
class Grid:
    left: float
    right: float
    top: float
    bottom: float
    scale: Scale

    def y(self, value: float) -> float:
        return self.bottom - self.scale.share(value) * (self.bottom - self.top)

    @property
    def width(self) -> float:
        return self.right - self.left


def draw_grid(frame: Frame, *, from_zero: bool, headroom: float) -> tuple[Grid, list[Shape]]:
    """The lines behind and their numbers on the left."""
    lines = 4 + (2 if frame.height > 320 else 0)
    scale = value_scale(values_of(frame.chart), from_zero=from_zero, lines=lines)
    texts = tick_texts(scale, frame.chart.y_display, frame.locale)
    left = max(text_width(text, frame.font) for text in texts) + 14
    # Values of bars that hang down are written below them.
    below = frame.font * (1.9 if scale.low >= 0 else 3.1)
    grid = Grid(left, frame.width - 4, headroom, frame.height - below, scale)
    shapes: list[Shape] = []
    for tick, text in zip(scale.ticks, texts, strict=True):
        y = round(grid.y(tick)) + 0.5
        colour = frame.palette.border if abs(tick) < scale.step / 1e6 else frame.palette.line
        shapes.append(Stroke(((left, y), (grid.right, y)), colour))
        shapes.append(Label(left - 10, y + frame.font * 0.34, text, frame.font, frame.palette.muted, anchor="end"))
    return grid, shapes


def draw_x_labels(frame: Frame, places: list[float], *, left: float, right: float) -> list[Shape]:
    """As many as fit: every one, every second, ... and none that sticks out or touches the one before."""
    write, x = x_writer(frame.chart, frame.locale), frame.chart.x
    # Of a year of days a few tell how wide they get; those that are written are measured one by one.
    widest = max(text_width(write(value), frame.font) for value in x[:: max(len(x) // _ASKED, 1)]) + 14
    gap = (places[-1] - places[0]) / max(len(places) - 1, 1)
    stride = max(1, math.ceil(widest / gap)) if gap > 0 else 1
    labels: list[Shape] = []
    end = -math.inf
    for place, value in list(zip(places, x, strict=True))[::stride]:
        text = write(value)
        half = text_width(text, frame.font) / 2
        at = min(max(place, left + half), right - half)
        if at - half < end:
            continue
        end = at + half + 6
        labels.append(Label(at, frame.height - 6, text, frame.font, frame.palette.sub, anchor="middle"))
    return labels
