"""Adding and editing a data source in a dialog: fill in, test, save. Enter saves."""

from __future__ import annotations

from typing import Final
from uuid import UUID

import streamlit as st

from core.database import read_scope, session_scope
from core.errors import InvalidInput
from core.schemas.accounts import Actor
from core.schemas.content import DataSourceCreate, DataSourceResponse, DataSourceUpdate, SourceTest
from core.services import data_sources
from pages.components import once
from pages.components.feedback import plain, refusals_shown, say
from pages.components.source_fields import KINDS, SQLITE, kind_of, url_fields

_TIMEOUT_S: Final = 300


def add_source(user: Actor) -> None:
    @st.dialog("Add a data source", width="medium", icon=":material/database:")
    def ask() -> None:
        kind = st.segmented_control("Kind", list(KINDS), default=SQLITE, required=True, key="source-kind")
        with refusals_shown():
            source_form(user, None, kind)

    ask()


def edit_source(user: Actor, source: DataSourceResponse) -> None:
    @st.dialog(f"Edit {plain(source.name)}", width="medium", icon=":material/database:")
    def ask() -> None:
        with refusals_shown():
            source_form(user, source, kind_of(source))

    ask()


def source_form(user: Actor, source: DataSourceResponse | None, kind: str) -> None:
    """The fields and the two buttons; raises what a service or a schema refuses."""
    key = f"source-{source.id}" if source else "source"
    with st.form(f"{key}-form", border=False):
        name = st.text_input(
            "Name", value=source.name if source else "", key=f"{key}-name", placeholder="Sales", max_chars=200
        )
        url = url_fields(kind, source, key=key)
        timeout = st.number_input(
            "Time limit of a query, in seconds", 1, 3600, source.statement_timeout_s if source else _TIMEOUT_S,
            key=f"{key}-timeout", help="A query that takes longer is stopped.",
        )  # fmt: skip
        shared = st.toggle(
            "Let others query it", value=bool(source and source.shared), key=f"{key}-shared",
            help="They never see its address or password.",
        )  # fmt: skip
        with st.container(horizontal=True):
            # Enter in a field means the first button.
            save = st.form_submit_button("Save", type="primary", icon=":material/save:", key=f"{key}-save")
            test = st.form_submit_button("Test", icon=":material/bolt:", key=f"{key}-test")
    if test:
        _show_test(_test_url(user, url, source, key))
    if save:
        data = DataSourceCreate(name=name, url=url, shared=shared, statement_timeout_s=timeout)
        saved = _update(user, source, data) if source else once.made("source", data, lambda: _create(user, data))
        _keep_test(user, saved.id, url, key)
        say(f"{saved.name} is saved.")
        st.rerun()


def _create(user: Actor, data: DataSourceCreate) -> DataSourceResponse:
    with session_scope() as session:
        return data_sources.create_data_source(session, actor=user, data=data)


def _update(user: Actor, source: DataSourceResponse, data: DataSourceCreate) -> DataSourceResponse:
    update = DataSourceUpdate.model_validate(data.model_dump())
    with session_scope() as session:
        return data_sources.update_data_source(session, actor=user, data_source_id=source.id, data=update)


def _test_url(user: Actor, url: str, source: DataSourceResponse | None, key: str) -> SourceTest:
    if not url:
        raise InvalidInput("Fill in where the database is, then test it.", field="url")
    with read_scope() as session:
        prepared = data_sources.prepare_url_test(
            session, actor=user, url=url, data_source_id=source.id if source else None
        )
    with st.spinner("Connecting\u2026"):
        result = data_sources.run_test(prepared)
    st.session_state[f"{key}-tested"] = (hash(url), result)
    return result


def _keep_test(user: Actor, source_id: UUID, url: str, key: str) -> None:
    """What was tested a moment ago and saved just like that needs no second test."""
    tested, result = st.session_state.pop(f"{key}-tested", (None, None))
    if result is not None and tested == hash(url):
        with session_scope() as session:
            data_sources.record_test(session, actor=user, data_source_id=source_id, result=result)


def test_source(user: Actor, source: DataSourceResponse) -> SourceTest:
    """Connect, then keep the result beside the source."""
    with read_scope() as session:
        prepared = data_sources.prepare_test(session, actor=user, data_source_id=source.id)
    with st.spinner("Connecting\u2026"):
        result = data_sources.run_test(prepared)
    with session_scope() as session:
        data_sources.record_test(session, actor=user, data_source_id=source.id, result=result)
    return result


def _show_test(result: SourceTest) -> None:
    show = st.success if result.ok else st.error
    show(
        f"{plain(result.detail)} ({result.elapsed_ms} ms)", icon=":material/check:" if result.ok else ":material/error:"
    )
