"""The values behind the names of a template, for one mail."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from babel.dates import format_date

from core import clock
from core.document.locales import date_text, duration_text, find_locale, time_text
from core.document.model import Period, ReportHead
from core.document.values import as_decimal
from core.mail.template_engine import TOTALS
from core.mail.template_values import Figure, Moment, Open, moment
from core.text import isolated

_DAY: Final = timedelta(days=1)
_SPANS: Final = ("week", "month", "quarter", "year")


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What is known of a run when its words are written; `compared_with` is the period of the run before."""

    number: int = 1
    attempt: int = 1
    status: str = "success"
    finished_at: datetime | None = None
    compared_with: str = ""


def template_variables(
    head: ReportHead,
    *,
    recipient: str,
    sender: str,
    params: Mapping[str, Any],
    dates: Mapping[str, date],
    data: Mapping[str, Any],
    run: RunFacts | None = None,
    recipient_name: str = "",
) -> dict[str, Any]:
    """The values of one mail: text, numbers, figures, dates or groups of these.

    `dates` are the date macros of the run (`today`, `last_week_start`, ...), `data` comes from `document_values`;
    everything else counts from the scheduled time in the schedule's zone, so a retry gives the same text.
    """
    name = recipient_name or name_of(recipient)
    facts = run or RunFacts()
    return {
        **_moment(head),
        **dates,
        **_spans(dates),
        "workspace": head.workspace,
        "report": _report_group(head),
        "period": {"start": head.period.start, "end": head.period.end, "label": isolated(head.period.label)},
        "compare": {"label": isolated(facts.compared_with)},
        "run": _run_group(head, facts),
        **data,
        "params": {key: _plain(value) for key, value in params.items()},
        "recipient": {"name": name, "first_name": name.partition(" ")[0], "email": recipient},
        "sender": {"name": sender},
    }


def open_values() -> dict[str, Any]:
    """The data of a report that has not run yet: any column and any key figure may be named."""
    return {
        "rows": 6680,
        "rows_delta": Figure("33", "+33"),
        "columns": 7,
        "is_empty": False,
        "changed": True,
        "first": Open("column"),
        "kpi": Open("kpi"),
        TOTALS: Open("column"),
    }


def sample_variables(
    params: Mapping[str, Any] | None = None, *, data: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Made-up values under every name, for checking a template and for the picker."""
    return template_variables(
        _SAMPLE_HEAD,
        recipient="dana@example.com",
        sender="Northwind Reports",
        params=params or {},
        dates=_sample_dates(),
        data=open_values() if data is None else data,
        run=RunFacts(number=12, finished_at=_SAMPLE_HEAD.data_as_of, compared_with="10\u201316 Jun 2013"),
        recipient_name="Dana Brooks",
    )


def sample_head() -> ReportHead:
    """The made-up report behind `sample_variables`."""
    return _SAMPLE_HEAD


def name_of(address: str) -> str:
    """`dana.brooks@example.com` as `Dana Brooks`."""
    words = re.split(r"[._\-+]+", address.partition("@")[0])
    return " ".join(word.capitalize() for word in words if word) or address


def _moment(head: ReportHead) -> dict[str, Any]:
    local = head.scheduled_for.astimezone(clock.zone(head.timezone))
    day, locale = local.date(), find_locale(head.locale)
    return {
        "date": day,
        "time": f"{local:%H:%M}",
        "datetime": f"{local:%Y-%m-%d %H:%M}",
        "weekday": format_date(day, format="EEEE", locale=locale),
        "iso_week": day.isocalendar().week,
        "timestamp": int(head.scheduled_for.timestamp()),
        "timezone": head.timezone,
        "year": day.year,
        "quarter": (day.month + 2) // 3,
        "month": day.month,
        # The name as it stands alone: languages with cases write another one beside a day.
        "month_name": format_date(day, format="LLLL", locale=locale),
        "day": day.day,
        "hour": local.hour,
        "today": day,
        "yesterday": day - _DAY,
        "tomorrow": day + _DAY,
        "run_date": day,
        "month_to_date_start": (day - _DAY).replace(day=1),
        "period_start": head.period.start,
        "period_end": head.period.end,
        "period_end_exclusive": head.period.end + _DAY,
    }


def _spans(dates: Mapping[str, date]) -> dict[str, date]:
    """`week_start` for `this_week_start`, and so on."""
    names = [f"{span}_{end}" for span in _SPANS for end in ("start", "end")]
    return {name: dates[f"this_{name}"] for name in names if f"this_{name}" in dates}


def _run_group(head: ReportHead, facts: RunFacts) -> dict[str, Any]:
    finished = facts.finished_at or head.data_as_of
    seconds = as_decimal(max(0.0, round((finished - head.data_as_of).total_seconds(), 1)))
    assert seconds is not None, "a float is a number"
    return {
        "id": head.execution_id,
        "url": f"{head.base_url}/execution?id={head.execution_id}",
        "number": facts.number,
        "duration": Figure(str(seconds), duration_text(seconds, head.locale)),
        "started_at": instant_of(head.data_as_of, head),
        "finished_at": instant_of(finished, head),
        "attempt": facts.attempt,
        "status": facts.status,
        "trigger": head.trigger,
    }


def instant_of(instant: datetime, head: ReportHead) -> Moment:
    """An instant as the report's readers see it: their words, in the schedule's zone."""
    local = instant.astimezone(clock.zone(head.timezone))
    minute = local.time().replace(second=0, microsecond=0)
    return moment(local, f"{date_text(local.date(), head.locale)}, {time_text(minute, head.locale)}")


def _report_group(head: ReportHead) -> dict[str, Any]:
    return {
        "name": head.name,
        "slug": head.slug,
        "description": head.description,
        "url": f"{head.base_url}/schedule?id={head.report_id}",
        "owner": head.owner_name,
        "tags": list(head.tags),
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
    tags=("operations", "weekly"),
)
