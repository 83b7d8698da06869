"""Saving a schedule, and the buttons around it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import streamlit as st
from pydantic import ValidationError

import tasks
from core.database import read_scope, session_scope
from core.schemas.accounts import Actor
from core.schemas.executions import ScheduledReportDetail, TestRunResponse
from core.schemas.scheduled_reports import ScheduledReportCreate, ScheduledReportResponse, ScheduledReportUpdate
from core.services import dashboards, saved_queries, scheduled_reports, standby
from pages.components import once
from pages.components import schedule_actions as actions
from pages.components.execution_list import execution_rows
from pages.components.feedback import act, plain, refusals_shown, say
from pages.components.layout import empty_state
from pages.components.pages_map import EXECUTION, HISTORY, QUERIES, SCHEDULE, SCHEDULES, go, open_link
from pages.components.schedule_form import Subjects, validated
from pages.components.share_version import forget_version, version_of_form
from pages.components.times import in_sentence
from pages.components.unsaved import schedule_differs, show_state

_MOST = 500


def load(user: Actor, report_id: UUID | None) -> tuple[ScheduledReportDetail | None, Subjects]:
    with read_scope() as session:
        report = scheduled_reports.get_scheduled_report(session, actor=user, report_id=report_id) if report_id else None
        queries = saved_queries.list_saved_queries(session, actor=user, limit=_MOST)
        boards = dashboards.list_dashboards(session, actor=user, limit=_MOST)
    # A report is made of what its owner owns.
    owner = report.user_id if report else user.id
    return report, Subjects(
        [query for query in queries.items if query.user_id == owner],
        [board for board in boards.items if board.user_id == owner],
    )


def nothing_to_schedule() -> None:
    with empty_state(
        ":material/code:",
        "First, a question",
        "A schedule sends the answer to a saved query or a dashboard. Write a query, then come back here.",
    ):
        st.page_link(QUERIES, label="Go to the queries", icon=":material/arrow_forward:")


def save_bar(user: Actor, values: dict[str, Any], report: ScheduledReportResponse | None, subjects: Subjects) -> None:
    label = "Save schedule" if report else "Create schedule"
    with st.container(horizontal=True, vertical_alignment="center"):
        pressed = st.button(label, type="primary", icon=":material/save:", key="save")
        show_state(is_new=report is None, is_changed=_is_changed(values, report, subjects))
    if pressed:
        with refusals_shown():
            saved = _save(user, values, report)
            forget_version(saved)
            tasks.ring()
            say(f"{saved.name} is saved. {_next_words(user, saved)}")
            for warning in saved.warnings:
                say(warning, icon=":material/warning:")
            go(SCHEDULE, id=saved.id)


def _save(user: Actor, values: dict[str, Any], report: ScheduledReportResponse | None) -> ScheduledReportResponse:
    data = validated(values, report)
    if report is None:
        return once.made("schedule", data, lambda: _create(user, data))
    with session_scope() as session:
        update = ScheduledReportUpdate.model_validate(data.model_dump())
        return scheduled_reports.update_scheduled_report(
            session, actor=user, report_id=report.id, data=update, expected_version=version_of_form(report)
        )


def _create(user: Actor, data: ScheduledReportCreate) -> ScheduledReportResponse:
    with session_scope() as session:
        return scheduled_reports.create_scheduled_report(session, actor=user, data=data)


def _is_changed(values: dict[str, Any], report: ScheduledReportResponse | None, subjects: Subjects) -> bool:
    """What could not even be saved is a change too."""
    if report is None:
        return False
    try:
        data = validated(values, report)
    except ValidationError:
        return True
    chosen = next((query for query in subjects.queries if query.id == data.saved_query_id), None)
    return schedule_differs(report, data, chosen.parameters if chosen else ())


def _next_words(user: Actor, report: ScheduledReportResponse) -> str:
    if not report.is_active:
        return "It is paused and runs when you resume it."
    return f"It runs next {in_sentence(report.next_run_at, user)}."


def action_bar(user: Actor, report: ScheduledReportResponse) -> None:
    """Works on what is saved, not on what stands in the form."""
    standby.prepare()
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
