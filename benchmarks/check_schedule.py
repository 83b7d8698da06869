"""The exhaustive check: every zone, every local date of ten years, every minute around every clock change.

Run it after a change to core/schedule.py or an update of tzdata: python benchmarks/check_schedule.py
"""

from __future__ import annotations

import sys
import time as stopwatch
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from core import clock
from core.schedule import first_occurrence, next_run
from core.schemas.schedule import ScheduleConfig
from tests.clock_oracle import DAY, MINUTE, Walk, transitions

START = datetime(2026, 1, 1, tzinfo=UTC)
END = datetime(2036, 1, 1, tzinfo=UTC)
SLACK = timedelta(hours=2)
TIMES = ("00:00", "00:30", "01:30", "02:00", "02:30", "03:00", "07:00", "23:30")


def check_changes(name: str) -> int:
    """Every wall minute of the two days around each change agrees with the walked clock."""
    zone, checked = clock.zone(name), 0
    for change in transitions(zone, START, END):
        walk = Walk(change - 2 * DAY, zone, days=4)
        middle = change.astimezone(zone).replace(tzinfo=None)
        for minute in range(-1440, 1440):
            wall = middle + minute * MINUTE
            assert first_occurrence(wall.date(), wall.time(), zone) == walk.first(wall.date(), wall.time()), (
                name,
                wall,
            )
            checked += 1
    return checked


def check_one_run_per_date(name: str) -> int:
    """A daily schedule runs once for every local date: as many runs as days, each about a day after the other."""
    checked = 0
    for at in TIMES:
        config = ScheduleConfig(type="daily", time=at, timezone=name)
        first = run = next_run(config, START)
        count = 0
        while run < END:
            following = next_run(config, run)
            assert DAY - SLACK <= following - run <= DAY + SLACK, (name, at, run)
            run, count = following, count + 1
        assert count == round((run - first) / DAY), (name, at, count)
        checked += count
    return checked


def main() -> None:
    began, checked = stopwatch.perf_counter(), 0
    for name in clock.zone_names():
        checked += check_changes(name) + check_one_run_per_date(name)
    print(f"{checked:,} wall times in {len(clock.zone_names())} zones agree, {stopwatch.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
