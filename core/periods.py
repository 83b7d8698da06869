"""The days a run reports on, and the dates that people may name instead of writing them.

Everything derives from the scheduled time in the schedule's zone, never from the moment of running: a retry and a
run that was late give the same dates.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Final

from babel.dates import format_interval, format_skeleton

from core import clock
from core.document.locales import date_text, find_locale
from core.document.model import Period
from core.errors import InvalidInput
from core.schemas.content import ParameterType, ParameterValue
from core.schemas.schedule import ScheduleConfig
from core.text import did_you_mean

BoundValue = str | int | float | bool | date | None

_DAY: Final = timedelta(days=1)
_DAYS_AGO: Final = re.compile(r"days_ago\((\d{1,4})\)")
_THIN_DASH: Final = "\u2009\u2013\u2009"
_YES_NO: Final = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def period_of(config: ScheduleConfig | None, scheduled_for: datetime, *, locale: str) -> Period:
    """Daily: yesterday. Weekly: the seven days before the run's local date. Monthly: the previous month."""
    zone = clock.zone(config.timezone if config else "UTC")
    today = scheduled_for.astimezone(zone).date()
    kind = config.type if config else "daily"
    if kind == "weekly":
        return _period(today - 7 * _DAY, today - _DAY, locale)
    if kind == "monthly":
        end = today.replace(day=1) - _DAY
        return _period(end.replace(day=1), end, locale)
    return _period(today - _DAY, today - _DAY, locale)


def _period(start: date, end: date, locale: str) -> Period:
    return Period(start=start, end=end, label=period_label(start, end, locale=locale))


def period_label(start: date, end: date, *, locale: str) -> str:
    """`23 Jun 2013`, `17\u201323 Jun 2013`, `June 2013`."""
    if start == end:
        return date_text(start, locale)
    if start.day == 1 and end == _month_end(start):
        return str(format_skeleton("yMMMM", start, locale=find_locale(locale)))
    text = str(format_interval(start, end, "yMMMd", locale=find_locale(locale)))
    same_month = (start.year, start.month) == (end.year, end.month)
    return text.replace(_THIN_DASH, "\u2013" if same_month else " \u2013 ")


@dataclass(frozen=True, slots=True)
class _Anchor:
    today: date
    period: Period
    week_start: int


def _month_start(day: date) -> date:
    return day.replace(day=1)


def _month_end(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def _quarter_start(day: date) -> date:
    return date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)


def _year_start(day: date) -> date:
    return date(day.year, 1, 1)


def _start(unit: str, day: date, week_start: int) -> date:
    """The first day of the week, month, quarter or year that holds `day`."""
    if unit == "week":
        return day - ((day.weekday() - week_start) % 7) * _DAY
    starts = {"month": _month_start, "quarter": _quarter_start, "year": _year_start}
    return starts[unit](day)


def _end(unit: str, day: date, week_start: int) -> date:
    first = _start(unit, day, week_start)
    if unit == "week":
        return first + 6 * _DAY
    months = {"month": 1, "quarter": 3, "year": 12}[unit]
    return _month_end(date(first.year, first.month + months - 1, 1))


def _bound(which: str, unit: str, edge: str) -> Callable[[_Anchor], date]:
    find = _start if edge == "start" else _end

    def compute(anchor: _Anchor) -> date:
        day = anchor.today
        if which == "last":
            day = _start(unit, day, anchor.week_start) - _DAY
        return find(unit, day, anchor.week_start)

    return compute


# Every name a date parameter may have instead of a date; `days_ago(n)` comes on top.
MACROS: Final[dict[str, Callable[[_Anchor], date]]] = {
    "today": lambda anchor: anchor.today,
    "yesterday": lambda anchor: anchor.today - _DAY,
    "tomorrow": lambda anchor: anchor.today + _DAY,
    "run_date": lambda anchor: anchor.today,
    "period_start": lambda anchor: anchor.period.start,
    "period_end": lambda anchor: anchor.period.end,
    "period_end_exclusive": lambda anchor: anchor.period.end + _DAY,
    **{
        f"{which}_{unit}_{edge}": _bound(which, unit, edge)
        for which in ("this", "last")
        for unit in ("week", "month", "quarter", "year")
        for edge in ("start", "end")
    },
}


def macro_dates(scheduled_for: datetime, zone: tzinfo | str, period: Period, week_start: int = 0) -> dict[str, date]:
    """The date behind each name of MACROS; weeks begin on `week_start`, 0 is Monday."""
    where = clock.zone(zone) if isinstance(zone, str) else zone
    anchor = _Anchor(scheduled_for.astimezone(where).date(), period, week_start)
    return {name: compute(anchor) for name, compute in MACROS.items()}


def find_macro(text: str, dates: Mapping[str, date]) -> date | None:
    """The date that `text` names, None when it names none."""
    text = text.strip()
    ago = _DAYS_AGO.fullmatch(text)
    if ago:
        return dates["today"] - int(ago[1]) * _DAY
    return dates.get(text)


def is_macro(text: str) -> bool:
    return text.strip() in MACROS or _DAYS_AGO.fullmatch(text.strip()) is not None


def check_macro(text: str) -> None:
    """Raises InvalidInput with a suggestion when `text` is no macro."""
    if is_macro(text):
        return
    hint = did_you_mean(text.strip(), [*MACROS, "days_ago(7)"])
    raise InvalidInput(f"'{text}' is neither a date such as 2013-06-24 nor a name such as last_week_start.{hint}")


def resolve_value(value: ParameterValue, type: ParameterType, dates: Mapping[str, date]) -> BoundValue:
    """What is bound to the SQL. A name of MACROS becomes its date (ISO text for a text parameter)."""
    if isinstance(value, str) and type in ("text", "date", "datetime"):
        named = find_macro(value, dates)
        if named is not None:
            return named.isoformat() if type == "text" else named
    checked = check_value(value, type)
    if not isinstance(checked, str) or type == "text":
        return checked
    return date.fromisoformat(checked) if type == "date" else datetime.fromisoformat(checked)


def check_value(value: ParameterValue, type: ParameterType) -> ParameterValue:
    """The value as it is stored: `"5"` of an integer parameter is 5, dates stay ISO text, macros stay their name.

    Raises InvalidInput in words that fit behind the parameter's name. None and an empty text mean no value.
    """
    if value is None or (value == "" and type != "text"):
        return None
    return _CHECKS[type](value)


def _text(value: ParameterValue) -> str:
    return str(value)


def _integer(value: ParameterValue) -> int:
    try:
        number = int(str(value).strip())
    except ValueError:
        raise InvalidInput(f"'{value}' is not a whole number.") from None
    return number


def _number(value: ParameterValue) -> float:
    try:
        number = float(str(value).strip())
    except ValueError:
        raise InvalidInput(f"'{value}' is not a number.") from None
    if number != number or number in (float("inf"), float("-inf")):
        raise InvalidInput(f"'{value}' is not a number.")
    return number


def _boolean(value: ParameterValue) -> bool:
    word = str(value).strip().lower()
    if word not in _YES_NO:
        raise InvalidInput(f"'{value}' is neither true nor false.")
    return _YES_NO[word]


def _date(value: ParameterValue) -> str:
    text = str(value).strip()
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        check_macro(text)
    return text


def _datetime(value: ParameterValue) -> str:
    text = str(value).strip()
    try:
        return datetime.fromisoformat(text).isoformat()
    except ValueError:
        check_macro(text)
    return text


_CHECKS: Final[dict[str, Callable[[ParameterValue], ParameterValue]]] = {
    "text": _text,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "date": _date,
    "datetime": _datetime,
}
