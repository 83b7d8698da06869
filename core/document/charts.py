"""Charts as PNG (mail, PDF) and as SVG (the HTML file), and in words for those who do not see them."""

from __future__ import annotations

import io
import os
import tempfile
import warnings
from functools import cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.document.fonts import FAMILY, Weight, font_path
from core.document.frames import Frame, natural_height, series_colours
from core.document.model import ChartData
from core.document.plots import shapes_of
from core.document.scales import x_texts
from core.document.shapes import Bar, Dot, Fill, Label, Shape, Stroke
from core.document.tokens import FONT_STACK, LIGHT, Palette
from core.document.values import format_value
from core.text import join_words, one_line

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# One CSS px is one point of a figure with 72 dots per inch.
_DPI = 72
# Matplotlib knows the semibold as a family of its own, with one weight.
_FAMILIES: dict[Weight, tuple[str, int]] = {
    "regular": (FAMILY, 400),
    "semibold": (f"{FAMILY} SemiBold", 400),
    "bold": (FAMILY, 700),
}
_WEIGHTS: dict[Weight, int] = {"regular": 400, "semibold": 600, "bold": 700}
_CURVE = 0.5523


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
    figure, axes = _canvas(frame, scale)
    for order, shape in enumerate(shapes_of(frame)):
        # Left to itself, matplotlib would put every line above every bar.
        _PAINTERS[type(shape)](axes, shape).set_zorder(order)
    return _save(figure)


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
    frame = _frame(chart, palette, width_px, height_px, font_px, locale)
    shapes = "".join(_WRITERS[type(shape)](shape) for shape in shapes_of(frame))
    size = f"{frame.width:g} {frame.height:g}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size}" width="100%" role="img" '
        f'font-family="{escape(FONT_STACK)}"><title>{escape(one_line(chart_alt(chart, locale)))}</title>{shapes}</svg>'
    )


def chart_alt(chart: ChartData, locale: str = "en_GB") -> str:
    """What the chart shows, in words: its title, the highest and the lowest value."""
    if not chart.series or not any(value is not None for value in chart.series[0][1]):
        return f"{chart.title}: no values."
    _, values = chart.series[0]
    texts = x_texts(chart, locale)
    points = [(value, text) for value, text in zip(values, texts, strict=True) if value is not None]
    if len(points) == 1:
        return f"{chart.title}: {_spoken('only', points[0], chart, locale)}."
    extremes = (("highest", max(points)), ("lowest", min(points)))
    return f"{chart.title}: {join_words(_spoken(word, point, chart, locale) for word, point in extremes)}."


def chart_legend(chart: ChartData, palette: Palette = LIGHT) -> list[tuple[str, str]]:
    """Names and colours of the series, for a legend in text; empty when there is nothing to tell apart."""
    if len(chart.series) < 2:
        return []
    return [(name, colour) for (name, _), colour in zip(chart.series, series_colours(chart, palette), strict=True)]


def _spoken(word: str, point: tuple[float, str], chart: ChartData, locale: str) -> str:
    value, text = point
    return f"{word} {format_value(value, chart.y_display, locale=locale, unit=True)} ({text})"


def _frame(chart: ChartData, palette: Palette, width: int, height: int | None, font: float, locale: str) -> Frame:
    tall = height or natural_height(chart, width=width, font=font, locale=locale)
    return Frame(chart, palette, width, tall, font, locale)


@cache
def _prepare_matplotlib() -> None:
    """Our fonts, and a place for its cache: in a read-only home it would complain on every start."""
    if "MPLCONFIGDIR" not in os.environ and not _has_writable_home():
        os.environ["MPLCONFIGDIR"] = str(_cache_folder())
    from matplotlib.font_manager import fontManager

    for weight in _FAMILIES:
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


def _canvas(frame: Frame, scale: float) -> tuple[Figure, Axes]:
    """Axes over the whole figure, in CSS px from the top left."""
    _prepare_matplotlib()
    from matplotlib.figure import Figure as NewFigure

    figure = NewFigure(
        figsize=(frame.width / _DPI, frame.height / _DPI), dpi=_DPI * scale, facecolor=frame.palette.card
    )
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, frame.width)
    axes.set_ylim(frame.height, 0)
    axes.set_axis_off()
    return figure, axes


