"""The first page: is everything well, and if not, what to do."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import streamlit as st

from core.schemas.accounts import Actor
from core.schemas.executions import WorkerState
from core.schemas.overview import Overview
from core.schemas.scheduled_reports import ScheduledReportResponse
from core.services.outbox import is_catching
from core.states import ACTIVE_STATUSES
from core.text import plural
from pages.components.execution_list import execution_rows, short_rows
from pages.components.feedback import plain
from pages.components.layout import cards, empty_state, list_head, list_row
from pages.components.pages_map import DATA_SOURCES, HISTORY, OUTBOX, QUERIES, SCHEDULE, SCHEDULES, go, open_link
from pages.components.times import ago, relative, short, without_own_zone

_WIDTHS = (3.4, 2.8, 2.2)


def overview(user: Actor, found: Overview) -> None:
    _worker(found.worker)
    if not (found.upcoming or found.recent):
        _welcome()
        return
    if found.first_report_id:
        _first_steps(found.first_report_id)
    _verdict(found)
    _figures(found)
    if found.attention:
        st.header("Needs a look", anchor=False)
        execution_rows(user, found.attention, key="look-")
    if found.recent:
        st.header("Last runs", anchor=False)
        short_rows(user, found.recent)
        st.page_link(HISTORY, label="The whole history", icon=":material/history:")
    _upcoming(user, found.upcoming)


def is_moving(found: Overview) -> bool:
    return any(run.status in ACTIVE_STATUSES for run in found.recent) or bool(found.running or found.waiting)


def _worker(worker: WorkerState) -> None:
    if worker.alive and worker.last_heartbeat:
        st.caption(f":material/favorite: Worker alive, last sign {ago(worker.last_heartbeat)}.")
        return
    seen = f"was last heard of {relative(worker.last_heartbeat)}" if worker.last_heartbeat else "has never started"
    st.error(
        f"**Nothing runs at the moment.** The worker {seen}, so no report leaves. Nothing is lost: what becomes due "
        "now is caught up when it is back. **What to do:** start `script/server` (it starts the worker too) or look "
        "at its log. Send test works without it.",
        icon=":material/heart_broken:",
    )


def _verdict(found: Overview) -> None:
    if found.failed_24h:
        st.warning(
            f"{plural(found.failed_24h, 'run')} of the last 24 hours did not reach everybody. See below what happened.",
            icon=":material/warning:",
        )
    elif found.arrived_24h:
        st.success("Everything that was due in the last 24 hours arrived.", icon=":material/check_circle:")


def _figures(found: Overview) -> None:
    upcoming = [report.next_run_at for report in found.upcoming if report.next_run_at]
    cards(
        [
            ("Arrived", found.arrived_24h, "Runs of the last 24 hours that reached everybody."),
            ("Failed", found.failed_24h, "Runs of the last 24 hours that did not, or not all."),
            ("Running now", found.running, f"{found.waiting} waiting behind them." if found.waiting else ""),
            ("Next run", relative(min(upcoming)) if upcoming else "\u2013", ""),
        ]
    )


def _upcoming(user: Actor, reports: Sequence[ScheduledReportResponse]) -> None:
    st.header("Coming next", anchor=False)
    if not reports:
        st.caption("No schedule is active.")
        st.page_link(SCHEDULES, label="See the schedules", icon=":material/event_repeat:")
        return
    list_head(_WIDTHS, ("Schedule", "Runs", "Next"))
    for report in reports:
        name, schedule, upcoming = list_row(f"next-{report.id}", _WIDTHS)
        with name:
            open_link(SCHEDULE, report.name, report.id)
        schedule.markdown(plain(without_own_zone(report.schedule_text, user)))
        upcoming.markdown(f"{short(report.next_run_at, user)} :small[:gray[{relative(report.next_run_at)}]]")


def _first_steps(report_id: UUID) -> None:
    """For a newcomer to the sample; it goes by itself once they have connected a database of their own."""
    with st.container(border=True, key="first-steps"):
        st.header("First steps", anchor=False)
        read, test, connect = st.columns(3, gap="medium")
        with read:
            if is_catching():
                st.page_link(OUTBOX, label="1. Read the first mail", icon=":material/outbox:")
            else:
                st.page_link(HISTORY, label="1. See the first run", icon=":material/history:")
            st.caption("The weekly report of the sample ran when it was set up. No real person got it.")
        with test:
            open_link(SCHEDULE, "2. Send yourself a test", report_id, icon=":material/mark_email_read:")
            st.caption("Press **Send test** on a schedule: the whole report, to you alone.")
        with connect:
            st.page_link(DATA_SOURCES, label="3. Connect your own data", icon=":material/database:")
            st.caption("A SQLite file or PostgreSQL takes a minute. It is only ever read.")


def _welcome() -> None:
    with empty_state(
        ":material/wb_twilight:",
        "Nothing is scheduled yet",
        "Three steps to the first report: connect a data source, write a query, schedule it.",
    ):
        st.page_link(DATA_SOURCES, label="1. Data sources", icon=":material/database:")
        st.page_link(QUERIES, label="2. Queries", icon=":material/code:")
        if st.button("3. New schedule", type="primary", icon=":material/event_repeat:"):
            go(SCHEDULE)
