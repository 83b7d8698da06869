"""The wall clock walked minute by minute: slow, and too simple to be wrong."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


class Walk:
    """The UTC minutes from `start` on, with the latest wall time that the local clock has shown until each."""

    def __init__(self, start: datetime, zone: tzinfo, *, days: int) -> None:
        self.start = start
        self.reached: list[datetime] = []
        highest = datetime(1, 1, 1)  # noqa: DTZ001 - wall time
        for number in range(days * 1440):
            shown = (start + number * MINUTE).astimezone(zone).replace(tzinfo=None)
            highest = max(highest, shown)
            self.reached.append(highest)

    def first(self, day: date, wall: time) -> datetime:
        """The first minute at which the clock reached the wall time, or had jumped over it."""
        return self.start + bisect_left(self.reached, datetime.combine(day, wall)) * MINUTE


def first_minute(day: date, wall: time, zone: tzinfo) -> datetime:
    start = datetime.combine(day, time(), tzinfo=UTC) - DAY
    return Walk(start, zone, days=3).first(day, wall)


def transitions(zone: tzinfo, start: datetime, end: datetime) -> Iterator[datetime]:
    """The UTC minutes at which the offset changes, found day by day and then by halving."""
    moment = start
    while moment < end:
        following = moment + DAY
        if moment.astimezone(zone).utcoffset() != following.astimezone(zone).utcoffset():
            yield _change(zone, moment, following)
        moment = following


def _change(zone: tzinfo, low: datetime, high: datetime) -> datetime:
    offset = low.astimezone(zone).utcoffset()
    while high - low > MINUTE:
        middle = low + (high - low) // MINUTE // 2 * MINUTE
        if middle.astimezone(zone).utcoffset() == offset:
            low = middle
        else:
            high = middle
    return high
