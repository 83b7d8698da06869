"""The history: filters in the address, pages cut by the database, live while something runs."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID

import streamlit as st

from core import clock
from core.database import read_scope
from core.schemas.accounts import Actor
from core.schemas.base import Page
from core.schemas.executions import ExecutionResponse
from core.services import executions, scheduled_reports
from core.states import ACTIVE_STATUSES, EXECUTION_STATUSES, LABELS
from pages.components.address import from_address, to_address
from pages.components.execution_list import execution_rows
from pages.components.layout import empty_state
from pages.components.live import live
from pages.components.pages_map import SCHEDULES
from pages.components.paging import back_when_beyond, page_offset, pagination

SIZE: Final = 20
_EVERY: Final = "all"
_SINCE: Final[dict[str, tuple[str, timedelta | None]]] = {
    _EVERY: ("Any time", None),
    "24h": ("Last 24 hours", timedelta(hours=24)),
    "7d": ("Last 7 days", timedelta(days=7)),
    "30d": ("Last 30 days", timedelta(days=30)),
}
_MOST_REPORTS: Final = 500


def history(user: Actor) -> None:
    chosen = _filters(_report_names(user))
    live(partial(_find, user, *chosen), partial(_show, user, chosen), _is_moving)


def _show(user: Actor, chosen: tuple[str, str, str], found: Page[ExecutionResponse]) -> None:
    back_when_beyond(found, key="runs")
    if not found.items:
        _nothing(filtered=set(chosen) != {_EVERY})
        return
    execution_rows(user, found.items)
    pagination(found.total, size=SIZE, noun="runs", key="runs")
    if _is_moving(found):
        st.caption(":material/sync: Live: something is under way, this list follows it.")


def _find(user: Actor, status: str, report: str, since: str) -> Page[ExecutionResponse]:
    with read_scope() as session:
        return executions.list_executions(
            session,
            actor=user,
            status=None if status == _EVERY else status,
            scheduled_report_id=None if report == _EVERY else UUID(report),
            since=_since(since),
            offset=page_offset(size=SIZE, key="runs"),
            limit=SIZE,
        )


def _filters(reports: dict[str, str]) -> tuple[str, str, str]:
    left, middle, right = st.columns([2, 3, 2])
    statuses = {_EVERY: "Every status", **{status: LABELS[status] for status in EXECUTION_STATUSES}}
    with left:
        status = _filter("Status", statuses)
    with middle:
        report = _filter("Report", {_EVERY: "Every report", **reports})
    with right:
        since = _filter("Since", {key: words for key, (words, _) in _SINCE.items()})
    return status, report, since


def _filter(label: str, options: dict[str, str]) -> str:
    name, keys = label.lower(), list(options)
    index = keys.index(from_address(name, keys, _EVERY))
    chosen = st.selectbox(label, keys, index=index, format_func=lambda key: options.get(key, key), key=name)
    to_address(name, chosen, _EVERY)
    return chosen


def _report_names(user: Actor) -> dict[str, str]:
    with read_scope() as session:
        found = scheduled_reports.list_scheduled_reports(session, actor=user, limit=_MOST_REPORTS)
    return {str(report.id): report.name for report in sorted(found.items, key=lambda report: report.name.casefold())}


def _since(key: str) -> datetime | None:
    """From a whole minute on: while it lasts, this is one list, of which the number is known."""
    back = _SINCE[key][1]
    return None if back is None else clock.now().replace(second=0, microsecond=0) - back


def _is_moving(found: Page[ExecutionResponse]) -> bool:
    return any(execution.status in ACTIVE_STATUSES for execution in found.items)


def _nothing(*, filtered: bool) -> None:
    if filtered:
        st.info("No run matches these filters.", icon=":material/search_off:")
        return
    with empty_state(
        ":material/history:",
        "Nothing ran yet",
        "Every run leaves a line here: when it was due, what it found, who got it and what went wrong.",
    ):
        st.page_link(SCHEDULES, label="Go to the schedules", icon=":material/event_repeat:")