def _save(figure: Figure) -> bytes:
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        # A letter that no font here has is drawn as a box; the table and the alternative text still show it.
        warnings.filterwarnings("ignore", message="Glyph .* missing from", category=UserWarning)
        figure.savefig(buffer, format="png", facecolor=figure.get_facecolor(), metadata={"Software": None})
    return buffer.getvalue()


def _bar_corners(bar: Bar) -> list[tuple[float, float, float]]:
    """The corners clockwise from the top left, each with its radius."""
    round_ones = {"top": (0, 1), "right": (1, 2), "bottom": (2, 3), "left": (3, 0)}[bar.side]
    radius = min(bar.radius, bar.width / 2, bar.height)
    right, bottom = bar.x + bar.width, bar.y + bar.height
    corners = ((bar.x, bar.y), (right, bar.y), (right, bottom), (bar.x, bottom))
    return [(x, y, radius if number in round_ones else 0) for number, (x, y) in enumerate(corners)]


def _paint_bar(axes: Axes, bar: Bar) -> Artist:
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path as Outline

    steps = ((1, 0), (0, 1), (-1, 0), (0, -1))
    points: list[tuple[float, float]] = []
    codes: list[Any] = []
    for number, (x, y, radius) in enumerate(_bar_corners(bar)):
        (in_x, in_y), (out_x, out_y) = steps[number - 1], steps[number]
        near = radius * (1 - _CURVE)
        points += [(x - in_x * radius, y - in_y * radius), (x - in_x * near, y - in_y * near)]
        points += [(x + out_x * near, y + out_y * near), (x + out_x * radius, y + out_y * radius)]
        codes += [Outline.LINETO, Outline.CURVE4, Outline.CURVE4, Outline.CURVE4]
    codes[0] = Outline.MOVETO
    outline = Outline([*points, points[0]], [*codes, Outline.CLOSEPOLY])
    return axes.add_patch(PathPatch(outline, facecolor=bar.colour, edgecolor="none", linewidth=0))


def _paint_stroke(axes: Axes, stroke: Stroke) -> Artist:
    xs, ys = zip(*stroke.points, strict=True)
    line: Artist
    (line,) = axes.plot(
        xs,
        ys,
        color=stroke.colour,
        linewidth=stroke.width,
        linestyle=(0, (4, 3)) if stroke.dashed else "-",
        solid_joinstyle="round",
        solid_capstyle="butt" if stroke.width <= 1 else "round",
        scalex=False,
        scaley=False,
    )
    return line


def _paint_fill(axes: Axes, fill: Fill) -> Artist:
    from matplotlib.patches import Polygon

    return axes.add_patch(Polygon(fill.points, closed=True, facecolor=fill.colour, edgecolor="none", linewidth=0))


def _paint_dot(axes: Axes, dot: Dot) -> Artist:
    from matplotlib.patches import Circle

    return axes.add_patch(Circle((dot.x, dot.y), dot.radius, facecolor=dot.colour, edgecolor="none", linewidth=0))


def _paint_label(axes: Axes, label: Label) -> Artist:
    family, weight = _FAMILIES[label.weight]
    align = {"start": "left", "middle": "center", "end": "right"}[label.anchor]
    return axes.text(
        label.x,
        label.y,
        label.text,
        fontfamily=[family, "DejaVu Sans"],
        fontweight=weight,
        fontsize=label.size,
        color=label.colour,
        horizontalalignment=align,
        verticalalignment="baseline",
        parse_math=False,
    )


def _write_bar(bar: Bar) -> str:
    path = ""
    steps = ((1, 0), (0, 1), (-1, 0), (0, -1))
    for number, (x, y, radius) in enumerate(_bar_corners(bar)):
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


_PAINTERS: dict[type[Shape], Any] = {
    Bar: _paint_bar,
    Stroke: _paint_stroke,
    Fill: _paint_fill,
    Dot: _paint_dot,
    Label: _paint_label,
}
_WRITERS: dict[type[Shape], Any] = {
    Bar: _write_bar,
    Stroke: _write_stroke,
    Fill: _write_fill,
    Dot: _write_dot,
    Label: _write_label,
}
