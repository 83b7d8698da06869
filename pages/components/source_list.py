"""The list of data sources, each with its state, its tables and what can be done."""

from __future__ import annotations

from typing import Final

import streamlit as st

from core.database import read_scope, session_scope
from core.schemas.accounts import Actor
from core.schemas.content import DataSourceResponse, DataSourceUpdate, SourceTable
from core.services import data_sources, sharing
from core.text import plural
from pages.components.confirm import confirm
from pages.components.feedback import act, plain, refuse, say
from pages.components.layout import empty_state, list_head, list_row
from pages.components.pages_map import QUERY, open_link
from pages.components.share_panel import Lent, after_cut_off, share_dialog
from pages.components.source_form import add_source, edit_source, test_source
from pages.components.times import relative

_WIDTHS: Final = (2.4, 1.6, 3.6, 1.3)
_TEST, _TABLES, _EDIT, _SHARE, _DELETE = "Test", "Tables", "Edit", "Share", "Delete"
_LEND: Final = "Share with people\u2026"
_MOST_TABLES: Final = 200


def show(user: Actor, sources: list[DataSourceResponse]) -> None:
    if not sources:
        with empty_state(
            ":material/database:",
            "No data source yet",
            "A data source is a database that your queries read: a SQLite file, PostgreSQL or another one.",
        ):
            if st.button("Add a data source", type="primary", icon=":material/add:", key="first-source"):
                add_source(user)
        return
    list_head(_WIDTHS, ("Name", "State", "Address", ""))
    for source in sources:
        _row(user, source)


def _row(user: Actor, source: DataSourceResponse) -> None:
    name, state, address, menu = list_row(f"source-{source.id}", _WIDTHS)
    name.markdown(f"**{plain(source.name)}**" + (" :small[:gray[shared]]" if source.shared else ""))
    with state:
        _state(source)
    address.caption(plain(source.url) if source.is_owner else "Shared by somebody else")
    options = [_TEST, _TABLES, *([_EDIT, _LEND, _SHARE, _DELETE] if source.is_owner else [])]
    labels = {_SHARE: "Stop sharing with everybody" if source.shared else "Share with everybody"}
    with menu:
        choice = st.menu_button(
            "Actions", options, key=f"source-{source.id}", type="tertiary",
            format_func=lambda option: labels.get(option, option),
        )  # fmt: skip
    if choice:
        _perform(user, source, choice)


def _state(source: DataSourceResponse) -> None:
    if source.last_test_ok is None:
        st.badge("Not tested", icon=":material/help:", color="gray")
    elif source.last_test_ok:
        st.badge("Reachable", icon=":material/check_circle:", color="green", help=relative(source.last_test_at))
    else:
        st.badge("Not reachable", icon=":material/error:", color="red", help=relative(source.last_test_at))


def _perform(user: Actor, source: DataSourceResponse, choice: str) -> None:
    if choice == _DELETE:
        confirm(
            f"Delete {source.name}?",
            "The database itself is not touched. When queries still use it, nothing happens and they are named.",
            yes="Delete",
            action=lambda: _delete(user, source),
        )
    elif choice == _EDIT:
        edit_source(user, source)
    elif choice == _LEND:
        share_dialog(user, Lent("data_source", source.id, source.name), level="use")
    elif choice == _TABLES:
        _browse(user, source)
    else:
        act(_test if choice == _TEST else _share, user, source)
        st.rerun()


def _test(user: Actor, source: DataSourceResponse) -> None:
    result = test_source(user, source)
    (say if result.ok else refuse)(f"{source.name}: {result.detail}")


def _share(user: Actor, source: DataSourceResponse) -> str:
    data = DataSourceUpdate(shared=not source.shared)
    with session_scope() as session:
        data_sources.update_data_source(session, actor=user, data_source_id=source.id, data=data)
        left_out = sharing.cut_off(session, actor=user, data_source_id=source.id)
    now = "not shared with everybody any more" if source.shared else "shared with everybody here"
    return f"{source.name} is {now}. {after_cut_off(left_out)}".strip()


def _delete(user: Actor, source: DataSourceResponse) -> str:
    with session_scope() as session:
        data_sources.delete_data_source(session, actor=user, data_source_id=source.id)
    return f"{source.name} was deleted."


def _browse(user: Actor, source: DataSourceResponse) -> None:
    with read_scope() as session:
        prepared = data_sources.prepare_tables(session, actor=user, data_source_id=source.id)
    with st.spinner("Reading the tables\u2026"):
        tables = data_sources.run_tables(prepared)

    @st.dialog(source.name, width="large", icon=":material/table:")
    def browse() -> None:
        search = st.text_input("Find a table or column", key="table-search", icon=":material/search:").casefold()
        found = [table for table in tables if search in f"{table.name} {dict(table.columns)}".casefold()]
        st.caption(plural(len(found), "table"))
        for table in found[:_MOST_TABLES]:
            _table(table)
        open_link(QUERY, "Write a query", source.id, name="source", icon=":material/code:")

    browse()


def _table(table: SourceTable) -> None:
    name = f"{table.db_schema}.{table.name}" if table.db_schema else table.name
    with st.expander(f"{plain(name)} \u00b7 {plural(len(table.columns), 'column')}"):
        st.table(
            {"Column": [name for name, _ in table.columns], "Type": [kind for _, kind in table.columns]},
            border="horizontal",
        )
