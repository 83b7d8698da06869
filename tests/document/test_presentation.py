from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from core.document.model import Column
from core.document.presentation import (
    chart_spec,
    check_presentation,
    columns_of,
    kpi_specs,
    notices_of,
)
from core.errors import InvalidInput

AIRLINES = pa.RecordBatch.from_pydict(
    {
        "airline": ["United Air Lines", "JetBlue Airways"],
        "departures": [1189, 1092],
        "on_time_pct": [0.756, 0.785],
        "avg_delay_min": [15.04, 13.8],
        "cancelled": [10, 0],
        "revenue_eur": [Decimal("12.50"), Decimal("7.25")],
        "last_flight": [date(2013, 6, 23)] * 2,
    }
)
FLIGHTS = pa.schema(
    [
        *((name, pa.int64()) for name in ("year", "month", "day", "dep_time", "sched_dep_time", "dep_delay")),
        *((name, pa.int64()) for name in ("arr_time", "arr_delay", "flight", "air_time", "distance", "hour", "minute")),
        *((name, pa.string()) for name in ("carrier", "tailnum", "origin", "dest")),
        ("time_hour", pa.timestamp("us", tz="UTC")),
    ]
)


def by_name(columns: tuple[Column, ...]) -> dict[str, Column]:
    return {column.name: column for column in columns}


def guess(name: str, values: list[Any], type_: pa.DataType | None = None) -> Column:
    batch = pa.RecordBatch.from_arrays([pa.array(values, type_)], names=[name])
    return columns_of(batch.schema, sample=batch)[0]


def test_flight_numbers_years_and_clock_readings_are_not_quantities() -> None:
    columns = by_name(columns_of(FLIGHTS))
    ids = {name for name, column in columns.items() if column.kind == "id"}
    assert ids == {"year", "month", "day", "dep_time", "sched_dep_time", "arr_time", "flight", "hour", "minute"}
    assert {name for name, column in columns.items() if column.is_numeric} == {
        "dep_delay",
        "arr_delay",
        "air_time",
        "distance",
    }
    assert columns["tailnum"].kind == "text"
    assert columns["time_hour"].kind == "datetime"


NAMES = """
    customer_id orderNo ZIP phone_number error_code fiscal_year id orderid customerId order_id_2 invoiceno userid2
    account flight flight_num flight_num1 flight1 accountNumber phone2 week_no
    yr year modelyear model_year fiscalyr yearbuilt year_built yr_renovated year_of_birth
    day_of_week minute_of_day hour_of_day week_of_year dayOfWeek day_of_month
"""
QUANTITIES = """
    number_of_flights flights days n paid codes years_open orders accounts account_balance grid humid void no2 co2
    years_of_service minutes_of_delay year_total year_to_date sales_2013 month_1 day_12 flight_hours flight_count
    revenue_per_account flights_per_day sales_per_year visits_last_year units_year_over_year
"""


@pytest.mark.parametrize("name", NAMES.split())
def test_a_number_that_names_something_is_no_quantity(name: str) -> None:
    assert guess(name, [1, 2]).kind == "id"


@pytest.mark.parametrize("name", QUANTITIES.split())
def test_a_number_that_only_looks_like_a_name_is_a_quantity(name: str) -> None:
    assert guess(name, [1, 2]).kind == "integer"


@pytest.mark.parametrize("name", ["year_2013", "year2", "vintage_year_text", "yr_first_seen", "year_in_school_opened"])
def test_years_are_told_by_their_values_where_the_name_leaves_it_open(name: str) -> None:
    assert guess(name, [1999, 2013]).kind == "id"
    assert guess(name, [12, 2013]).kind == "integer"


@pytest.mark.parametrize("name", ["year_total", "orders", "year_sales", "avg_per_year"])
def test_values_alone_make_no_year(name: str) -> None:
    assert guess(name, [1999, 2013]).kind != "id"


@pytest.mark.parametrize("name", ["yr", "modelyear", "year_built", "day_of_week"])
def test_a_part_of_a_date_may_carry_the_chart(name: str) -> None:
    batch = pa.RecordBatch.from_pydict({name: [2001, 2002], "orders": [10, 20]})
    spec = chart_spec(columns_of(batch.schema, sample=batch))
    assert spec is not None
    assert (spec.x.name, [column.name for column in spec.y]) == (name, ["orders"])


def test_labels_and_units_come_from_the_name() -> None:
    columns = by_name(columns_of(AIRLINES.schema, sample=AIRLINES))
    delay = columns["avg_delay_min"]
    assert (delay.label, delay.unit, delay.decimals) == ("Avg delay", "min", 1)
    assert (columns["revenue_eur"].unit, columns["revenue_eur"].decimals) == ("EUR", 2)
    assert columns["last_flight"].label == "Last flight"
    assert guess("min_delay", [1]).unit is None
    assert guess("Total Sales", [1]).label == "Total Sales"


