"""The charts of a mail: one picture for light and one for dark, referred to by content id."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from core.document.charts import chart_alt, chart_legend, chart_png
from core.document.model import Brand, ChartData, ReportDocument
from core.document.tokens import DARK, LIGHT, Palette, with_brand
from core.mail.render import LOGO_CID
from core.mail.view import LegendEntry, Picture

# Each chart is some 70 KB for both schemes; the rest is in the full report.
MAX_CHARTS = 4
WIDTH_PX = 590
SCALE = 2.0
# On a phone the picture shrinks to 60 %: 16 px are still readable then, 11 are not.
FONT_PX = 16.0

_NOT_DRAWN = ("table", "metric")


@dataclass(frozen=True, slots=True)
class InlinePicture:
    """A PNG that travels inside the mail."""

    cid: str
    content: bytes


@dataclass(frozen=True, slots=True)
class DrawnCharts:
    """`pictures` by section key, for the templates; `inline` are the parts of the mail."""

    pictures: Mapping[str, Picture]
    inline: tuple[InlinePicture, ...]


def draw_charts(document: ReportDocument, *, with_dark: bool = True) -> DrawnCharts:
    """Draw the first few charts of a report in the workspace's colours; its logo comes with them."""
    light, dark = (with_brand(palette, document.head.brand.colour) for palette in (LIGHT, DARK))
    pictures: dict[str, Picture] = {}
    inline = [*logo_picture(document.head.brand)]
    for key, chart in _charts(document)[:MAX_CHARTS]:
        name = f"chart-{len(pictures) + 1}"
        drawn = [_draw(chart, light, cid=f"{name}-light", locale=document.head.locale)]
        if with_dark:
            drawn.append(_draw(chart, dark, cid=f"{name}-dark", locale=document.head.locale))
        pictures[key] = Picture(
            light=f"cid:{drawn[0].cid}",
            dark=f"cid:{drawn[1].cid}" if with_dark else "",
            alt=chart_alt(chart, locale=document.head.locale),
            legend=chart_legend_entries(chart, light),
        )
        inline += drawn
    charts = DrawnCharts(pictures, tuple(inline))
    return charts if with_dark else without_dark(charts)


def without_dark(charts: DrawnCharts) -> DrawnCharts:
    """The light pictures alone; their legends keep the colours of these pictures in the dark, too."""
    gone = {picture.dark.removeprefix("cid:") for picture in charts.pictures.values() if picture.dark}
    return DrawnCharts(
        {
            key: replace(picture, dark="", legend=tuple(replace(entry, css="") for entry in picture.legend))
            for key, picture in charts.pictures.items()
        },
        tuple(picture for picture in charts.inline if picture.cid not in gone),
    )


def logo_picture(brand: Brand) -> tuple[InlinePicture, ...]:
    """The workspace's logo as a part of the mail, when it has one."""
    return (InlinePicture(LOGO_CID, brand.logo),) if brand.logo else ()


def chart_legend_entries(chart: ChartData, palette: Palette = LIGHT) -> tuple[LegendEntry, ...]:
    """The legend with the classes of `base.html.j2` that know the dark colours."""
    series = {colour: f"s{index}" for index, colour in enumerate(palette.series)}
    css = {palette.previous: "sp", palette.muted: "sm"} | series
    return tuple(LegendEntry(name, colour, css[colour]) for name, colour in chart_legend(chart, palette))


def _charts(document: ReportDocument) -> list[tuple[str, ChartData]]:
    return [
        (section.head.key, section.chart)
        for section in document.sections
        if section.chart is not None
        and section.chart.kind not in _NOT_DRAWN
        and section.error is None
        # An empty section shows a sentence instead.
        and section.row_count > 0
    ]


def _draw(chart: ChartData, palette: Palette, *, cid: str, locale: str) -> InlinePicture:
    content = chart_png(chart, palette, width_px=WIDTH_PX, scale=SCALE, font_px=FONT_PX, locale=locale)
    return InlinePicture(cid, content)
