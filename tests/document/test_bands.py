"""Thirds of a rate: the worst, the best, and what is between them."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

import pyarrow as pa

from core.document.bands import MAX_ROWS, Rates
from core.document.model import Column, Kind, Kpi, Thirds


def rates(
    values: list[Any], *, name: str = "on_time_rate", kind: Kind = "percent", kpis: tuple[Kpi, ...] = ()
) -> list[Thirds]:
    array = pa.array(values)
    column = Column(name, array.type, kind, "Rate")
    found = Rates([column])
    found.add(pa.record_batch([array], [name]))
    return list(found.thirds(kpis).values())


def test_each_value_is_in_the_third_where_it_lies() -> None:
    at = rates([0.1, 0.2, 0.5, 0.6, 0.8, 0.9])[0]
    assert [at.band(value) for value in (0.1, 0.2, 0.5, 0.6, 0.8, 0.9)] == [
        "bad",
        "bad",
        "warn",
        "warn",
        "good",
        "good",
    ]


def test_where_less_is_better_the_low_ones_are_good() -> None:
    at = rates([Decimal("0.1"), Decimal("0.5"), Decimal("0.9"), None], name="cancelled_share")[0]
    assert [at.band(value) for value in (0.1, 0.5, 0.9)] == ["good", "warn", "bad"]


def test_a_key_figure_says_what_its_column_means() -> None:
    column = Column("share", pa.float64(), "percent", "Share")
    kpi = Kpi("Share", "share", "avg", 0.5, column, higher_is_better=False)
    assert not rates([0.1, 0.9], name="share")
    assert rates([0.1, 0.9], name="share", kpis=(kpi,))[0].band(0.1) == "good"


def test_rows_that_are_alike_few_or_too_many_have_no_thirds() -> None:
    assert not rates([0.5, 0.5, 0.5])
    assert not rates([0.5, None])
    assert not rates([])
    assert not rates([n / MAX_ROWS for n in range(MAX_ROWS + 1)])


def test_what_is_no_rate_or_no_number_has_none() -> None:
    assert not rates([1.0, 2.0], kind="decimal")
    assert not rates(["a", "b"])
    assert rates([0.1, 0.9, math.nan, math.inf])[0].band(math.nan) is None
    assert rates([0.1, 0.9, math.nan, math.inf])[0].band(math.inf) is None
