from __future__ import annotations

import gc
import json
import math
import weakref
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.document.gather import SectionGatherer, kpi_json, previous_values
from core.document.model import ChartData, Section, SectionHead
from core.document.presentation import columns_of


def gather(
    batches: list[pa.RecordBatch],
    presentation: dict[str, Any] | None = None,
    *,
    previous: dict[str, Any] | None = None,
    **options: Any,
) -> Section:
    head = SectionHead("1", "Section", columns_of(batches[0].schema, presentation, sample=batches[0]))
    gatherer = SectionGatherer(head, presentation, **options)
    for batch in batches:
        gatherer.add(batch)
    return gatherer.finish(12, previous)


def chart_of(section: Section) -> ChartData:
    assert section.chart is not None
    return section.chart


def batch(**columns: Any) -> pa.RecordBatch:
    return pa.RecordBatch.from_pydict(columns)


def figures(section: Section) -> dict[str, Any]:
    return {f"{kpi.aggregate}:{kpi.column}": kpi.value for kpi in section.kpis}


ALL = [{"column": "x", "aggregate": word} for word in ("sum", "avg", "min", "max", "count", "last")]
NUMBERS: list[tuple[pa.DataType, Any]] = [
    (pa.int64(), st.integers(-(2**63), 2**63 - 1)),
    (pa.uint64(), st.integers(0, 2**64 - 1)),
    (pa.decimal128(38, 6), st.decimals(-(10**31), 10**31, places=6)),
    (pa.decimal128(12, 2), st.decimals(-(10**9), 10**9, places=2)),
]


@settings(max_examples=80, deadline=None)
@given(st.data(), st.sampled_from(NUMBERS))
def test_key_figures_are_exact(data: st.DataObject, case: tuple[pa.DataType, Any]) -> None:
    kind, values = case
    lists = data.draw(st.lists(st.lists(st.none() | values, max_size=6), min_size=1, max_size=4))
    section = gather([pa.RecordBatch.from_arrays([pa.array(rows, kind)], names=["x"]) for rows in lists], {"kpis": ALL})
    flat = [value for rows in lists for value in rows]
    present = [value for value in flat if value is not None]
    found = figures(section)
    assert found["count:x"] == len(present)
    assert found["last:x"] == (flat[-1] if flat else None)
    if not present:
        assert found["sum:x"] is None
        return
    assert found["sum:x"] == sum(Fraction(value) for value in present)
    assert (found["min:x"], found["max:x"]) == (min(present), max(present))
    mean = sum(Fraction(value) for value in present) / len(present)
    assert abs(Fraction(found["avg:x"]) - mean) <= Fraction(1, 10**12)


def test_floats_leave_out_what_is_no_number() -> None:
    section = gather([batch(x=[0.1] * 10), batch(x=[math.nan, math.inf, None, 0.5])], {"kpis": ALL})
    assert figures(section)["sum:x"] == pytest.approx(1.5, rel=1e-15)
    assert figures(section)["count:x"] == 11
    assert figures(section)["max:x"] == 0.5


def test_dates_texts_booleans_and_durations_are_gathered_too() -> None:
    days = gather([batch(x=[date(2013, 6, 2), None]), batch(x=[date(2013, 6, 1)])], {"kpis": ALL})
    assert figures(days)["max:x"] == date(2013, 6, 2)
    assert figures(days)["sum:x"] is None
    flags = gather([batch(x=[True, False, True, True])], {"kpis": ALL})
    assert (figures(flags)["sum:x"], figures(flags)["avg:x"]) == (3, Decimal("0.75"))
    waits = gather([batch(x=[timedelta(minutes=1), timedelta(minutes=2)])], {"kpis": ALL})
    assert figures(waits)["sum:x"] == timedelta(minutes=3)
    assert figures(waits)["max:x"] == timedelta(minutes=2)
    lists = gather([batch(x=[[1], [2]])], {"kpis": ALL})
    assert (figures(lists)["sum:x"], figures(lists)["max:x"], figures(lists)["count:x"]) == (None, None, 2)
    words = gather([batch(x=["b", "a"]), batch(x=["c"])], {"kpis": ALL})
    assert (figures(words)["min:x"], figures(words)["max:x"]) == ("a", "c")


def test_key_figures_survive_the_way_through_json() -> None:
    rows = batch(x=[Decimal("1.10"), Decimal("2.20")])
    stored = json.loads(json.dumps(kpi_json(gather([rows], {"kpis": ALL}))))
    again = gather([rows], {"kpis": ALL}, previous=previous_values(stored))
    assert [kpi.previous for kpi in again.kpis] == [kpi.value for kpi in again.kpis]
    assert all(kpi.previous is None for kpi in gather([rows], {"kpis": ALL}).kpis)


