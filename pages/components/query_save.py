"""Loading and saving a query."""

from __future__ import annotations

from typing import Final
from uuid import UUID

import streamlit as st
from pydantic import ValidationError

from core.database import read_scope, session_scope
from core.schemas.accounts import Actor
from core.schemas.content import (
    DataSourceResponse,
    Presentation,
    SavedQueryCreate,
    SavedQueryResponse,
    SavedQueryUpdate,
)
from core.services import data_sources, saved_queries
from pages.components import once
from pages.components.feedback import refusals_shown, say
from pages.components.layout import empty_state
from pages.components.pages_map import DATA_SOURCES, QUERY, SCHEDULE, go
from pages.components.query_editor import EditedQuery
from pages.components.share_version import forget_version, version_of_form
from pages.components.unsaved import query_differs, show_state

_MOST: Final = 500


def load(user: Actor, query_id: UUID | None) -> tuple[SavedQueryResponse | None, list[DataSourceResponse]]:
    with read_scope() as session:
        query = saved_queries.get_saved_query(session, actor=user, saved_query_id=query_id) if query_id else None
        sources = data_sources.list_data_sources(session, actor=user, limit=_MOST).items
        if query and query.data_source_id not in [source.id for source in sources]:
            sources.append(saved_queries.get_source_of(session, actor=user, saved_query_id=query.id))
        return query, sources


def no_source() -> None:
    with empty_state(
        ":material/database:", "First, a data source", "A query needs a database to ask. Add one, then come back here."
    ):
        st.page_link(DATA_SOURCES, label="Go to the data sources", icon=":material/arrow_forward:")


def save_bar(
    user: Actor, query: SavedQueryResponse | None, edited: EditedQuery, name: str, about: str, look: Presentation
) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        save = st.button("Save query", type="primary", icon=":material/save:", key="save")
        if query and st.button("Schedule this", icon=":material/event_repeat:", key="schedule-this"):
            go(SCHEDULE, query=query.id)
        show_state(is_new=query is None, is_changed=_is_changed(query, edited, name, about, look))
    if save:
        with refusals_shown():
            saved = _save(user, query, _data(edited, name, about, look))
            forget_version(saved)
            say(f"{saved.name} is saved.")
            go(QUERY, id=saved.id)


def _data(edited: EditedQuery, name: str, about: str, look: Presentation) -> SavedQueryCreate:
    return SavedQueryCreate(
        name=name, description=about, data_source_id=edited.source.id, sql=edited.sql, parameters=edited.parameters,
        presentation=look,
    )  # fmt: skip


def _is_changed(
    query: SavedQueryResponse | None, edited: EditedQuery, name: str, about: str, look: Presentation
) -> bool:
    """What could not even be saved is a change too."""
    if query is None:
        return False
    try:
        return query_differs(query, _data(edited, name, about, look))
    except ValidationError:
        return True


def _create(user: Actor, data: SavedQueryCreate) -> SavedQueryResponse:
    with session_scope() as session:
        return saved_queries.create_saved_query(session, actor=user, data=data)


def _save(user: Actor, query: SavedQueryResponse | None, data: SavedQueryCreate) -> SavedQueryResponse:
    if query is None:
        return once.made("query", data, lambda: _create(user, data))
    with session_scope() as session:
        update = SavedQueryUpdate.model_validate(data.model_dump())
        return saved_queries.update_saved_query(
            session, actor=user, saved_query_id=query.id, data=update, expected_version=version_of_form(query)
        )
