from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from core.document.model import Column, Kind, Kpi
from core.document.values import Delta, format_delta


def kpi(value: Any, previous: Any, *, kind: Kind = "integer", better: bool | None = None, **display: Any) -> Kpi:
    column = Column("x", pa.float64(), kind, "X", **display)
    return Kpi("X", "x", "sum", value, column, previous=previous, higher_is_better=better)


def test_counts_change_in_per_cent() -> None:
    assert format_delta(kpi(6680, 6647)) == Delta("0.5%", "▲", "neutral", "6,647")


def test_percentages_change_in_points() -> None:
    assert format_delta(kpi(0.764, 0.711, kind="percent", better=True)) == Delta("5.3 pts", "▲", "good", "71.1%")


def test_measures_change_in_their_unit() -> None:
    delays = kpi(14.7, Decimal("18.9"), kind="decimal", better=False, unit="min", decimals=1)
    assert format_delta(delays) == Delta("4.2 min", "▼", "good", "18.9 min")
    waits = kpi(timedelta(minutes=5), Decimal(240), kind="duration", better=False)
    assert format_delta(waits) == Delta("1 min", "▲", "bad", "4 min")


def test_money_changes_in_per_cent() -> None:
    delta = format_delta(kpi(Decimal("110.00"), Decimal("100.00"), kind="decimal", better=True, unit="EUR"))
    assert delta == Delta("10.0%", "▲", "good", "€100.00")


@pytest.mark.parametrize(
    ("value", "previous", "better", "direction"),
    [(2, 1, True, "good"), (1, 2, True, "bad"), (2, 1, False, "bad"), (1, 2, False, "good"), (1, 2, None, "neutral")],
)
def test_the_direction_is_good_or_bad_only_when_it_is_known_which(
    value: int, previous: int, better: bool | None, direction: str
) -> None:
    delta = format_delta(kpi(value, previous, better=better))
    assert delta is not None
    assert delta.direction == direction


def test_there_is_none_on_a_first_run() -> None:
    assert format_delta(kpi(1, None)) is None
    assert format_delta(kpi(None, 1)) is None


def test_it_says_when_nothing_changed() -> None:
    assert format_delta(kpi(5, 5, better=True)) == Delta("no change", "", "neutral", "5")


def test_from_zero_it_gives_the_difference_and_text_only_changes() -> None:
    assert format_delta(kpi(12, 0)) == Delta("12", "▲", "neutral", "0")
    assert format_delta(kpi("b", "a", kind="text")) == Delta("changed", "", "neutral", "a")


def test_it_rounds_half_up_and_uses_the_language() -> None:
    delta = format_delta(kpi(8625, 8000), "de_DE")
    assert delta is not None
    assert delta.text == "7,8\xa0%"


def test_figures_that_read_the_same_have_not_changed() -> None:
    delay = kpi(5.71, 5.68, kind="decimal", better=False, unit="min", decimals=1)
    assert format_delta(delay) == Delta("no change", "", "neutral", "5.7 min")
