"""schedule_config: when a report runs."""

from __future__ import annotations

import re
from datetime import time as wall_time
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from core import clock
from core.errors import InvalidInput
from core.schemas.base import Input, Instant, Output, Whole

_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


def _known_zone(name: str) -> str:
    try:
        clock.zone(name)
    except InvalidInput as error:
        raise ValueError(error.message) from None
    return name


def _wall_time(value: str) -> str:
    if not _TIME.fullmatch(value):
        raise ValueError(f"'{value}' is not a time; write HH:MM on the 24-hour clock, for example 07:30")
    return value


TimeZone = Annotated[str, AfterValidator(_known_zone)]


def _day_of_month(value: Any) -> Any:
    if value == "last" or (type(value) is int and 1 <= value <= 31):
        return value
    raise ValueError("use a number from 1 to 31, or 'last'")


DayOfMonth = Annotated[int | Literal["last"], BeforeValidator(_day_of_month)]
Weekday = Annotated[int, Field(ge=0, le=6, strict=True)]


class ScheduleConfig(Input):
    """A friendly schedule. Weekdays count from 0, Monday; a day past the month's end means its last day."""

    type: Literal["daily", "weekly", "monthly"]
    time: Annotated[str, AfterValidator(_wall_time)]
    day_of_week: Weekday | None = None
    days_of_week: Annotated[list[Weekday], Field(min_length=1, max_length=7)] | None = None
    day_of_month: DayOfMonth | None = None
    timezone: TimeZone = "UTC"

    @model_validator(mode="after")
    def _fields_fit_the_type(self) -> ScheduleConfig:
        if self.type == "weekly":
            self._require_weekdays()
        elif self.day_of_week is not None or self.days_of_week is not None:
            raise ValueError(f"a {self.type} schedule has no day of the week: leave day_of_week and days_of_week out")
        if self.type == "monthly" and self.day_of_month is None:
            raise ValueError("a monthly schedule needs day_of_month: a number from 1 to 31, or 'last'")
        if self.type != "monthly" and self.day_of_month is not None:
            raise ValueError(f"a {self.type} schedule has no day of the month: leave day_of_month out")
        return self

    def _require_weekdays(self) -> None:
        if self.day_of_week is None and self.days_of_week is None:
            raise ValueError("a weekly schedule needs day_of_week: a number from 0 (Monday) to 6 (Sunday)")
        if self.day_of_week is not None and self.days_of_week is not None:
            raise ValueError("give day_of_week or days_of_week, not both")

    @property
    def weekdays(self) -> tuple[int, ...]:
        """The weekdays of a weekly schedule, sorted, each once."""
        if self.day_of_week is not None:
            return (self.day_of_week,)
        return tuple(sorted(set(self.days_of_week or ())))

    @property
    def wall_time(self) -> wall_time:
        hour, minute = self.time.split(":")
        return wall_time(int(hour), int(minute))


class SchedulePreviewRequest(Input):
    schedule_config: ScheduleConfig
    count: Annotated[Whole, Field(ge=1, le=400)] = 10


class UpcomingRun(Output):
    """One future run: the instant, the wall clock of the schedule's zone, its offset, a note on clock changes."""

    utc: Instant
    local: str
    offset: str
    note: str = ""


class SchedulePreview(Output):
    description: str
    runs: list[UpcomingRun]
