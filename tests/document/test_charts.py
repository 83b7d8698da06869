from __future__ import annotations

import io
import os
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any, get_args
from xml.etree import ElementTree

import pyarrow as pa
import pytest
from PIL import Image

from core.document.charts import chart_alt, chart_legend, chart_png, chart_svg
from core.document.fonts import FAMILY, Weight, fallback_path, font_path
from core.document.model import ChartData, ChartKind, Column, Kind
from core.document.scales import tick_texts, value_scale
from core.document.tokens import DARK, LIGHT, Palette, rgb

ROOT = Path(__file__).parents[2]
DRAWN: list[ChartKind] = ["line", "bar", "area", "scatter", "pie"]


def column(kind: Kind, **options: Any) -> Column:
    return Column("x", pa.float64(), kind, "X", **options)


def chart(kind: ChartKind = "bar", *, x: list[Any] | None = None, **series: list[float | None]) -> ChartData:
    days = [date(2013, 6, 17) + timedelta(days=n) for n in range(7)]
    lines = [(name.replace("_", " "), values) for name, values in series.items()]
    delays: list[tuple[str, list[float | None]]] = [("This week", [25.4, 36.1, 8.1, 3.7, 10.2, None, 12.6])]
    x_kind: Kind = "text" if x and isinstance(x[0], str) else "integer" if x else "date"
    return ChartData(
        kind, "Delay per day", "Minutes", "Day", x or days, column(x_kind), lines or delays,
        column("decimal", unit="min", decimals=1),
    )  # fmt: skip


def pixels(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png)).convert("RGB")


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=lambda palette: palette.name)
@pytest.mark.parametrize("kind", DRAWN)
def test_every_kind_is_drawn_on_an_opaque_card_in_the_size_asked_for(kind: ChartKind, palette: Palette) -> None:
    x = list(range(7)) if kind == "scatter" else None
    png = chart_png(chart(kind, x=x), palette, width_px=300, height_px=160, scale=2)
    image = pixels(png)
    assert image.size == (600, 320)
    assert image.getpixel((1, 1)) == rgb(palette.card)
    drawn = set(image.get_flattened_data())
    assert len(drawn) > 3
    if kind != "scatter":
        assert rgb(palette.series[0]) in drawn


def test_an_earlier_period_is_pale_and_behind() -> None:
    compared = chart(x=["a"], This_week=[5.0], Previous_week=[10.0])
    assert chart_legend(compared, LIGHT) == [("This week", LIGHT.series[0]), ("Previous week", LIGHT.previous)]
    drawn = set(pixels(chart_png(compared, LIGHT)).get_flattened_data())
    assert {rgb(LIGHT.previous), rgb(LIGHT.series[0])} <= drawn


def test_a_single_series_needs_no_legend() -> None:
    assert chart_legend(chart()) == []


def test_long_names_lie_down_and_take_a_row_each() -> None:
    names = [f"A rather long airline name {n}" for n in range(10)]
    tall = pixels(chart_png(chart(x=names, Flights=[float(n) for n in range(10)]), scale=1))
    assert tall.size == (590, 10 * 34 + 8)


def test_the_same_chart_is_the_same_bytes() -> None:
    assert chart_png(chart()) == chart_png(chart())


@pytest.mark.parametrize("kind", DRAWN)
@pytest.mark.parametrize(
    "values",
    [[None], [0.0], [-5.0], [1e12], [1e-7], [5.0, None, -5.0, 0.0]],
    ids=["none", "0", "-5", "big", "tiny", "mixed"],
)
def test_odd_values_are_drawn_without_a_fuss(kind: ChartKind, values: list[float | None]) -> None:
    odd = chart(kind, x=list(range(len(values))), X=values)
    assert pixels(chart_png(odd, scale=1)).width == 590
    ElementTree.fromstring(chart_svg(odd))  # noqa: S314 - our own text


def test_names_in_any_script_and_with_dollars_are_plain_text() -> None:
    names = ["$PHL_1$", "<b>&", "東京", "Москва", "naïve \u2066\x07\n"]
    odd = chart(x=names, X=[1.0, 2.0, 3.0, 4.0, 5.0])
    assert pixels(chart_png(odd, scale=1)).width == 590
    svg = chart_svg(odd)
    assert "<b>" not in svg
    assert "&lt;b&gt;&amp;" in svg
    ElementTree.fromstring(svg)  # noqa: S314 - our own text


def test_the_svg_has_a_title_and_a_tooltip_for_each_value() -> None:
    tree = ElementTree.fromstring(chart_svg(chart()))  # noqa: S314 - our own text
    titles = [title.text for title in tree.iter("{http://www.w3.org/2000/svg}title")]
    assert titles[0] == chart_alt(chart())
    assert "Mon 17, This week: 25.4 min" in titles
    assert len(titles) == 1 + 6


def test_the_alternative_text_says_highest_and_lowest() -> None:
    assert chart_alt(chart()) == "Delay per day: highest 36.1 min (Tue 18) and lowest 3.7 min (Thu 20)."
    assert chart_alt(chart(), "de_DE") == "Delay per day: highest 36,1 min (Di. 18) and lowest 3,7 min (Do. 20)."
    assert chart_alt(chart(x=["a"], X=[1.0])) == "Delay per day: only 1.0 min (a)."
    assert chart_alt(chart(x=["a"], X=[None])) == "Delay per day: no values."


@pytest.mark.parametrize(
    ("values", "kind", "texts"),
    [
        ([0.0, 46.0], "decimal", ["0", "20", "40"]),
        ([0.0, 1.0], "decimal", ["0.0", "0.5", "1.0"]),
        ([0.0, 0.9], "percent", ["0%", "50%"]),
        ([0.0, 2_400_000.0], "integer", ["0", "1M", "2M"]),
        ([-3.0, 3.0], "integer", ["−2", "0", "2"]),
    ],
)
def test_axes_have_round_numbers(values: list[float], kind: Kind, texts: list[str]) -> None:
    assert tick_texts(value_scale(values, from_zero=True, lines=3), column(kind), "en_GB") == texts


def test_each_weight_is_a_font_of_its_own_name() -> None:
    names = {font_path(weight).read_bytes().count(FAMILY.replace(" ", "").encode()) for weight in get_args(Weight)}
    assert 0 not in names
    contents = {font_path(weight).read_bytes() for weight in get_args(Weight)}
    assert len(contents) == 3
    assert (font_path().parent / "OFL.txt").read_text(encoding="utf-8").count("Reserved Font Name 'Source'")
    assert fallback_path().is_file()
    assert fallback_path("bold").is_file()


def test_a_home_that_cannot_be_written_is_no_reason_to_complain(tmp_path: Path) -> None:
    code = "from tests.document.test_charts import chart, chart_png; assert chart_png(chart())"
    hidden = ("MPLCONFIGDIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME")
    kept = {name: value for name, value in os.environ.items() if name not in hidden}
    environment = {**kept, "HOME": "/proc", "TMPDIR": str(tmp_path)}
    command = [sys.executable, "-W", "error", "-c", code]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
