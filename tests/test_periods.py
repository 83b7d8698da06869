"""What a run reports on, and the names of dates."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from core.errors import InvalidInput
from core.periods import MACROS, check_value, macro_dates, period_label, period_of, resolve_value
from core.schemas.schedule import ScheduleConfig

MONDAY = datetime(2013, 6, 24, 5, 0, tzinfo=UTC)
BERLIN = "Europe/Berlin"


def _config(type: str, **rest: Any) -> ScheduleConfig:
    return ScheduleConfig.model_validate({"type": type, "time": "07:00", "timezone": BERLIN, **rest})


@pytest.mark.parametrize(
    ("config", "start", "end", "label"),
    [
        (None, "2013-06-23", "2013-06-23", "23 Jun 2013"),
        (_config("daily"), "2013-06-23", "2013-06-23", "23 Jun 2013"),
        (_config("weekly", day_of_week=0), "2013-06-17", "2013-06-23", "17–23 Jun 2013"),
        (_config("monthly", day_of_month=24), "2013-05-01", "2013-05-31", "May 2013"),
    ],
)
def test_the_period_of_a_run_is(config: ScheduleConfig | None, start: str, end: str, label: str) -> None:
    period = period_of(config, MONDAY, locale="en_GB")
    assert (period.start.isoformat(), period.end.isoformat(), period.label) == (start, end, label)


def test_the_period_counts_from_the_local_date_of_the_run() -> None:
    late = datetime(2013, 6, 23, 22, 30, tzinfo=UTC)
    assert period_of(_config("daily"), late, locale="en_GB").end == date(2013, 6, 23)
    assert period_of(None, late, locale="en_GB").end == date(2013, 6, 22)


@pytest.mark.parametrize(
    ("start", "end", "locale", "label"),
    [
        (date(2013, 6, 27), date(2013, 7, 3), "en_GB", "27 Jun – 3 Jul 2013"),
        (date(2012, 12, 27), date(2013, 1, 2), "en_GB", "27 Dec 2012 – 2 Jan 2013"),
        (date(2013, 6, 17), date(2013, 6, 23), "de_DE", "17.–23. Juni 2013"),
        (date(2013, 6, 17), date(2013, 6, 23), "en_US", "Jun 17–23, 2013"),
        (date(2013, 6, 1), date(2013, 6, 30), "de_DE", "Juni 2013"),
    ],
)
def test_a_period_reads_well(start: date, end: date, locale: str, label: str) -> None:
    assert period_label(start, end, locale=locale) == label


def _dates(moment: datetime = MONDAY, week_start: int = 0) -> dict[str, date]:
    weekly = period_of(_config("weekly", day_of_week=0), moment, locale="en_GB")
    return macro_dates(moment, BERLIN, weekly, week_start)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("today", "2013-06-24"),
        ("run_date", "2013-06-24"),
        ("yesterday", "2013-06-23"),
        ("tomorrow", "2013-06-25"),
        ("period_start", "2013-06-17"),
        ("period_end", "2013-06-23"),
        ("period_end_exclusive", "2013-06-24"),
        ("this_week_start", "2013-06-24"),
        ("this_week_end", "2013-06-30"),
        ("last_week_start", "2013-06-17"),
        ("last_week_end", "2013-06-23"),
        ("this_month_start", "2013-06-01"),
        ("this_month_end", "2013-06-30"),
        ("last_month_start", "2013-05-01"),
        ("last_month_end", "2013-05-31"),
        ("this_quarter_start", "2013-04-01"),
        ("this_quarter_end", "2013-06-30"),
        ("last_quarter_start", "2013-01-01"),
        ("last_quarter_end", "2013-03-31"),
        ("this_year_start", "2013-01-01"),
        ("this_year_end", "2013-12-31"),
        ("last_year_start", "2012-01-01"),
        ("last_year_end", "2012-12-31"),
    ],
)
def test_each_name_is_a_date(name: str, expected: str) -> None:
    assert _dates()[name].isoformat() == expected


def test_every_name_has_a_date_and_quarters_cross_the_year() -> None:
    january = _dates(datetime(2014, 1, 31, 12, 0, tzinfo=UTC))
    assert january.keys() == MACROS.keys()
    assert (january["last_quarter_start"], january["last_quarter_end"]) == (date(2013, 10, 1), date(2013, 12, 31))
    assert january["last_month_end"] == date(2013, 12, 31)


def test_a_week_may_begin_on_sunday() -> None:
    dates = _dates(week_start=6)
    assert (dates["this_week_start"], dates["last_week_end"]) == (date(2013, 6, 23), date(2013, 6, 22))


@pytest.mark.parametrize(
    ("value", "type", "bound"),
    [
        ("last_week_start", "date", date(2013, 6, 17)),
        ("days_ago(7)", "date", date(2013, 6, 17)),
        ("last_week_start", "datetime", date(2013, 6, 17)),
        ("last_week_start", "text", "2013-06-17"),
        ("2013-01-02", "date", date(2013, 1, 2)),
        ("2013-01-02T03:04", "datetime", datetime(2013, 1, 2, 3, 4)),  # noqa: DTZ001 - as it was written
        ("UA", "text", "UA"),
        ("", "text", ""),
        ("", "date", None),
        ("5", "integer", 5),
        (5, "number", 5.0),
        ("yes", "boolean", True),
        (None, "integer", None),
    ],
)
def test_a_value_is_bound_as_its_type(value: Any, type: Any, bound: object) -> None:
    assert resolve_value(value, type, _dates()) == bound


@pytest.mark.parametrize(
    ("value", "type", "sentence"),
    [
        ("last_weak_start", "date", "Did you mean 'last_week_start'"),
        ("day_ago(3)", "date", "Did you mean 'days_ago"),
        ("2013-13-01", "date", "neither a date such as 2013-06-24"),
        ("4.5", "integer", "'4.5' is not a whole number"),
        ("many", "number", "'many' is not a number"),
        ("nan", "number", "not a number"),
        ("perhaps", "boolean", "neither true nor false"),
    ],
)
def test_it_refuses_a_value_that_does_not_fit(value: Any, type: Any, sentence: str) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        check_value(value, type)
