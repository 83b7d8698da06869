"""The list of schedules: figures, search, filter, rows with their menu."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import streamlit as st

from core.database import read_scope
from core.schemas.accounts import Actor
from core.schemas.base import Page
from core.schemas.scheduled_reports import ScheduledReportResponse
from core.services import scheduled_reports
from pages.components.address import from_address, to_address
from pages.components.feedback import plain
from pages.components.layout import cards, empty_state, list_head, list_row
from pages.components.pages_map import QUERIES, SCHEDULE, go, open_link
from pages.components.paging import back_when_beyond, page_offset, pagination
from pages.components.schedule_actions import actions_menu, perform
from pages.components.status import report_badge
from pages.components.tag_field import tag_badges
from pages.components.times import relative, short, without_own_zone

SIZE: Final = 10
WIDTHS: Final = (3.4, 1.2, 2.8, 1.9, 1.3)
_FILTERS: Final = ("All", "Active", "Paused", "Failing")


@dataclass(frozen=True, slots=True)
class FoundSchedules:
    """One page of the list, how many each filter would show, and the tags there are."""

    page: Page[ScheduledReportResponse]
    counts: dict[str, int]
    tags: list[str]


def find(user: Actor) -> FoundSchedules:
    chosen, search = _chosen(), _search()
    wanted = {"Active": True, "Paused": False}.get(chosen)
    with read_scope() as session:
        tags = scheduled_reports.list_tags(session, actor=user)
        tag = _tag(tags)
        page = scheduled_reports.list_scheduled_reports(
            session, actor=user, search=search, tag=tag, is_active=wanted, failing=chosen == "Failing",
            offset=page_offset(size=SIZE), limit=SIZE,
        )  # fmt: skip
        counts = scheduled_reports.count_scheduled_reports(session, actor=user, search=search, tag=tag)
    numbers = (counts.total, counts.active, counts.paused, counts.failing)
    return FoundSchedules(page, dict(zip(_FILTERS, numbers, strict=True)), tags)


def show(user: Actor, found: FoundSchedules) -> None:
    if not found.counts["All"] and not found.tags and not _search():
        _nothing_yet()
        return
    back_when_beyond(found.page)
    _figures(found)
    _filters(found.counts)
    _tags(found.tags)
    if not found.page.items:
        st.info("No schedule matches. Change the search or the filter.", icon=":material/search_off:")
        return
    list_head(WIDTHS, ("Schedule", "Status", "Runs", "Next run", ""))
    for report in found.page.items:
        _row(user, report)
    pagination(found.page.total, size=SIZE, noun="schedules")


def _chosen() -> str:
    return str(st.session_state.get("show") or from_address("show", _FILTERS, _FILTERS[0]))


def _search() -> str:
    return str(st.session_state.get("search") or st.query_params.get("search", "")).strip()


def _tag(tags: list[str]) -> str:
    """One that no report carries any more filters nothing."""
    chosen = st.session_state.get("tag", st.query_params.get("tag"))
    return str(chosen) if chosen in tags else ""


def _nothing_yet() -> None:
    with empty_state(
        ":material/event_repeat:",
        "No schedules yet",
        "A schedule runs a query or a dashboard at fixed times and mails the result as Excel, CSV, PDF or HTML. "
        "Start from a saved query.",
    ):
        if st.button("New schedule", type="primary", key="first-schedule"):
            go(SCHEDULE)
        st.page_link(QUERIES, label="See the queries", icon=":material/code:")


def _figures(found: FoundSchedules) -> None:
    upcoming = [report.next_run_at for report in found.page.items if report.next_run_at]
    cards(
        [
            ("Active", found.counts["Active"], f"{found.counts['All']} in total"),
            ("Paused", found.counts["Paused"], "They keep their settings and do not run."),
            ("Failing", found.counts["Failing"], "Active, and the last run did not reach everybody."),
            ("Next run", relative(min(upcoming)) if upcoming else "\u2013", "The soonest in this list."),
        ]
    )


def _filters(counts: dict[str, int]) -> None:
    left, right = st.columns([2, 3], vertical_alignment="center")
    left.text_input(
        "Search", placeholder="Search by name", icon=":material/search:", key="search",
        label_visibility="collapsed", bind="query-params",
    )  # fmt: skip
    chosen = right.segmented_control(
        "Show", _FILTERS, default=_chosen(), required=True, key="show", label_visibility="collapsed",
        format_func=lambda name: f"{name} {counts[name]}",
    )  # fmt: skip
    to_address("show", chosen, _FILTERS[0])


def _tags(tags: list[str]) -> None:
    if not tags:
        return
    first = from_address("tag", tags, "") or None
    chosen = st.pills("Tags", tags, default=first, key="tag", label_visibility="collapsed", format_func=plain)
    to_address("tag", chosen or "", "")


def _row(user: Actor, report: ScheduledReportResponse) -> None:
    name, state, schedule, upcoming, menu = list_row(f"schedule-{report.id}", WIDTHS)
    with name:
        open_link(SCHEDULE, report.name, report.id)
        if report.tags:
            st.markdown(tag_badges(report.tags))
    with state:
        report_badge(report)
    schedule.markdown(plain(without_own_zone(report.schedule_text, user)))
    upcoming.markdown(short(report.next_run_at, user) if report.is_active else "\u2013")
    with menu:
        choice = actions_menu(report)
    if choice:
        perform(user, report, choice)
