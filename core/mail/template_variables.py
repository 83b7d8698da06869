"""What a template may name: the list for the picker, and the values of one mail."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from core import clock
from core.document.model import Period, ReportHead


@dataclass(frozen=True, slots=True)
class Variable:
    """A line of the picker."""

    group: str
    name: str
    description: str


_SPANS = ("week", "month", "quarter", "year")
_PARAMETER = Variable("Parameters", "params.NAME", "A parameter of the report, by its name")


def _date_variables() -> Iterator[Variable]:
    for which in ("this", "last"):
        for span in _SPANS:
            for end, words in (("start", "first"), ("end", "last")):
                yield Variable("Periods", f"{which}_{span}_{end}", f"The {words} day of {which} {span}")


VARIABLES: tuple[Variable, ...] = (
    Variable("Scheduled time", "date", "The day of the run, such as 2013-06-24"),
    Variable("Scheduled time", "time", "The time of the run, such as 07:00"),
    Variable("Scheduled time", "datetime", "Both, such as 2013-06-24 07:00"),
    Variable("Scheduled time", "weekday", "Such as Monday"),
    Variable("Scheduled time", "iso_week", "The number of the week, 1 to 53"),
    Variable("Scheduled time", "timezone", "The zone of the schedule, such as Europe/Berlin"),
    Variable("Scheduled time", "year", "Such as 2013"),
    Variable("Scheduled time", "quarter", "1 to 4"),
    Variable("Scheduled time", "month", "1 to 12"),
    Variable("Scheduled time", "month_name", "Such as June"),
    Variable("Scheduled time", "day", "1 to 31"),
    Variable("Scheduled time", "hour", "0 to 23"),
    Variable("Relative days", "today", "The day of the run"),
    Variable("Relative days", "yesterday", "The day before the run"),
    Variable("Relative days", "tomorrow", "The day after the run"),
    Variable("Relative days", "run_date", "The same as today"),
    Variable("Relative days", "days_ago(7)", "So many days before the run"),
    Variable("Relative days", "days_from_now(1)", "So many days after the run"),
    Variable("Relative days", 'last("monday")', "The latest such weekday before the run"),
    *_date_variables(),
    Variable("Data period", "period.label", "Such as 17\u201323 Jun 2013"),
    Variable("Data period", "period.start", "The first day of the data"),
    Variable("Data period", "period.end", "The last day of the data"),
    Variable("Data period", "period_start", "The same as period.start"),
    Variable("Data period", "period_end", "The same as period.end"),
    Variable("Data period", "period_end_exclusive", "The day after the last day of the data"),
    Variable("Report", "report.name", "The name of the report"),
    Variable("Report", "report.slug", "The name for a file, such as departures-by-airline"),
    Variable("Report", "report.description", "The description of the report"),
    Variable("Report", "report.url", "The address of the report's page"),
    Variable("Report", "report.owner", "Who set the report up"),
    Variable("Report", "workspace", "The name of the workspace"),
    Variable("Run", "run.id", "The number of the run"),
    Variable("Run", "run.url", "The address of the run's page"),
    Variable("Run", "run.trigger", "schedule, manual or test"),
    Variable("Data", "rows", "How many rows there are"),
    Variable("Data", "is_empty", "True when there are none"),
    _PARAMETER,
    Variable("Person", "recipient.name", "Who gets this mail"),
    Variable("Person", "recipient.first_name", "The first word of that name"),
    Variable("Person", "recipient.email", "The address this mail goes to"),
    Variable("Person", "sender.name", "The name of the sender"),
)


def template_variables(
    head: ReportHead,
    *,
    rows: int,
    recipient: str,
    sender: str,
    params: Mapping[str, Any],
    dates: Mapping[str, date],
    recipient_name: str = "",
) -> dict[str, Any]:
    """The values of one mail, all of them text, numbers, dates or groups of these.

    `dates` are the date macros of the run (`today`, `last_week_start`, ...); everything else counts from
    the scheduled time in the schedule's zone, so a retry gives the same text.
    """
    name = recipient_name or name_of(recipient)
    return {
        **_moment(head),
        **dates,
        "workspace": head.workspace,
        "report": _report_group(head),
        "period": {"start": head.period.start, "end": head.period.end, "label": head.period.label},
        "run": {
            "id": head.execution_id,
            "url": f"{head.base_url}/execution?id={head.execution_id}",
            "trigger": head.trigger,
        },
        "rows": rows,
        "is_empty": rows == 0,
        "params": {key: _plain(value) for key, value in params.items()},
        "recipient": {"name": name, "first_name": name.partition(" ")[0], "email": recipient},
        "sender": {"name": sender},
    }


def sample_variables(params: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Made-up values under every name, for checking a template and for the picker."""
    return template_variables(
        _SAMPLE_HEAD,
        rows=6680,
        recipient="dana@example.com",
        sender="Northwind Reports",
        params=params or {},
        dates=_sample_dates(),
        recipient_name="Dana Brooks",
    )


