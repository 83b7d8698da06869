"""Loading, editing and saving a dashboard."""

from __future__ import annotations

from typing import Final
from uuid import UUID

import streamlit as st

from core.database import read_scope, session_scope
from core.schemas.accounts import Actor
from core.schemas.content import DashboardCreate, DashboardResponse, DashboardUpdate, SavedQueryResponse
from core.services import dashboards, saved_queries
from pages.components import once
from pages.components.feedback import refusals_shown, say
from pages.components.layout import empty_state
from pages.components.pages_map import DASHBOARD, QUERIES, SCHEDULE, go
from pages.components.share_version import forget_version, version_of_form
from pages.components.tile_form import forget_order, tiles_form
from pages.components.unsaved import dashboard_differs, show_state

_MOST: Final = 500
_EDITING: Final = "dashboard-editing"


def load(user: Actor, dashboard_id: UUID | None) -> tuple[DashboardResponse | None, list[SavedQueryResponse]]:
    with read_scope() as session:
        found = dashboards.get_dashboard(session, actor=user, dashboard_id=dashboard_id) if dashboard_id else None
        queries = saved_queries.list_saved_queries(session, actor=user, limit=_MOST).items
    # A dashboard is made of what its owner owns.
    owner = found.user_id if found else user.id
    return found, [query for query in queries if query.user_id == owner]


def no_query() -> None:
    with empty_state(":material/code:", "First, a query", "Tiles show saved queries. Write one, then come back here."):
        st.page_link(QUERIES, label="Go to the queries", icon=":material/arrow_forward:")


def mode(dashboard: DashboardResponse) -> bool:
    """True while the tiles are edited. The switch and the way to a schedule stand side by side."""
    editing = st.toggle("Edit", key=f"{_EDITING}-{dashboard.id}")
    if st.button("Schedule this", icon=":material/event_repeat:", key="schedule-this"):
        go(SCHEDULE, dashboard=dashboard.id)
    return editing


def edit(user: Actor, dashboard: DashboardResponse | None, queries: list[SavedQueryResponse]) -> None:
    key = str(dashboard.id) if dashboard else "new"
    left, right = st.columns(2)
    name = left.text_input("Name", value=dashboard.name if dashboard else "", key=f"{key}-name", max_chars=200)
    about = right.text_input("Description", value=dashboard.description if dashboard else "", key=f"{key}-about")
    with refusals_shown():
        tiles = tiles_form(dashboard, queries)
        with st.container(horizontal=True, vertical_alignment="center"):
            pressed = st.button("Save dashboard", type="primary", icon=":material/save:", key="save")
            state = st.container(width="content")
        with state:
            is_changed = dashboard is not None and dashboard_differs(dashboard, name, about, tiles, queries)
            show_state(is_new=dashboard is None, is_changed=is_changed)
        if pressed:
            saved = _save(user, dashboard, DashboardCreate(name=name, description=about, tiles=tiles))
            forget_order(dashboard)
            st.session_state.pop(f"{_EDITING}-{saved.id}", None)
            forget_version(saved)
            say(f"{saved.name} is saved.")
            go(DASHBOARD, id=saved.id)


def _create(user: Actor, data: DashboardCreate) -> DashboardResponse:
    with session_scope() as session:
        return dashboards.create_dashboard(session, actor=user, data=data)


def _save(user: Actor, dashboard: DashboardResponse | None, data: DashboardCreate) -> DashboardResponse:
    if dashboard is None:
        return once.made("dashboard", data, lambda: _create(user, data))
    with session_scope() as session:
        update = DashboardUpdate.model_validate(data.model_dump())
        return dashboards.update_dashboard(
            session, actor=user, dashboard_id=dashboard.id, data=update, expected_version=version_of_form(dashboard)
        )
