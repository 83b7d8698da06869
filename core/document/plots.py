"""From the points of a chart to its shapes: one small function per kind."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from itertools import pairwise

from core.document.frames import ROW, Frame, Grid, draw_grid, draw_x_labels, is_behind, is_horizontal, series_colours
from core.document.locales import percent_text
from core.document.scales import Scale, position, tick_texts, value_scale, values_of, x_texts
from core.document.shapes import Bar, Dot, Fill, Label, Shape, Side, Stroke, shortened, text_width
from core.document.tokens import blend
from core.document.values import format_value

MOST_VALUE_LABELS = 12
_RADIUS = 4
_WIDEST_BAR = 64
_PIE_HOLE = 0.62
_LONG_GAP = 8


def shapes_of(frame: Frame) -> list[Shape]:
    """The shapes of a chart, back to front; a note when there is nothing to draw."""
    if not values_of(frame.chart):
        middle = Label(
            frame.width / 2, frame.height / 2, "No values to draw", frame.font, frame.palette.muted, anchor="middle"
        )
        return [middle]
    if is_horizontal(frame.chart, width=frame.width, font=frame.font, locale=frame.locale):
        return _rows(frame)
    return _PLOTS.get(frame.chart.kind, _columns)(frame)


def _columns(frame: Frame) -> list[Shape]:
    chart, colours = frame.chart, series_colours(frame.chart, frame.palette)
    grid, shapes = draw_grid(frame, from_zero=True, headroom=frame.font * 1.7)
    slot = grid.width / len(chart.x)
    places = [grid.left + slot * (number + 0.5) for number in range(len(chart.x))]
    front = [n for n in range(len(chart.series)) if not is_behind(chart, n)]
    behind = [n for n in range(len(chart.series)) if is_behind(chart, n)]
    for n in behind:
        shapes += _upright(frame, grid, n, colours[n], places, width=min(slot * 0.7, _WIDEST_BAR))
    share = (0.42 if behind else 0.62) if len(front) == 1 else 0.74
    width = min(slot * share, _WIDEST_BAR * (0.62 if behind else 1) * len(front)) / len(front)
    for order, n in enumerate(front):
        shift = (order - (len(front) - 1) / 2) * width
        centres = [place + shift for place in places]
        shapes += _upright(frame, grid, n, colours[n], centres, width=max(width - (1 if len(front) > 1 else 0), 1))
    if len(front) * len(chart.x) <= MOST_VALUE_LABELS:
        shapes += _value_labels(frame, grid, front[0], places, slot=slot) if len(front) == 1 else []
    return shapes + draw_x_labels(frame, places, left=0, right=frame.width)


def _upright(frame: Frame, grid: Grid, number: int, colour: str, centres: list[float], *, width: float) -> list[Shape]:
    name, values = frame.chart.series[number]
    texts = x_texts(frame.chart, frame.locale)
    zero = grid.y(0)
    bars: list[Shape] = []
    for centre, value, text in zip(centres, values, texts, strict=True):
        if value is None:
            continue
        y = grid.y(value)
        tip = f"{text}, {name}: {frame.text(value)}"
        radius = min(_RADIUS, width / 3)
        side: Side = "top" if value >= 0 else "bottom"
        bars.append(Bar(centre - width / 2, min(y, zero), width, abs(zero - y), colour, side, radius, tip))
    return bars


def _value_labels(frame: Frame, grid: Grid, number: int, places: list[float], *, slot: float) -> list[Shape]:
    labels: list[Shape] = []
    for place, value in zip(places, frame.chart.series[number][1], strict=True):
        if value is None:
            continue
        text = frame.short(value)
        if text_width(text, frame.font, "bold") > slot:
            return []
        y = grid.y(value) + (-frame.font * 0.5 if value >= 0 else frame.font * 1.15)
        labels.append(Label(place, y, text, frame.font, frame.palette.text, anchor="middle", weight="bold"))
    return labels


def _rows(frame: Frame) -> list[Shape]:
    """Bars lying down, the name on the left and the value at the end."""
    texts = [shortened(text, frame.width * 0.36, frame.font) for text in x_texts(frame.chart, frame.locale)]
    values = frame.chart.series[0][1]
    ends = [frame.short(value) if value is not None else "" for value in values]
    left = max(text_width(text, frame.font) for text in texts) * frame.wider + 16
    room = frame.width - left - max(text_width(end, frame.font, "bold") for end in ends) * frame.wider - 14
    largest = max((abs(value) for value in values if value is not None), default=0) or 1
    colours = series_colours(frame.chart, frame.palette)
    row = frame.height / len(texts)
    shapes: list[Shape] = []
    for number, text in enumerate(texts):
        middle = row * (number + 0.5)
        base = middle + frame.font * 0.34
        shapes.append(Label(left - 12, base, text, frame.font, frame.palette.sub, anchor="end"))
        for n in reversed(range(len(frame.chart.series))):
            shapes += _lying(frame, n, number, colours[n], left=left, middle=middle, row=row, room=room / largest)
        end = left + abs(values[number] or 0) * room / largest + 8
        shapes.append(Label(end, base, ends[number], frame.font, frame.palette.text, weight="bold"))
    return shapes


def _lying(
    frame: Frame, n: int, number: int, colour: str, *, left: float, middle: float, row: float, room: float
) -> list[Shape]:
    """Of several series only the first and an earlier period fit into a row."""
    name, values = frame.chart.series[n]
    value = values[number]
    if value is None or (n > 0 and not is_behind(frame.chart, n)):
        return []
    height = row * (0.76 if n else 0.56)
    shown = colour if value >= 0 else frame.palette.bad
    tip = f"{x_texts(frame.chart, frame.locale)[number]}, {name}: {frame.text(value)}"
    length = min(abs(value) * room, frame.width - left)
    return [Bar(left, middle - height / 2, max(length, 1), height, shown, "right", min(_RADIUS, length / 2), tip)]


def _lines(frame: Frame) -> list[Shape]:
    area = frame.chart.kind == "area"
    grid, shapes = draw_grid(frame, from_zero=area, headroom=frame.font)
    places = _places(frame, grid)
    colours = series_colours(frame.chart, frame.palette)
    for n in reversed(range(len(frame.chart.series))):
        earlier = is_behind(frame.chart, n)
        colour = colours[n]
        for run in _runs(places, frame.chart.series[n][1], grid):
            if area and not earlier:
                floor = grid.y(max(grid.scale.low, 0))
                shapes.append(
                    Fill((*run, (run[-1][0], floor), (run[0][0], floor)), blend(colour, frame.palette.card, 0.14))
                )
            shapes.append(Stroke(tuple(run), colour, width=1.5 if earlier else 2.5, dashed=earlier))
            if not earlier and (len(run) == 1 or n == 0 and run[-1][0] == places[-1]):
                shapes.append(Dot(*run[-1], 4, colour))
    return shapes + draw_x_labels(frame, places, left=0, right=frame.width)


def _places(frame: Frame, grid: Grid) -> list[float]:
    """Times and numbers at their distance, names evenly."""
    x = frame.chart.x
    if all(isinstance(value, date | int | float | Decimal) for value in x):
        spots = [position(value) for value in x]
    else:
        spots = [float(number) for number in range(len(x))]
    low, high = min(spots), max(spots)
    inner = grid.width - 24
    return [grid.left + 12 + (inner * (spot - low) / (high - low) if high > low else inner / 2) for spot in spots]


def _runs(places: list[float], values: list[float | None], grid: Grid) -> list[list[tuple[float, float]]]:
    """A line breaks where a value is missing, and where nothing is known for far longer than usual."""
    longest = _longest_step(places)
    runs: list[list[tuple[float, float]]] = [[]]
    before = places[0]
    for place, value in zip(places, values, strict=True):
        if value is None or place - before > longest:
            runs.append([])
        if value is not None:
            runs[-1].append((place, grid.y(value)))
        before = place
    return [run for run in runs if run]


def _longest_step(places: list[float]) -> float:
    """How far two neighbours may lie apart: a weekend or a few holidays are no gap, a quarter is."""
    steps = sorted(later - earlier for earlier, later in pairwise(places))
    return steps[len(steps) // 2] * _LONG_GAP if len(steps) >= _LONG_GAP else math.inf


def _dots(frame: Frame) -> list[Shape]:
    grid, shapes = draw_grid(frame, from_zero=False, headroom=frame.font)
    places = _places(frame, grid)
    for (name, values), colour in zip(frame.chart.series, series_colours(frame.chart, frame.palette), strict=True):
        soft = blend(colour, frame.palette.card, 0.7)
        for place, value in zip(places, values, strict=True):
            if value is not None:
                shapes.append(Dot(place, grid.y(value), 3.5, soft, f"{name}: {frame.text(value)}"))
    spots = value_scale([position(value) for value in frame.chart.x], from_zero=False)
    return shapes + _x_ticks(frame, spots, places)


def _x_ticks(frame: Frame, scale: Scale, places: list[float]) -> list[Shape]:
    """Round numbers below a cloud of points."""
    values = [position(value) for value in frame.chart.x]
    low, high, start, end = min(values), max(values), min(places), max(places)
    labels: list[Shape] = []
    for tick, text in zip(scale.ticks, tick_texts(scale, frame.chart.x_display, frame.locale), strict=True):
        if low <= tick <= high and high > low:
            at = start + (tick - low) / (high - low) * (end - start)
            labels.append(Label(at, frame.height - 6, text, frame.font, frame.palette.sub, anchor="middle"))
    return labels


def _slices(frame: Frame) -> list[Shape]:
    """A ring with the names, values and shares beside it; negative parts have no place in a whole."""
    values = [max(value or 0, 0) for value in frame.chart.series[0][1]]
    total = sum(values) or 1
    texts = x_texts(frame.chart, frame.locale)
    radius = frame.height / 2 - 8
    x, y = radius + 16, frame.height / 2
    row = min(ROW, frame.height / len(values))
    top = y - row * len(values) / 2
    shapes: list[Shape] = []
    turned = 0.0
    for n, (value, text) in enumerate(zip(values, texts, strict=True)):
        colour = frame.palette.series[n % len(frame.palette.series)]
        share = percent_text(Decimal(value / total), frame.locale, decimals=0)
        label = f"{format_value(value, frame.chart.y_display, locale=frame.locale)} ({share})"
        ring = _ring(x, y, radius, turned, turned + value / total)
        shapes.append(Fill(ring, colour, f"{text}: {frame.text(value)}"))
        turned += value / total
        base = top + row * (n + 0.5) + frame.font * 0.34
        right = x + radius + 40
        room = frame.width - right - 30 - text_width(label, frame.font, "semibold")
        shapes.append(Dot(right, base - frame.font * 0.34, 6, colour))
        shapes.append(Label(right + 16, base, shortened(text, room, frame.font), frame.font, frame.palette.sub))
        shapes.append(
            Label(frame.width - 8, base, label, frame.font, frame.palette.text, anchor="end", weight="semibold")
        )
    return shapes


def _ring(x: float, y: float, radius: float, start: float, end: float) -> tuple[tuple[float, float], ...]:
    """A piece of a ring, with a small gap, as a polygon fine enough to look round."""
    gap = min(0.003, (end - start) / 4)
    steps = max(2, math.ceil((end - start) * 180))
    angles = [2 * math.pi * (start + gap + (end - start - 2 * gap) * n / steps) for n in range(steps + 1)]
    outer = [(x + radius * math.sin(a), y - radius * math.cos(a)) for a in angles]
    inner = [(x + radius * _PIE_HOLE * math.sin(a), y - radius * _PIE_HOLE * math.cos(a)) for a in reversed(angles)]
    return (*outer, *inner)


_PLOTS: dict[str, Callable[[Frame], list[Shape]]] = {
    "bar": _columns,
    "line": _lines,
    "area": _lines,
    "scatter": _dots,
    "pie": _slices,
}
