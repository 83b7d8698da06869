"""What a chart leaves out so that nobody misreads it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from core.document.charts import chart_legend
from core.document.frames import Frame
from core.document.guesses import is_earlier
from core.document.model import ChartData
from core.document.plots import shapes_of
from core.document.shapes import Label, Shape, Stroke, text_width
from core.document.tokens import LIGHT
from tests.document.test_charts import chart

DAYS = [date(2013, 1, 1) + timedelta(days=n) for n in range(40)]
LATER = [date(2013, 10, 1) + timedelta(days=n) for n in range(40)]


def drawn(data: ChartData) -> list[Shape]:
    return shapes_of(Frame(data, LIGHT, 590, 264, 16, "en_GB"))


def lines(shapes: list[Shape]) -> list[Stroke]:
    return [shape for shape in shapes if isinstance(shape, Stroke) and shape.width > 2]


def words_below(shapes: list[Shape]) -> list[Label]:
    return [shape for shape in shapes if isinstance(shape, Label) and shape.y > 250]


def line(days: list[date], **series: Any) -> ChartData:
    return chart("line", x=days, **(series or {"Delay": [float(n % 7) for n in range(len(days))]}))


def test_a_line_does_not_cross_months_without_data() -> None:
    assert len(lines(drawn(line(DAYS + LATER)))) == 2


def test_a_weekend_is_no_gap() -> None:
    weekdays = [day for day in DAYS if day.weekday() < 5]
    assert len(lines(drawn(line(weekdays)))) == 1


def test_dates_far_apart_do_not_write_over_each_other() -> None:
    labels = sorted(words_below(drawn(line(DAYS + LATER))), key=lambda label: label.x)
    ends = [label.x + text_width(label.text, 16) / 2 for label in labels]
    starts = [label.x - text_width(label.text, 16) / 2 for label in labels]
    assert len(labels) >= 2
    assert all(start >= end for start, end in zip(starts[1:], ends, strict=False))


def test_the_legend_has_the_colour_that_is_drawn() -> None:
    values = [1.0] * len(DAYS)
    data = line(DAYS, Visits=values, Visits_last_year=[2.0] * len(DAYS))
    colours = {shape.colour for shape in drawn(data) if isinstance(shape, Stroke) and shape.width > 1}
    assert colours == {colour for _, colour in chart_legend(data, LIGHT)}


def test_a_year_ago_is_an_earlier_period_and_a_last_flight_is_none() -> None:
    assert all(
        map(is_earlier, ("visits_last_year", "revenue_last_month", "Week ago", "previous_week", "Four weeks before"))
    )
    assert not any(map(is_earlier, ("last_flight", "year", "ago", "last_name")))
