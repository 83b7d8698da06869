"""Saving a schedule, and the buttons around it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import streamlit as st

import tasks
from core.database import read_scope, session_scope
from core.schemas.accounts import Actor
from core.schemas.executions import ScheduledReportDetail, TestRunResponse
from core.schemas.scheduled_reports import ScheduledReportResponse, ScheduledReportUpdate
from core.services import dashboards, saved_queries, scheduled_reports
from pages.components import schedule_actions as actions
from pages.components.execution_list import execution_rows
from pages.components.feedback import act, plain, refusals_shown, say
from pages.components.layout import empty_state
from pages.components.pages_map import EXECUTION, HISTORY, QUERIES, SCHEDULE, SCHEDULES, go, open_link
from pages.components.schedule_form import Subjects, validated

_MOST = 500


def load(user: Actor, report_id: UUID | None) -> tuple[ScheduledReportDetail | None, Subjects]:
    with read_scope() as session:
        report = scheduled_reports.get_scheduled_report(session, actor=user, report_id=report_id) if report_id else None
        queries = saved_queries.list_saved_queries(session, actor=user, limit=_MOST)
        boards = dashboards.list_dashboards(session, actor=user, limit=_MOST)
    return report, Subjects(queries.items, boards.items)


def nothing_to_schedule() -> None:
    with empty_state(
        ":material/code:",
        "First, a question",
        "A schedule sends the answer to a saved query or a dashboard. Write a query, then come back here.",
    ):
        st.page_link(QUERIES, label="Go to the queries", icon=":material/arrow_forward:")


def save_bar(user: Actor, values: dict[str, Any], report: ScheduledReportResponse | None) -> None:
    label = "Save schedule" if report else "Create schedule"
    if st.button(label, type="primary", icon=":material/save:", key="save"):
        with refusals_shown():
            saved = _save(user, values, report)
            tasks.ring()
            say(f"{saved.name} is saved. {_next_words(saved)}")
            for warning in saved.warnings:
                say(warning, icon=":material/warning:")
            go(SCHEDULE, id=saved.id)


def _save(user: Actor, values: dict[str, Any], report: ScheduledReportResponse | None) -> ScheduledReportResponse:
    data = validated(values, report)
    with session_scope() as session:
        if report is None:
            return scheduled_reports.create_scheduled_report(session, actor=user, data=data)
        update = ScheduledReportUpdate.model_validate(data.model_dump())
        return scheduled_reports.update_scheduled_report(session, actor=user, report_id=report.id, data=update)


def _next_words(report: ScheduledReportResponse) -> str:
    return f"{report.schedule_text}." if report.is_active else "It is paused."


def action_bar(user: Actor, report: ScheduledReportResponse) -> None:
    """Works on what is saved, not on what stands in the form."""
    with st.container(horizontal=True):
        for choice in (actions.RUN, actions.TEST):
            if st.button(choice, key=f"do-{choice}", icon=actions.ICONS[choice]):
                _perform(user, report, choice)
        chosen = actions.actions_menu(report)
    if chosen:
        actions.perform(user, report, chosen, after_delete=SCHEDULES)
    result = st.session_state.get(f"tested-{report.id}")
    if result is not None:
        _test_result(result)


def _perform(user: Actor, report: ScheduledReportResponse, choice: str) -> None:
    if choice == actions.TEST:
        st.session_state[f"tested-{report.id}"] = actions.send_test(user, report.id)
    else:
        act(actions.run_now, user, report)
    st.rerun()


def _test_result(result: TestRunResponse) -> None:
    show = st.success if result.success else st.error
    show(plain(result.detail), icon=":material/mark_email_read:" if result.success else ":material/error:")
    open_link(EXECUTION, "See this test run", result.execution.id, icon=":material/receipt_long:")


def past_runs(user: Actor, report: ScheduledReportDetail) -> None:
    st.header("History", anchor=False)
    if not report.executions:
        st.caption("It has not run yet.")
        return
    execution_rows(user, report.executions, key="past-")
    open_link(HISTORY, "All runs of this schedule", report.id, name="report", icon=":material/history:")
