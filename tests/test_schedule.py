"""Exactly one run per matching local date, whatever the clocks do."""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import clock
from core.schedule import describe, first_occurrence, next_run, upcoming
from core.schemas.schedule import ScheduleConfig
from tests.clock_oracle import DAY, MINUTE, Walk, first_minute, transitions

BERLIN = "Europe/Berlin"


def _config(type: str = "daily", at: str = "07:00", zone: str = BERLIN, **rest: Any) -> ScheduleConfig:
    return ScheduleConfig.model_validate({"type": type, "time": at, "timezone": zone, **rest})


def _utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("config", "after", "expected"),
    [
        (_config(), "2026-01-10T05:59", "2026-01-10T06:00"),
        (_config(), "2026-01-10T06:00", "2026-01-11T06:00"),
        (_config(at="02:30"), "2026-03-28T12:00", "2026-03-29T01:00"),
        (_config(at="02:30"), "2026-10-24T12:00", "2026-10-25T00:30"),
        (_config(at="02:30"), "2026-10-25T00:30", "2026-10-26T01:30"),
        (_config(at="02:30", zone="America/New_York"), "2026-03-08T00:00", "2026-03-08T07:00"),
        (_config(at="00:00", zone="America/Santiago"), "2026-09-05T12:00", "2026-09-06T04:00"),
        (_config(at="02:15", zone="Australia/Lord_Howe"), "2026-10-03T12:00", "2026-10-03T15:30"),
        (_config(at="08:00", zone="Asia/Kathmandu"), "2026-01-01T00:00", "2026-01-01T02:15"),
        (_config(at="07:00", zone="Pacific/Apia"), "2011-12-29T18:00", "2011-12-30T10:00"),
        (_config("weekly", day_of_week=0), "2026-01-10T00:00", "2026-01-12T06:00"),
        (_config("weekly", days_of_week=[4, 0]), "2026-01-12T07:00", "2026-01-16T06:00"),
        (_config("monthly", day_of_month=1), "2026-01-01T06:00", "2026-02-01T06:00"),
        (_config("monthly", day_of_month=31), "2026-02-01T00:00", "2026-02-28T06:00"),
        (_config("monthly", day_of_month=30), "2028-02-01T00:00", "2028-02-29T06:00"),
        (_config("monthly", day_of_month="last"), "2026-04-01T00:00", "2026-04-30T05:00"),
        (_config("monthly", day_of_month=29), "2026-02-28T07:00", "2026-03-29T05:00"),
    ],
)
def test_the_next_run_is(config: ScheduleConfig, after: str, expected: str) -> None:
    assert next_run(config, _utc(after)) == _utc(expected)


@pytest.mark.parametrize(
    ("config", "text"),
    [
        (_config(), "Every day at 07:00, Europe/Berlin"),
        (_config("weekly", day_of_week=0), "Every Monday at 07:00, Europe/Berlin"),
        (_config("weekly", days_of_week=[3, 0]), "Every Monday and Thursday at 07:00, Europe/Berlin"),
        (_config("weekly", days_of_week=[0, 1, 2, 3, 4]), "Monday to Friday at 07:00, Europe/Berlin"),
        (_config("weekly", days_of_week=list(range(7))), "Every day at 07:00, Europe/Berlin"),
        (_config("monthly", day_of_month=2), "On the 2nd of every month at 07:00, Europe/Berlin"),
        (_config("monthly", day_of_month=11), "On the 11th of every month at 07:00, Europe/Berlin"),
        (_config("monthly", day_of_month=31), "On the 31st of every month (or its last day) at 07:00, Europe/Berlin"),
        (_config("monthly", day_of_month="last"), "On the last day of every month at 07:00, Europe/Berlin"),
    ],
)
def test_it_says_a_schedule_in_words(config: ScheduleConfig, text: str) -> None:
    assert describe(config) == text


def test_the_preview_says_that_a_time_does_not_exist() -> None:
    runs = upcoming(_config(at="02:30"), _utc("2026-03-27T12:00"), 3)
    assert [(run.local, run.offset) for run in runs] == [
        ("2026-03-28T02:30:00", "+01:00"),
        ("2026-03-29T03:00:00", "+02:00"),
        ("2026-03-30T02:30:00", "+02:00"),
    ]
    assert [run.note for run in runs] == ["", "the clock goes forward: 02:30 does not exist, runs at 03:00", ""]


