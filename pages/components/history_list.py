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
from pages.components.execution_list import execution_rows
from pages.components.layout import empty_state
from pages.components.live import live
from pages.components.pages_map import SCHEDULES
from pages.components.paging import page_offset, pagination

SIZE: Final = 20
_EVERY: Final = "all"
_ANY_TIME: Final = "Any time"
_SINCE: Final[dict[str, timedelta | None]] = {
    _ANY_TIME: None,
    "Last 24 hours": timedelta(hours=24),
    "Last 7 days": timedelta(days=7),
    "Last 30 days": timedelta(days=30),
}
_MOST_REPORTS: Final = 500


def history(user: Actor) -> None:
    chosen = _filters(_report_names(user))
    live(partial(_find, user, *chosen), partial(_show, user, chosen), _is_moving)


def _show(user: Actor, chosen: tuple[str, str, str], found: Page[ExecutionResponse]) -> None:
    if not found.items:
        _nothing(filtered=chosen != (_EVERY, _EVERY, _ANY_TIME))
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
    status = left.selectbox(
        "Status", [_EVERY, *EXECUTION_STATUSES], key="status", bind="query-params",
        format_func=lambda word: LABELS.get(word, "Every status"),
    )  # fmt: skip
    report = middle.selectbox(
        "Report", [_EVERY, *reports], key="report", bind="query-params",
        format_func=lambda identity: reports.get(identity, "Every report"),
    )  # fmt: skip
    since = right.selectbox("Since", list(_SINCE), key="since", bind="query-params")
    return status or _EVERY, report or _EVERY, since or _ANY_TIME


def _report_names(user: Actor) -> dict[str, str]:
    with read_scope() as session:
        found = scheduled_reports.list_scheduled_reports(session, actor=user, limit=_MOST_REPORTS)
    return {str(report.id): report.name for report in sorted(found.items, key=lambda report: report.name.casefold())}


def _since(words: str) -> datetime | None:
    back = _SINCE[words]
    return None if back is None else clock.now() - back


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
