"""Rows that rest on too little: which they are, what is said of them, and what they take no part in."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from core.document.bands import Rates
from core.document.charts import chart_alt
from core.document.gather import SectionGatherer
from core.document.model import MinSample, Section, SectionHead
from core.document.presentation import check_presentation, columns_of, notices_of
from core.document.samples import min_sample_of, sample_sentence, small_rows
from core.errors import InvalidInput

ROWS = pa.RecordBatch.from_pydict(
    {
        "route": ["ACK", "BOS", "CHS", "BOS", "DEN"],
        "avg_delay_min": [131.0, 20.0, -4.0, 30.0, 50.0],
        "flights": [1, 300, 2, 100, 5],
        "on_time_rate": [0.0, 0.7, 1.0, 0.8, 0.9],
    }
)
ASKED = {"min_sample": {"column": "flights", "least": 5}}


def gathered(rows: pa.RecordBatch = ROWS, *, piece: int = 10, **presentation: Any) -> Section:
    asked = {**ASKED, **presentation}
    columns = columns_of(rows.schema, asked, sample=rows)
    gatherer = SectionGatherer(SectionHead("q1", "Routes", columns, sample=min_sample_of(columns, asked)), asked)
    for start in range(0, rows.num_rows, piece):
        gatherer.add(rows.slice(start, piece))
    return gatherer.finish()


@pytest.mark.parametrize(
    "counts",
    [
        pa.array([1, 5, None, 4], pa.int64()),
        pa.array([1.0, 5.0, float("nan"), 4.5]),
        pa.array([Decimal("1"), Decimal("5"), None, Decimal("4")], pa.decimal128(38, 0)),
    ],
)
def test_a_row_is_small_when_its_count_is_known_and_below(counts: pa.Array) -> None:
    rows = pa.RecordBatch.from_arrays([counts], ["flights"])
    assert small_rows(rows, MinSample("flights", 5, "flights")).tolist() == [True, False, False, True]
    assert small_rows(pa.table(rows.to_pydict()), None).tolist() == [False] * 4


def test_the_sentence_names_what_is_counted_by_its_label() -> None:
    assert sample_sentence(gathered()) == "Rows with fewer than 5 flights are grey"
    labelled = gathered(columns={"flights": {"label": "Departures"}})
    assert sample_sentence(labelled) == "Rows with fewer than 5 departures are grey"


def test_without_small_rows_nothing_is_said() -> None:
    assert gathered(ROWS.slice(1, 1)).small_rows == 0
    assert sample_sentence(gathered(ROWS.slice(1, 1))) == ""


@pytest.mark.parametrize("piece", [1, 2, 10])
def test_small_rows_are_counted_over_all_batches(piece: int) -> None:
    assert gathered(piece=piece).small_rows == 2


@pytest.mark.parametrize("asked", [{}, {"min_sample": None}, {"min_sample": {"column": "gone", "least": 5}}])
def test_without_its_column_there_is_no_minimum(asked: dict[str, Any]) -> None:
    assert min_sample_of(columns_of(ROWS.schema, asked), asked) is None


def test_text_and_hidden_columns_count_nothing() -> None:
    assert min_sample_of(columns_of(ROWS.schema), {"min_sample": {"column": "route", "least": 5}}) is None
    hidden = {**ASKED, "columns": {"flights": {"hidden": True}}}
    assert min_sample_of(columns_of(ROWS.schema, hidden), hidden) is None


def test_a_column_that_is_gone_is_told() -> None:
    asked = {"min_sample": {"column": "gone", "least": 5}}
    assert "'gone'" in notices_of(columns_of(ROWS.schema, asked), asked)[0]


@pytest.mark.parametrize("kind", ["bar", "line"])
def test_the_chart_calls_no_small_place_the_highest_or_lowest(kind: str) -> None:
    chart = gathered(chart={"kind": kind, "x": "route", "y": "avg_delay_min"}).chart
    assert chart is not None
    assert chart_alt(chart) == "Avg delay by route: highest 50.0 min (DEN) and lowest 25.0 min (BOS)."
    assert "131" not in chart_alt(chart)
    # They are drawn all the same.
    assert len(chart.x) == 4
    assert dict(zip(chart.x, chart.small, strict=True)) == {"ACK": True, "BOS": False, "CHS": True, "DEN": False}


def test_where_all_is_small_the_chart_speaks_of_what_there_is() -> None:
    chart = gathered(ROWS.slice(0, 1), chart={"kind": "bar", "x": "route", "y": "avg_delay_min"}).chart
    assert chart is not None
    assert "131" in chart_alt(chart)


def test_the_sizes_of_a_place_add_up() -> None:
    rows = pa.RecordBatch.from_pydict(
        {"route": ["A", "A", "B"], "avg_delay_min": [1.0, 2.0, 3.0], "flights": [3, 3, 3]}
    )
    chart = gathered(rows, piece=1, chart={"kind": "bar", "x": "route", "y": "avg_delay_min"}).chart
    assert chart is not None
    assert chart.small == (False, True)


def test_what_is_counted_may_be_drawn_itself() -> None:
    chart = gathered(chart={"kind": "bar", "x": "route", "y": "flights"}).chart
    assert chart is not None
    assert [len(values) for _name, values in chart.series] == [4]
    assert "lowest 1" not in chart_alt(chart)


def test_a_cloud_of_points_leaves_them_out_of_its_words_too() -> None:
    chart = gathered(chart={"kind": "scatter", "x": "on_time_rate", "y": "avg_delay_min"}).chart
    assert chart is not None
    assert chart.small == (True, False, True, False, False)
    assert "131" not in chart_alt(chart)


def test_thirds_are_measured_by_the_others() -> None:
    columns = columns_of(ROWS.schema, sample=ROWS)
    rates = Rates(columns)
    rates.add(ROWS, small_rows(ROWS, MinSample("flights", 5, "flights")))
    [at] = rates.thirds(()).values()
    assert 0.7 < at.low < at.high < 0.9
    assert at.low > ROWS.column("on_time_rate")[0].as_py() or at.high < ROWS.column("on_time_rate")[0].as_py()


def test_a_minimum_of_another_shape_is_refused() -> None:
    with pytest.raises(InvalidInput, match="min_sample"):
        check_presentation({"min_sample": [5]})