def test_the_preview_says_that_a_time_occurs_twice() -> None:
    runs = upcoming(_config(at="02:30"), _utc("2026-10-24T12:00"), 2)
    assert runs[0].note == "02:30 occurs twice, runs the first time"
    assert runs[1].note == "the clock has gone back since the run before"


def test_the_preview_flags_the_first_run_after_a_change() -> None:
    runs = upcoming(_config(), _utc("2026-03-27T12:00"), 3)
    assert [run.note for run in runs] == ["", "the clock has gone forward since the run before", ""]


@cache
def _zones_that_differ() -> list[tuple[str, tuple[datetime, ...]]]:
    """One name of each set of zones whose clocks change alike, with its changes in 2026 and 2027."""
    found: dict[object, tuple[str, tuple[datetime, ...]]] = {}
    for name in clock.zone_names():
        zone = clock.zone(name)
        changes = tuple(transitions(zone, _utc("2026-01-01T00:00"), _utc("2028-01-01T00:00")))
        offsets = tuple(change.astimezone(zone).utcoffset() for change in changes)
        if changes:
            found.setdefault((changes, offsets), (name, changes))
    return list(found.values())


def test_around_every_change_of_every_zone_it_agrees_with_a_walked_clock() -> None:
    checked = 0
    for name, changes in _zones_that_differ():
        zone = clock.zone(name)
        for change in changes:
            walk = Walk(change - DAY, zone, days=2)
            middle = change.astimezone(zone).replace(tzinfo=None)
            for minute in range(-150, 150):
                wall = middle + minute * MINUTE
                expected = walk.first(wall.date(), wall.time())
                assert first_occurrence(wall.date(), wall.time(), zone) == expected, (name, wall)
                checked += 1
    assert checked > 30_000


_RULES = st.one_of(
    st.just({"type": "daily"}),
    st.builds(lambda days: {"type": "weekly", "days_of_week": sorted(days)}, st.sets(st.integers(0, 6), min_size=1)),
    st.builds(lambda day: {"type": "monthly", "day_of_month": day}, st.integers(1, 31) | st.just("last")),
)
_INSTANTS = st.datetimes(datetime(1990, 1, 1), datetime(2037, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - its API
_TIMES = st.builds("{:02d}:{:02d}".format, st.integers(0, 23), st.integers(0, 59))


def _is_due(config: ScheduleConfig, day: date) -> bool:
    if config.type == "weekly":
        return day.weekday() in (config.days_of_week or [])
    last = calendar.monthrange(day.year, day.month)[1]
    wanted = {"daily": day.day, "monthly": last if config.day_of_month == "last" else config.day_of_month}[config.type]
    return day.day == min(int(wanted or 0), last)


def _walked_next(config: ScheduleConfig, after: datetime) -> datetime:
    zone = clock.zone(config.timezone)
    day = after.date() - 2 * DAY
    while True:
        if _is_due(config, day):
            instant = first_minute(day, time.fromisoformat(config.time), zone)
            if instant > after:
                return instant
        day += DAY


@settings(max_examples=150, deadline=None, derandomize=True)
@given(zone=st.sampled_from(clock.zone_names()), at=_TIMES, rule=_RULES, after=_INSTANTS)
def test_for_any_zone_rule_and_moment_it_agrees_with_a_walked_clock(
    zone: str, at: str, rule: dict[str, Any], after: datetime
) -> None:
    config = ScheduleConfig.model_validate({**rule, "time": at, "timezone": zone})
    assert next_run(config, after) == _walked_next(config, after)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(zone=st.sampled_from(clock.zone_names()), at=_TIMES, rule=_RULES, after=_INSTANTS)
def test_runs_only_ever_move_forward(zone: str, at: str, rule: dict[str, Any], after: datetime) -> None:
    config = ScheduleConfig.model_validate({**rule, "time": at, "timezone": zone})
    runs = [run.utc for run in upcoming(config, after, 5)]
    assert all(earlier < later for earlier, later in pairwise([after, *runs]))
    assert next_run(config, runs[0] - timedelta(seconds=1)) == runs[0]
