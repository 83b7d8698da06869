"""When a report runs next: rules in, instants out. Knows no present time and no database.

A wall time that the clock skips counts at the first instant after the gap; one that occurs twice counts the
first time only. So there is exactly one run per matching local date, in every zone.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import islice
from typing import Final

from core import clock
from core.schemas.schedule import ScheduleConfig, UpcomingRun
from core.text import join_words

_DAY: Final = timedelta(days=1)
_SECOND: Final = timedelta(seconds=1)
_WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def next_run(config: ScheduleConfig, after: datetime) -> datetime:
    """The first run later than `after` (aware), in UTC."""
    return next(_runs(config, after))


def upcoming(config: ScheduleConfig, after: datetime, n: int) -> list[UpcomingRun]:
    """The next `n` runs with their wall clock, offset, and a note where the clock changes."""
    zone = clock.zone(config.timezone)
    found: list[UpcomingRun] = []
    before = after.astimezone(zone).utcoffset()
    for run in islice(_runs(config, after), n):
        local = run.astimezone(zone)
        note = _note(config, local) or _changed(before, local.utcoffset())
        before = local.utcoffset()
        found.append(
            UpcomingRun(utc=run, local=local.strftime("%Y-%m-%dT%H:%M:%S"), offset=_offset_text(local), note=note)
        )
    return found


def describe(config: ScheduleConfig) -> str:
    """`Every Monday at 07:00, Europe/Berlin`."""
    return f"{_days_text(config)} at {config.time}, {config.timezone}"


def _runs(config: ScheduleConfig, after: datetime) -> Iterator[datetime]:
    zone, wall = clock.zone(config.timezone), config.wall_time
    last = clock.to_utc(after)
    # Two days back: a gap may push yesterday's run past midnight, and one zone once skipped a whole day.
    day = last.astimezone(zone).date() - 2 * _DAY
    while True:
        if _matches(config, day):
            run = first_occurrence(day, wall, zone)
            if run > last:
                yield run
                last = run
        day += _DAY


def _matches(config: ScheduleConfig, day: date) -> bool:
    if config.type == "daily":
        return True
    if config.type == "weekly":
        return day.weekday() in config.weekdays
    length = calendar.monthrange(day.year, day.month)[1]
    wanted = config.day_of_month
    return day.day == (min(wanted, length) if isinstance(wanted, int) else length)


def first_occurrence(day: date, wall: time, zone: tzinfo) -> datetime:
    """The instant, in UTC, at which the local clock first reaches `wall` on `day`, or jumps over it."""
    local = datetime.combine(day, wall, tzinfo=zone)
    instant = local.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return instant
    # In a gap: read with the offset after it, the wall time lies before the jump; with the one before, behind it.
    return _end_of_gap(local.replace(fold=1).astimezone(UTC), instant, zone)


def _end_of_gap(low: datetime, high: datetime, zone: tzinfo) -> datetime:
    """The first second in (low, high] with another offset than at `low`."""
    offset = low.astimezone(zone).utcoffset()
    while high - low > _SECOND:
        middle = low + timedelta(seconds=int((high - low).total_seconds()) // 2)
        if middle.astimezone(zone).utcoffset() == offset:
            low = middle
        else:
            high = middle
    return high


def _note(config: ScheduleConfig, local: datetime) -> str:
    if local.strftime("%H:%M") != config.time:
        return f"the clock goes forward: {config.time} does not exist, runs at {local:%H:%M}"
    if local.replace(fold=1).utcoffset() != local.utcoffset():
        return f"{config.time} occurs twice, runs the first time"
    return ""


def _changed(before: timedelta | None, now: timedelta | None) -> str:
    if before is None or now is None or before == now:
        return ""
    return f"the clock has gone {'forward' if now > before else 'back'} since the run before"


def _offset_text(local: datetime) -> str:
    return local.isoformat()[len("2013-06-24T07:00:00") :]


def _days_text(config: ScheduleConfig) -> str:
    if config.type == "daily":
        return "Every day"
    if config.type == "weekly":
        return _weekdays_text(config.weekdays)
    if config.day_of_month == "last":
        return "On the last day of every month"
    day = int(config.day_of_month or 1)
    clamped = " (or its last day)" if day > 28 else ""
    return f"On the {_ordinal(day)} of every month{clamped}"


def _weekdays_text(weekdays: tuple[int, ...]) -> str:
    if weekdays == tuple(range(7)):
        return "Every day"
    if weekdays == tuple(range(5)):
        return "Monday to Friday"
    return f"Every {join_words(_WEEKDAYS[number] for number in weekdays)}"


def _ordinal(number: int) -> str:
    if number in (11, 12, 13):
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"
