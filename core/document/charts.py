"""Charts as PNG (mail, PDF) and as SVG (the HTML file), and in words for those who do not see them."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from typing import Any

from core.document.fonts import Weight
from core.document.frames import Frame, natural_height, series_colours
from core.document.model import ChartData
from core.document.plots import shapes_of
from core.document.raster import shapes_png
from core.document.scales import x_writer
from core.document.shapes import Bar, Dot, Fill, Label, Shape, Stroke, bar_corners
from core.document.tokens import FONT_STACK, LIGHT, Palette
from core.document.values import format_value
from core.text import join_words, one_line

# Inter, Segoe and DejaVu are wider than our font, which measures.
_BROWSERS_FONT = 1.15
_WEIGHTS: dict[Weight, int] = {"regular": 400, "semibold": 600, "bold": 700}


def chart_png(
    chart: ChartData,
    palette: Palette = LIGHT,
    *,
    width_px: int = 590,
    height_px: int | None = None,
    scale: float = 2,
    font_px: float = 16,
    locale: str = "en_GB",
) -> bytes:
    """A PNG of `width_px * scale` by `height_px * scale` dots on the opaque colour of a card.

    Without a height the chart takes what it needs: lying bars need a row each.
    """
    frame = _frame(chart, palette, width_px, height_px, font_px, locale)
    return shapes_png(
        shapes_of(frame), width=frame.width, height=frame.height, scale=scale, background=frame.palette.card
    )


def chart_svg(
    chart: ChartData,
    palette: Palette = LIGHT,
    *,
    width_px: int = 590,
    height_px: int | None = None,
    font_px: float = 13,
    locale: str = "en_GB",
) -> str:
    """An `<svg>` element that scales with its place, with a tooltip per value; all text is escaped."""
    frame = replace(_frame(chart, palette, width_px, height_px, font_px, locale), wider=_BROWSERS_FONT)
    shapes = "".join(_WRITERS[type(shape)](shape) for shape in shapes_of(frame))
    size = f"{frame.width:g} {frame.height:g}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size}" width="100%" role="img" direction="ltr" '
        f'font-family="{escape(FONT_STACK)}"><title>{escape(one_line(chart_alt(chart, locale)))}</title>{shapes}</svg>'
    )


def chart_alt(chart: ChartData, locale: str = "en_GB") -> str:
    """What the chart shows, in words: its title, the highest and the lowest value."""
    if not chart.series or not any(value is not None for value in chart.series[0][1]):
        return f"{chart.title}: no values."
    _, values = chart.series[0]
    small = chart.small or (False,) * len(values)
    known = [(value, number) for number, value in enumerate(values) if value is not None]
    # What rests on too little is neither the highest nor the lowest, unless there is nothing else.
    points = [point for point in known if not small[point[1]]] or known
    if len(points) == 1:
        return f"{chart.title}: {_spoken('only', points[0], chart, locale)}."
    extremes = (("highest", max(points)), ("lowest", min(points)))
    return f"{chart.title}: {join_words(_spoken(word, point, chart, locale) for word, point in extremes)}."


def chart_legend(chart: ChartData, palette: Palette = LIGHT) -> list[tuple[str, str]]:
    """Names and colours of the series, for a legend in text; empty when there is nothing to tell apart."""
    if len(chart.series) < 2:
        return []
    return [(name, colour) for (name, _), colour in zip(chart.series, series_colours(chart, palette), strict=True)]


def _spoken(word: str, point: tuple[float, int], chart: ChartData, locale: str) -> str:
    value, number = point
    place = x_writer(chart, locale)(chart.x[number])
    return f"{word} {format_value(value, chart.y_display, locale=locale, unit=True)} ({place})"


def _frame(chart: ChartData, palette: Palette, width: int, height: int | None, font: float, locale: str) -> Frame:
    tall = height or natural_height(chart, width=width, font=font, locale=locale)
    return Frame(chart, palette, width, tall, font, locale)


def _write_bar(bar: Bar) -> str:
    path = ""
    steps = ((1, 0), (0, 1), (-1, 0), (0, -1))
    for number, (x, y, radius) in enumerate(bar_corners(bar)):
        (in_x, in_y), (out_x, out_y) = steps[number - 1], steps[number]
        path += f"{'L' if path else 'M'}{x - in_x * radius:.1f} {y - in_y * radius:.1f}"
        if radius:
            path += f"Q{x:.1f} {y:.1f} {x + out_x * radius:.1f} {y + out_y * radius:.1f}"
    return _element("path", f'd="{path}Z" fill="{bar.colour}"', bar.tip)


def _write_stroke(stroke: Stroke) -> str:
    dash = ' stroke-dasharray="4 3"' if stroke.dashed else ""
    return _element(
        "polyline",
        f'points="{_points(stroke.points)}" fill="none" stroke="{stroke.colour}" stroke-width="{stroke.width:g}" '
        f'stroke-linejoin="round"{dash}',
    )


def _write_fill(fill: Fill) -> str:
    return _element("polygon", f'points="{_points(fill.points)}" fill="{fill.colour}"', fill.tip)


def _write_dot(dot: Dot) -> str:
    return _element("circle", f'cx="{dot.x:.1f}" cy="{dot.y:.1f}" r="{dot.radius:g}" fill="{dot.colour}"', dot.tip)


def _write_label(label: Label) -> str:
    return (
        f'<text x="{label.x:.1f}" y="{label.y:.1f}" font-size="{label.size:g}" fill="{label.colour}" '
        f'text-anchor="{label.anchor}" font-weight="{_WEIGHTS[label.weight]}">{escape(label.text)}</text>'
    )


def _element(name: str, attributes: str, tip: str = "") -> str:
    return f"<{name} {attributes}><title>{escape(one_line(tip))}</title></{name}>" if tip else f"<{name} {attributes}/>"


def _points(points: tuple[tuple[float, float], ...]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


_WRITERS: dict[type[Shape], Any] = {
    Bar: _write_bar,
    Stroke: _write_stroke,
    Fill: _write_fill,
    Dot: _write_dot,
    Label: _write_label,
}
