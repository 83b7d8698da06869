"""What a chart draws where several rows share a place, and what it says about it."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from core.document.charts import chart_alt
from core.document.folds import CHART_AGGREGATES
from core.document.gather import SectionGatherer
from core.document.guesses import default_aggregate, guess_column
from core.document.model import ChartData, SectionHead
from core.document.presentation import check_presentation, columns_of
from core.errors import InvalidInput

MODELS = ["A320-232", "737-800", "A320-232"]


def drawn(y: str, values: list[Any], chart: dict[str, Any] | None = None, **presentation: Any) -> ChartData:
    """A chart of three rows, the first and the last of one model; each comes in a batch of its own."""
    rows = pa.RecordBatch.from_pydict({"model": MODELS, y: values})
    shown = {"chart": {"kind": "bar", "x": "model", "y": y, **(chart or {})}, **presentation}
    head = SectionHead("1", "Fleet", columns_of(rows.schema, shown, sample=rows))
    gatherer = SectionGatherer(head, shown)
    for number in range(rows.num_rows):
        gatherer.add(rows.slice(number, 1))
    found = gatherer.finish().chart
    assert found is not None
    return found


def values_of(chart: ChartData) -> dict[Any, float | None]:
    return dict(zip(chart.x, chart.series[0][1], strict=True))


def test_hours_in_the_air_of_one_model_are_summed() -> None:
    chart = drawn("time_in_air_h", [8076.9, 5000.0, 3867.7])
    assert values_of(chart) == {"A320-232": pytest.approx(11944.6), "737-800": 5000.0}
    assert chart.subtitle == "Hours"


def test_the_chart_adds_up_what_a_key_figure_adds_up() -> None:
    kpi = {"label": "Load", "column": "load", "aggregate": "sum"}
    assert drawn("load", [1.5, 4.0, 2.0]).series[0][1][0] == 1.75
    assert drawn("load", [1.5, 4.0, 2.0], kpis=[kpi]).series[0][1][0] == 3.5


def test_the_most_on_one_day_does_not_say_how_rows_add_up() -> None:
    kpi = {"label": "Most on one day", "column": "cancelled", "aggregate": "max"}
    assert drawn("cancelled", [3, 1, 4], kpis=[kpi]).series[0][1][0] == 7


@pytest.mark.parametrize(
    ("aggregate", "value", "said"),
    [
        ("sum", 12.0, "Minutes"),
        ("avg", 6.0, "Minutes, average"),
        ("min", 4.0, "Minutes, lowest"),
        ("max", 8.0, "Minutes, highest"),
        ("count", 2.0, "Number of values"),
    ],
)
def test_the_chart_does_as_it_is_told_and_says_so(aggregate: str, value: float, said: str) -> None:
    kpi = {"label": "Delay", "column": "delay_min", "aggregate": "avg"}
    chart = drawn("delay_min", [4, 9, 8], {"aggregate": aggregate, "title": "Delay"}, kpis=[kpi])
    assert values_of(chart)["A320-232"] == value
    assert chart.subtitle == said


def test_an_average_is_called_one_in_the_subtitle_whatever_the_title() -> None:
    assert drawn("avg_delay_min", [4.0, 9.0, 8.0], {"title": "Delay"}).subtitle == "Minutes, average"
    assert drawn("score", [4.0, 9.0, 8.0]).subtitle == "Average"


def test_a_single_row_at_each_place_is_no_average() -> None:
    batch = pa.RecordBatch.from_pydict({"model": ["a", "b"], "avg_delay_min": [4.0, 9.0]})
    head = SectionHead("1", "Fleet", columns_of(batch.schema, None, sample=batch))
    gatherer = SectionGatherer(head)
    gatherer.add(batch)
    chart = gatherer.finish().chart
    assert chart is not None
    assert chart.subtitle == "Minutes"


def test_series_that_differ_are_named_in_the_subtitle() -> None:
    batch = pa.RecordBatch.from_pydict({"model": MODELS, "flights": [1, 2, 3], "delay_min": [4.0, 5.0, 6.0]})
    shown = {"chart": {"kind": "bar", "x": "model", "y": ["flights", "delay_min"]}}
    head = SectionHead("1", "Fleet", columns_of(batch.schema, shown, sample=batch))
    gatherer = SectionGatherer(head, shown)
    gatherer.add(batch)
    chart = gatherer.finish().chart
    assert chart is not None
    assert chart.subtitle == "Average of Delay"
    assert [values[0] for _, values in chart.series] == [4, 5.0]


@pytest.mark.parametrize("aggregate", [how for how in CHART_AGGREGATES if how != "count"])
def test_a_place_without_a_value_stays_empty(aggregate: str) -> None:
    chart = drawn("delay_min", [None, 9.0, None], {"aggregate": aggregate})
    assert values_of(chart)["A320-232"] is None


def test_a_count_counts_values_of_any_type_and_shows_whole_numbers_without_a_unit() -> None:
    chart = drawn("tail_number", ["N1", None, "N2"], {"aggregate": "count", "title": "Planes"})
    assert values_of(chart) == {"A320-232": 2, "737-800": 0}
    delays = drawn("delay_min", [4.5, 1.5, 8.5], {"aggregate": "count", "title": "Late"})
    assert chart_alt(delays) == "Late: highest 2 (A320-232) and lowest 1 (737-800)."


@pytest.mark.parametrize(
    ("name", "kind", "aggregate"),
    [
        ("time_in_air_h", pa.float64(), "sum"),
        ("air_time", pa.float64(), "sum"),
        ("hours", pa.float64(), "sum"),
        ("distance_km", pa.float64(), "sum"),
        ("total_weight", pa.float64(), "sum"),
        ("amount", pa.float64(), "sum"),
        ("duration", pa.duration("s"), "sum"),
        ("flights", pa.int64(), "sum"),
        ("flights_per_plane", pa.int64(), "avg"),
        ("avg_hours", pa.float64(), "avg"),
        ("delay_h", pa.float64(), "avg"),
        ("response_time_ms", pa.int64(), "avg"),
        ("speed_km", pa.float64(), "avg"),
        ("on_time_pct", pa.float64(), "avg"),
        ("conversion_rate", pa.float64(), "avg"),
        ("unit_price", pa.float64(), "avg"),
    ],
)
def test_amounts_add_up_and_rates_do_not(name: str, kind: pa.DataType, aggregate: str) -> None:
    assert default_aggregate(guess_column(pa.field(name, kind))) == aggregate


def test_an_aggregate_that_charts_do_not_know_is_refused() -> None:
    check_presentation({"chart": {"kind": "bar", "aggregate": "max"}})
    with pytest.raises(InvalidInput, match="There is no aggregate 'last'"):
        check_presentation({"chart": {"kind": "bar", "aggregate": "last"}})