def name_of(address: str) -> str:
    """`dana.brooks@example.com` as `Dana Brooks`."""
    words = re.split(r"[._\-+]+", address.partition("@")[0])
    return " ".join(word.capitalize() for word in words if word) or address


def _moment(head: ReportHead) -> dict[str, Any]:
    local = head.scheduled_for.astimezone(clock.zone(head.timezone))
    day = local.date()
    return {
        "date": day,
        "time": f"{local:%H:%M}",
        "datetime": f"{local:%Y-%m-%d %H:%M}",
        "weekday": f"{local:%A}",
        "iso_week": day.isocalendar().week,
        "timezone": head.timezone,
        "year": day.year,
        "quarter": (day.month + 2) // 3,
        "month": day.month,
        "month_name": f"{local:%B}",
        "day": day.day,
        "hour": local.hour,
        "today": day,
        "yesterday": day - timedelta(days=1),
        "tomorrow": day + timedelta(days=1),
        "run_date": day,
        "period_start": head.period.start,
        "period_end": head.period.end,
        "period_end_exclusive": head.period.end + timedelta(days=1),
    }


def _report_group(head: ReportHead) -> dict[str, Any]:
    return {
        "name": head.name,
        "slug": head.slug,
        "description": head.description,
        "url": f"{head.base_url}/schedule?id={head.report_id}",
        "owner": head.owner_name,
    }


def _plain(value: Any) -> Any:
    if isinstance(value, str | int | float | date) or value is None:
        return value
    return [_plain(inner) for inner in value] if isinstance(value, list | tuple) else str(value)


def _sample_dates() -> dict[str, date]:
    return {
        "this_week_start": date(2013, 6, 24),
        "this_week_end": date(2013, 6, 30),
        "last_week_start": date(2013, 6, 17),
        "last_week_end": date(2013, 6, 23),
        "this_month_start": date(2013, 6, 1),
        "this_month_end": date(2013, 6, 30),
        "last_month_start": date(2013, 5, 1),
        "last_month_end": date(2013, 5, 31),
        "this_quarter_start": date(2013, 4, 1),
        "this_quarter_end": date(2013, 6, 30),
        "last_quarter_start": date(2013, 1, 1),
        "last_quarter_end": date(2013, 3, 31),
        "this_year_start": date(2013, 1, 1),
        "this_year_end": date(2013, 12, 31),
        "last_year_start": date(2012, 1, 1),
        "last_year_end": date(2012, 12, 31),
    }


_SAMPLE_HEAD = ReportHead(
    report_id="00000000-0000-0000-0000-000000000001",
    execution_id="00000000-0000-0000-0000-000000000002",
    name="Departures by airline",
    slug="departures-by-airline",
    description="",
    workspace="Northwind Airports",
    owner_name="Sam Ortiz",
    owner_email="sam@example.com",
    cadence="Every Monday at 07:00",
    period=Period(date(2013, 6, 17), date(2013, 6, 23), "17\u201323 Jun 2013"),
    scheduled_for=datetime(2013, 6, 24, 11, 0, tzinfo=UTC),
    timezone="America/New_York",
    trigger="schedule",
    data_as_of=datetime(2013, 6, 24, 11, 0, tzinfo=UTC),
    base_url="http://localhost:8501",
)