def test_the_preview_is_the_first_rows_across_batches() -> None:
    section = gather([batch(n=list(range(7))), batch(n=list(range(7, 20)))])
    assert section.preview is not None
    assert section.preview["n"].to_pylist() == list(range(10))
    assert (section.row_count, section.elapsed_ms) == (20, 12)


def test_an_empty_result_has_no_rows_no_chart_and_no_preview() -> None:
    empty = pa.RecordBatch.from_pydict({"name": pa.array([], pa.string()), "n": pa.array([], pa.int64())})
    section = gather([empty])
    assert (section.row_count, section.chart, section.preview) == (0, None, None)


def test_no_batch_is_kept() -> None:
    head = SectionHead("1", "Section", columns_of(batch(name=["a"], n=[1]).schema))
    gatherer = SectionGatherer(head)
    before = pa.total_allocated_bytes()
    alive: list[weakref.ref[pa.RecordBatch]] = []
    for rows in _many_batches():
        alive.append(weakref.ref(rows))
        gatherer.add(rows)
        del rows
    gc.collect()
    assert not any(reference() for reference in alive)
    assert pa.total_allocated_bytes() - before < 300_000
    assert gatherer.finish().row_count == 100_000


def _many_batches() -> Iterator[pa.RecordBatch]:
    for start in range(0, 100_000, 5_000):
        yield batch(name=[f"name {n}" for n in range(start, start + 5_000)], n=list(range(start, start + 5_000)))


def test_a_week_of_days_is_drawn_as_bars_and_a_year_as_a_line() -> None:
    days = [date(2013, 1, 1) + timedelta(days=n) for n in range(365)]
    assert chart_of(gather([batch(day=days[:7], flights=[1] * 7)])).kind == "bar"
    year = chart_of(gather([batch(day=days[::-1], flights=[1] * 365)]))
    assert year.kind == "line"
    assert year.x == days


def test_the_twelve_largest_bars_are_shown_and_the_rest_is_counted() -> None:
    chart = chart_of(gather([batch(name=[f"n{n}" for n in range(40)], flights=list(range(40)))]))
    assert chart.x[0] == "n39"
    assert len(chart.x) == 12
    assert (chart.truncated, chart.subtitle) == (28, "The largest 12 of 40")


def test_raw_rows_are_added_up_or_averaged_per_name() -> None:
    rows = [batch(origin=["JFK", "LGA"], flights=[1, 2], delay=[10, 20])] * 3
    assert chart_of(gather(rows)).series == [("Flights", [3.0, 6.0])]
    averaged = chart_of(gather(rows, {"chart": {"y": "delay"}}))
    assert averaged.series == [("Delay", [10.0, 20.0])]
    assert averaged.title == "Average delay by origin"


def test_a_long_time_axis_is_drawn_per_day_in_the_zone_of_the_report() -> None:
    start = datetime(2013, 1, 1, 4, 30, tzinfo=UTC)
    hours = [start + timedelta(hours=n) for n in range(24 * 100)]
    section = gather([batch(at=hours, flights=[1] * len(hours))], zone=ZoneInfo("America/New_York"))
    chart = chart_of(section)
    assert chart.x[0].date() == date(2012, 12, 31)
    assert len(chart.x) == 101
    assert sum(value or 0 for value in chart.series[0][1]) == 2400
    assert chart.title == "Flights per day"


def test_a_chart_has_at_most_its_points_whatever_comes() -> None:
    names = [batch(name=[f"{part}-{n}" for n in range(1500)], flights=[1] * 1500) for part in range(4)]
    many = chart_of(gather(names, {"chart": {"kind": "line"}}))
    assert len(many.x) <= 400
    assert many.truncated > 0
    dots = [batch(a=[float(n) for n in range(5000)], b=[1.0] * 5000)] * 3
    cloud = chart_of(gather(dots, {"chart": {"kind": "scatter", "x": "a", "y": "b"}}))
    assert 200 <= len(cloud.x) <= 400
    assert len(cloud.x) + cloud.truncated == 15_000


def test_missing_values_leave_a_gap_and_missing_names_no_bar() -> None:
    chart = chart_of(gather([batch(name=["a", None, "c"], flights=[1.5, 2.5, None])]))
    assert chart.x == ["a", "c"]
    assert chart.series[0][1] == [1.5, None]


def test_large_money_is_a_figure_without_cents() -> None:
    section = gather([batch(day=["a", "b"], revenue_eur=[9_000.25, 1_000.50])])
    assert [kpi.display.decimals for kpi in section.kpis if kpi.column == "revenue_eur"] == [0]
    small = gather([batch(day=["a", "b"], revenue_eur=[90.25, 10.5])])
    assert [kpi.display.decimals for kpi in small.kpis if kpi.column == "revenue_eur"] == [2]


def test_a_tile_of_figures_says_that_it_is_one() -> None:
    rows = [batch(day=["a", "b"], orders=[1, 2])]
    assert gather(rows, {"chart": {"kind": "metric"}}).as_figures
    assert not gather(rows).as_figures