def test_shares_are_percentages_only_when_they_are_fractions() -> None:
    assert guess("on_time_pct", [0.5, 1.0]).kind == "percent"
    assert guess("on_time_pct", [0.5, 1.0]).label == "On time"
    hundred = guess("on_time_pct", [75.6, 80.2])
    assert (hundred.kind, hundred.unit) == ("decimal", "%")
    assert guess("exchange_rate", [1.09, 0.86]).kind == "decimal"
    assert guess("conversion_rate", [], pa.float64()).kind == "percent"


def test_the_author_has_the_last_word_on_columns() -> None:
    presentation = {
        "columns": {
            "avg_delay_min": {"label": "Delay (minutes)"},
            "departures": {"format": "id", "label": "Departures"},
            "cancelled": {"hidden": True},
            "revenue_eur": {"format": "currency:USD"},
        }
    }
    columns = by_name(columns_of(AIRLINES.schema, presentation, sample=AIRLINES))
    assert (columns["avg_delay_min"].label, columns["avg_delay_min"].unit) == ("Delay", "min")
    assert columns["departures"].kind == "id"
    assert columns["cancelled"].hidden
    assert (columns["revenue_eur"].format, columns["revenue_eur"].unit) == ("currency:USD", None)


def test_key_figures_are_guessed_as_sums_and_averages_at_most_four() -> None:
    specs = kpi_specs(columns_of(AIRLINES.schema, sample=AIRLINES))
    assert [spec.key for spec in specs] == [
        "sum:departures",
        "avg:on_time_pct",
        "avg:avg_delay_min",
        "sum:cancelled",
    ]
    assert [spec.higher_is_better for spec in specs] == [None, True, False, False]


def test_the_number_of_rows_fills_up_and_three_tiles_become_two() -> None:
    one = columns_of(pa.schema([("airline", pa.string()), ("departures", pa.int64())]))
    assert [spec.key for spec in kpi_specs(one)] == ["count:*", "sum:departures"]
    two = columns_of(pa.schema([("departures", pa.int64()), ("seats", pa.int64())]))
    assert [spec.key for spec in kpi_specs(two)] == ["count:*", "sum:departures"]


def test_key_figures_of_the_author_replace_the_guesses() -> None:
    columns = columns_of(AIRLINES.schema, sample=AIRLINES)
    kpi = {
        "label": "Late",
        "column": "avg_delay_min",
        "aggregate": "max",
        "format": "integer",
        "higher_is_better": False,
    }
    (spec,) = kpi_specs(columns, {"kpis": [{**kpi, "higher_is_better": False}, {"column": "gone", "aggregate": "sum"}]})
    assert (spec.label, spec.aggregate, spec.display.kind, spec.higher_is_better) == ("Late", "max", "integer", False)
    assert kpi_specs(columns, {"kpis": []}) == ()


def test_a_column_that_is_gone_is_a_notice_not_an_error() -> None:
    columns = columns_of(AIRLINES.schema)
    presentation = {"kpis": [{"column": "gone"}], "chart": {"x": "airline", "y": "lost"}}
    assert notices_of(columns, presentation) == (
        "The presentation names the columns 'gone' and 'lost', which this result does not have.",
    )
    assert notices_of(columns, {"kpis": [{"column": "cancelled"}]}) == ()
    assert notices_of(columns, None) == ()


def test_the_chart_is_the_first_name_or_date_against_the_first_quantity() -> None:
    guessed = chart_spec(columns_of(AIRLINES.schema, sample=AIRLINES))
    assert guessed is not None
    assert (guessed.x.name, [y.name for y in guessed.y]) == ("airline", ["departures"])
    names = [("day", pa.date32()), ("delay", pa.float64()), ("delay_previous_week", pa.float64())]
    compared = chart_spec(columns_of(pa.schema(names)))
    assert compared is not None
    assert [y.name for y in compared.y] == ["delay", "delay_previous_week"]


def test_tables_metrics_and_results_without_quantities_have_no_chart() -> None:
    columns = columns_of(AIRLINES.schema)
    assert chart_spec(columns, {"chart": {"kind": "table"}}) is None
    assert chart_spec(columns, {"chart": {"kind": "metric"}}) is None
    assert chart_spec(columns_of(pa.schema([("name", pa.string())]))) is None


@pytest.mark.parametrize(
    ("presentation", "message"),
    [
        ({"kpis": [{"column": "a", "aggregate": "summ"}]}, "Did you mean 'sum'"),
        ({"chart": {"kind": "bars"}}, "Did you mean 'bar'"),
        ({"columns": {"a": {"format": "percnt"}}}, "Did you mean 'percent'"),
        ({"kpis": {}, "chart": "bar"}, "'chart' in the presentation must be a dict"),
    ],
)
def test_a_presentation_is_refused_when_it_is_saved(presentation: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        check_presentation(presentation)


def test_a_good_presentation_is_taken() -> None:
    check_presentation({"kpis": [{"column": "a", "aggregate": "avg"}], "chart": {"kind": "line"}, "columns": {}})
    check_presentation({})
