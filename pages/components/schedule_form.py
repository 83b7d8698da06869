"""The form of one schedule. Plain widgets, so that the previews beside it follow each change.

Widget keys carry the id of the report: another report means other widgets, filled from what is saved.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time
from typing import Any, Final
from uuid import UUID

import streamlit as st

from core import clock
from core.formats import FORMAT_KEYS, format_label
from core.schemas.accounts import Actor
from core.schemas.content import DashboardResponse, ParameterValue, SavedQueryResponse
from core.schemas.file_names import FILE_NAME
from core.schemas.schedule import ScheduleConfig
from core.schemas.scheduled_reports import ScheduledReportCreate, ScheduledReportResponse
from pages.components.csv_fields import format_fields
from pages.components.mail_draft import complete, draft_of
from pages.components.mail_fields import body_field, name_field, name_value, subject_field
from pages.components.mail_options import failure_fields, keeps_thread, mail_options
from pages.components.parameter_fields import parameter_fields
from pages.components.recipient_fields import address_field
from pages.components.tag_field import tag_field

_TYPES: Final = ("daily", "weekly", "monthly")
_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTH_DAYS: Final = (*range(1, 32), "last")
_DEFAULT_TIME: Final = "07:00"
# The query or the dashboard that a link named.
Start = tuple[UUID | None, UUID | None]


@dataclass(frozen=True, slots=True)
class Subjects:
    """What can be scheduled."""

    queries: Sequence[SavedQueryResponse]
    dashboards: Sequence[DashboardResponse]


def schedule_form(
    user: Actor,
    report: ScheduledReportResponse | None,
    subjects: Subjects,
    *,
    start: Start,
) -> dict[str, Any]:
    """The fields of a ScheduledReportCreate, not validated yet; `start` is what a new one begins with."""
    key = str(report.id) if report else "new"
    values: dict[str, Any] = {}
    with st.container(border=True):
        values |= _what(report, subjects, key, start)
        values["tags"] = tag_field(user, report.tags if report else [], key=f"{key}-tags")
    with st.container(border=True):
        st.header("When", anchor=False)
        values["schedule_config"] = _when(user, report, key)
    with st.container(border=True):
        st.header("Who gets it", anchor=False)
        values |= _who(user, report, key)
    with st.container(border=True):
        st.header("The mail", anchor=False)
        values |= _mail(user, values, report, key)
    return values


def _what(report: ScheduledReportResponse | None, subjects: Subjects, key: str, start: Start) -> dict[str, Any]:
    query_id, dashboard_id = (report.saved_query_id, report.dashboard_id) if report else start
    chosen_id = query_id or dashboard_id
    names = {item.id: item.name for item in (*subjects.queries, *subjects.dashboards)}
    name = st.text_input(
        "Name", value=report.name if report else names.get(chosen_id, ""), key=f"{key}-name", max_chars=200,
        help="It is the subject of the mail and the name of the files, unless you change them.",
    )  # fmt: skip
    of_dashboard = dashboard_id is not None or not subjects.queries
    kind = st.segmented_control(
        "What", ("Query", "Dashboard"), default="Dashboard" if of_dashboard else "Query", required=True,
        key=f"{key}-kind", help="A query makes one table; a dashboard one part for each of its tiles.",
    )  # fmt: skip
    items: Sequence[Any] = subjects.dashboards if kind == "Dashboard" else subjects.queries
    found = _choose(kind, items, chosen_id, key)
    field = "dashboard_id" if kind == "Dashboard" else "saved_query_id"
    values = {"name": name, field: found.id if found else None, "parameters": {}}
    if isinstance(found, SavedQueryResponse) and found.parameters:
        values["parameters"] = _parameters(found, report, key)
    return values


def _choose(kind: str, items: Sequence[Any], chosen: UUID | None, key: str) -> Any:
    ids = [item.id for item in items]
    index = ids.index(chosen) if chosen in ids else (0 if ids else None)
    return st.selectbox(
        kind, items, index=index, format_func=lambda item: item.name, key=f"{key}-{kind}",
        placeholder=f"There is no {kind.lower()} yet",
    )  # fmt: skip


def _parameters(
    query: SavedQueryResponse, report: ScheduledReportResponse | None, key: str
) -> dict[str, ParameterValue]:
    st.caption("Parameters. Dates may be words such as last_week_start, worked out for each run.")
    saved = report.parameters if report else {}
    return parameter_fields(query.parameters, saved, key=f"{key}-{query.id}")


def _when(user: Actor, report: ScheduledReportResponse | None, key: str) -> dict[str, Any]:
    config = report.schedule_config if report else None
    kind = st.segmented_control(
        "Repeat", _TYPES, default=config.type if config else "daily", required=True, format_func=str.capitalize,
        key=f"{key}-type",
    )  # fmt: skip
    values: dict[str, Any] = {"type": kind}
    if kind == "weekly":
        days = config.weekdays if config and config.type == "weekly" else (0,)
        values["days_of_week"] = st.pills(
            "On days", range(7), selection_mode="multi", default=days, format_func=lambda day: _DAYS[day],
            key=f"{key}-days",
        )  # fmt: skip
    if kind == "monthly":
        values["day_of_month"] = _month_day(config, key)
    left, right = st.columns(2)
    start = time.fromisoformat(config.time if config else _DEFAULT_TIME)
    at = left.time_input("At", value=start, step=60 * 5, key=f"{key}-time", required=True)
    zones = clock.zone_names()
    zone = config.timezone if config else user.timezone
    values["timezone"] = right.selectbox("Time zone", zones, index=zones.index(zone), key=f"{key}-zone")
    return values | {"time": f"{at:%H:%M}" if at else None}


def _month_day(config: ScheduleConfig | None, key: str) -> int | str:
    day = config.day_of_month if config and config.day_of_month is not None else 1
    return st.selectbox(
        "On day", _MONTH_DAYS, index=_MONTH_DAYS.index(day), key=f"{key}-month-day",
        format_func=lambda value: "Last day" if value == "last" else str(value),
        help="In a shorter month it means the last day.",
    )  # fmt: skip


def _who(user: Actor, report: ScheduledReportResponse | None, key: str) -> dict[str, Any]:
    recipients = address_field("Recipients", report.recipients if report else [user.email], key=f"{key}-to")
    cc, bcc = (report.cc, report.bcc) if report else ([], [])
    with st.expander("CC and BCC", expanded=bool(cc or bcc)):
        values = {
            "recipients": recipients,
            "cc": address_field("CC", cc, key=f"{key}-cc", help="Every copy then shows all of To and CC."),
            "bcc": address_field("BCC", bcc, key=f"{key}-bcc", help="Nobody else sees these."),
        }
    if not values["cc"]:
        st.caption("Each person gets a mail of their own and sees no other name.")
    return values


def _mail(user: Actor, values: dict[str, Any], report: ScheduledReportResponse | None, key: str) -> dict[str, Any]:
    formats = st.pills(
        "Files", FORMAT_KEYS, selection_mode="multi", default=report.formats if report else ["excel", "pdf"],
        format_func=format_label, key=f"{key}-formats",
        help="Attached to the mail; what is too large for a mail becomes a link.",
    )  # fmt: skip
    saved = report.format_options if report else {}
    options = {name: value for name, value in saved.items() if name != FILE_NAME}
    options = format_fields(options, formats, key=key)
    name = name_value(saved.get(FILE_NAME), key=f"{key}-file-name")
    options |= {FILE_NAME: name} if name else {}
    keep_thread = keeps_thread(report, key=key)
    draft = draft_of(
        user,
        complete({**values, "formats": formats, "format_options": options, "keep_thread": keep_thread}, report, user),
        key=f"{key}-mail",
        report_id=report.id if report else None,
    )
    name_field(draft, formats, key=f"{key}-file-name")
    subject = subject_field(
        report.email_subject if report else None, draft, key=f"{key}-subject", keep_thread=keep_thread
    )
    body = body_field(report.email_body if report else None, draft, key=f"{key}-body")
    made = {"formats": formats, "format_options": options, "email_subject": subject, "email_body": body}
    return made | mail_options(report, key=key) | failure_fields(report, draft, key=key)


def validated(values: dict[str, Any], report: ScheduledReportResponse | None) -> ScheduledReportCreate:
    """Raises ValidationError; what the form does not show stays as it is saved."""
    kept = {
        "description": report.description if report else "",
        "format_options": report.format_options if report else {},
        "is_active": report.is_active if report else True,
    }
    return ScheduledReportCreate.model_validate({**kept, **values})
