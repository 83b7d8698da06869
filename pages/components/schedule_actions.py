"""What can be done with a schedule, wherever it stands: the list, its own page, the first page."""

from __future__ import annotations

from typing import Final
from uuid import UUID

import streamlit as st

import tasks
from core.database import session_scope
from core.schemas.accounts import Actor
from core.schemas.executions import ExecutionResponse, TestRunResponse
from core.schemas.scheduled_reports import ScheduledReportResponse
from core.services import executions, scheduled_reports, test_runs
from pages.components import once
from pages.components.confirm import confirm
from pages.components.feedback import act, refuse, say
from pages.components.pages_map import SCHEDULE, go

RUN: Final = "Run now"
TEST: Final = "Send test"
EDIT: Final = "Edit"
PAUSE: Final = "Pause"
RESUME: Final = "Resume"
DUPLICATE: Final = "Duplicate"
DELETE: Final = "Delete"
ICONS: Final = {
    RUN: ":material/play_arrow:",
    TEST: ":material/mark_email_read:",
    EDIT: ":material/edit:",
    PAUSE: ":material/pause:",
    RESUME: ":material/resume:",
    DUPLICATE: ":material/content_copy:",
    DELETE: ":material/delete:",
}


def actions_menu(report: ScheduledReportResponse) -> str | None:
    """The menu of one row; returns what was chosen."""
    toggle = PAUSE if report.is_active else RESUME
    return st.menu_button(
        "Actions",
        [RUN, TEST, EDIT, toggle, DUPLICATE, DELETE],
        key=f"actions-{report.id}",
        type="tertiary",
        format_func=lambda option: f"{ICONS[option]} {option}",
    )


def perform(user: Actor, report: ScheduledReportResponse, choice: str, *, after_delete: str | None = None) -> None:
    """Do what was chosen, then show the page anew; `after_delete` is the page to go to when this one is gone."""
    if choice == EDIT:
        go(SCHEDULE, id=report.id)
    if choice == DELETE:
        ask_delete(user, report, then=after_delete)
        return
    if choice == TEST:
        tell_test(send_test(user, report.id))
    else:
        act(_ACTIONS[choice], user, report)
    st.rerun()


def ask_delete(user: Actor, report: ScheduledReportResponse, *, then: str | None = None) -> None:
    confirm(
        f"Delete {report.name}?",
        "The schedule goes, and with it its history and the files it made. Mails that were sent stay sent.",
        yes="Delete",
        action=lambda: _delete(user, report),
        then=then,
    )


def send_test(user: Actor, report_id: UUID) -> TestRunResponse | None:
    """Runs at once and writes to the person alone; takes some seconds. None when it was refused."""
    found: list[TestRunResponse] = []

    def run() -> None:
        found.append(test_runs.run_test(actor=user, report_id=report_id, request_id=request_id))

    waiting = st.spinner("Running the report and sending it to you alone\u2026", show_time=True)
    with once.request(f"test-{report_id}") as request_id, waiting:
        act(run)
    return found[0] if found else None


def tell_test(result: TestRunResponse | None) -> None:
    if result is None:
        return
    if result.success:
        say(result.detail, icon=":material/mark_email_read:")
    else:
        refuse(result.detail)


def run_now(user: Actor, report: ScheduledReportResponse) -> str:
    start_run(user, report.id)
    return f"{report.name} is queued. Follow it in History."


def start_run(user: Actor, report_id: UUID) -> ExecutionResponse:
    """Queue a run; a second click a moment later gives the same one."""
    with once.request(f"run-{report_id}") as request_id, session_scope() as session:
        execution = executions.request_run(session, actor=user, report_id=report_id, request_id=request_id)
    tasks.ring([execution.id])
    return execution


def _set_active(user: Actor, report: ScheduledReportResponse) -> str:
    with session_scope() as session:
        changed = scheduled_reports.set_active(session, actor=user, report_id=report.id, is_active=not report.is_active)
    tasks.ring()
    return f"{changed.name} {'runs again' if changed.is_active else 'is paused'}."


def _duplicate(user: Actor, report: ScheduledReportResponse) -> str:
    with session_scope() as session:
        copy = scheduled_reports.duplicate_scheduled_report(session, actor=user, report_id=report.id)
    return f"{copy.name} was made. It is {'active' if copy.is_active else 'paused until you resume it'}."


def _delete(user: Actor, report: ScheduledReportResponse) -> str:
    with session_scope() as session:
        scheduled_reports.delete_scheduled_report(session, actor=user, report_id=report.id)
    return f"{report.name} was deleted."


_ACTIONS: Final = {RUN: run_now, PAUSE: _set_active, RESUME: _set_active, DUPLICATE: _duplicate}
