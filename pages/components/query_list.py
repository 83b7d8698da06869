"""The list of saved queries."""

from __future__ import annotations

from typing import Final

import streamlit as st

from core.database import session_scope
from core.schemas.accounts import Actor
from core.schemas.base import Page
from core.schemas.content import SavedQueryResponse
from core.services import saved_queries
from pages.components.confirm import confirm
from pages.components.feedback import plain
from pages.components.layout import empty_state, list_head, list_row
from pages.components.pages_map import DATA_SOURCES, QUERY, SCHEDULE, go, open_link
from pages.components.paging import back_when_beyond, pagination
from pages.components.times import relative

SIZE: Final = 20
_WIDTHS: Final = (3.6, 2, 1.8, 1.3)
_OPEN, _SCHEDULE, _DELETE = "Open", "Schedule this", "Delete"


def show(user: Actor, found: Page[SavedQueryResponse]) -> None:
    if not found.total:
        with empty_state(
            ":material/code:",
            "No queries yet",
            "A query is a question to a data source, written once and used in dashboards and schedules.",
        ):
            if st.button("New query", type="primary", icon=":material/add:", key="first-query"):
                go(QUERY)
            st.page_link(DATA_SOURCES, label="Data sources", icon=":material/database:")
        return
    back_when_beyond(found, key="queries")
    list_head(_WIDTHS, ("Query", "Data source", "Changed", ""))
    for query in found.items:
        _row(user, query)
    pagination(found.total, size=SIZE, noun="queries", key="queries")


def _row(user: Actor, query: SavedQueryResponse) -> None:
    name, source, changed, menu = list_row(f"query-{query.id}", _WIDTHS)
    with name:
        open_link(QUERY, query.name, query.id)
        if query.description:
            st.caption(plain(query.description.splitlines()[0]))
    source.markdown(plain(query.data_source_name))
    changed.markdown(relative(query.updated_at))
    with menu:
        choice = st.menu_button("Actions", [_OPEN, _SCHEDULE, _DELETE], key=f"query-{query.id}", type="tertiary")
    if choice == _OPEN:
        go(QUERY, id=query.id)
    if choice == _SCHEDULE:
        go(SCHEDULE, query=query.id)
    if choice == _DELETE:
        ask_delete(user, query)


def ask_delete(user: Actor, query: SavedQueryResponse) -> None:
    confirm(
        f"Delete {query.name}?",
        "When a dashboard or a schedule still uses it, nothing happens and they are named.",
        yes="Delete",
        action=lambda: _delete(user, query),
    )


def _delete(user: Actor, query: SavedQueryResponse) -> str:
    with session_scope() as session:
        saved_queries.delete_saved_query(session, actor=user, saved_query_id=query.id)
    return f"{query.name} was deleted."
