"""The list of dashboards."""

from __future__ import annotations

from typing import Final

import streamlit as st

from core.database import session_scope
from core.schemas.accounts import Actor
from core.schemas.base import Page
from core.schemas.content import DashboardResponse
from core.services import dashboards
from core.text import join_words, plural
from pages.components.confirm import confirm
from pages.components.feedback import plain
from pages.components.layout import empty_state, list_head, list_row
from pages.components.pages_map import DASHBOARD, QUERIES, SCHEDULE, go, open_link
from pages.components.paging import back_when_beyond, pagination
from pages.components.times import relative

SIZE: Final = 20
_WIDTHS: Final = (3.4, 3, 1.6, 1.3)
_OPEN, _SCHEDULE, _DELETE = "Open", "Schedule this", "Delete"
_NAMED: Final = 3


def show(user: Actor, found: Page[DashboardResponse]) -> None:
    if not found.total:
        with empty_state(
            ":material/dashboard:",
            "No dashboards yet",
            "A dashboard puts several queries on one page, and into one workbook or one PDF when it is scheduled.",
        ):
            if st.button("New dashboard", type="primary", icon=":material/add:", key="first-dashboard"):
                go(DASHBOARD)
            st.page_link(QUERIES, label="Queries", icon=":material/code:")
        return
    back_when_beyond(found, key="dashboards")
    list_head(_WIDTHS, ("Dashboard", "Tiles", "Changed", ""))
    for dashboard in found.items:
        _row(user, dashboard)
    pagination(found.total, size=SIZE, noun="dashboards", key="dashboards")


def _row(user: Actor, dashboard: DashboardResponse) -> None:
    name, tiles, changed, menu = list_row(str(dashboard.id), _WIDTHS)
    with name:
        open_link(DASHBOARD, dashboard.name, dashboard.id)
        if dashboard.description:
            st.caption(plain(dashboard.description.splitlines()[0]))
    tiles.markdown(plain(_tiles_in_words(dashboard)))
    changed.markdown(relative(dashboard.updated_at))
    with menu:
        options = [_OPEN, _SCHEDULE, _DELETE]
        choice = st.menu_button("Actions", options, key=f"dashboard-{dashboard.id}", type="tertiary")
    if choice == _OPEN:
        go(DASHBOARD, id=dashboard.id)
    if choice == _SCHEDULE:
        go(SCHEDULE, dashboard=dashboard.id)
    if choice == _DELETE:
        ask_delete(user, dashboard)


def _tiles_in_words(dashboard: DashboardResponse) -> str:
    names = [tile.title or tile.saved_query_name for tile in dashboard.tiles]
    if len(names) <= _NAMED:
        return join_words(names)
    return f"{', '.join(names[:_NAMED])} and {plural(len(names) - _NAMED, 'more', 'more')}"


def ask_delete(user: Actor, dashboard: DashboardResponse) -> None:
    confirm(
        f"Delete {dashboard.name}?",
        "Its queries stay. When a schedule still uses it, nothing happens and the schedule is named.",
        yes="Delete",
        action=lambda: _delete(user, dashboard),
    )


def _delete(user: Actor, dashboard: DashboardResponse) -> str:
    with session_scope() as session:
        dashboards.delete_dashboard(session, actor=user, dashboard_id=dashboard.id)
    return f"{dashboard.name} was deleted."
