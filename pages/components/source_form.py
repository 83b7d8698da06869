"""A data source by form: the URL is put together here, and nobody has to know how it is spelled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from urllib.parse import quote

import streamlit as st

from core.database import read_scope, session_scope
from core.schemas.accounts import Actor
from core.schemas.content import DataSourceCreate, DataSourceResponse, SourceTest
from core.services import data_sources
from pages.components.feedback import plain, refusals_shown, say

_SSL: Final = ("prefer", "require", "verify-full", "disable")


def _sqlite() -> str:
    path = st.text_input(
        "Path of the file", key="source-path", placeholder="/srv/data/sales.db",
        help="A file on the server. It is opened for reading only.",
    )  # fmt: skip
    return f"sqlite:///{path.strip()}" if path else ""


def _postgresql() -> str:
    left, right = st.columns([3, 1])
    host = left.text_input("Host", key="source-host", placeholder="db.example.com")
    port = right.number_input("Port", 1, 65535, 5432, key="source-port")
    database = left.text_input("Database", key="source-database", placeholder="sales")
    ssl = right.selectbox("Encryption", _SSL, key="source-ssl", help="verify-full also checks the server's name.")
    user = left.text_input("User", key="source-user", help="Best one that may only read.", autocomplete="off")
    password = left.text_input("Password", type="password", key="source-password", autocomplete="new-password")
    login = quote(user, safe="") + (f":{quote(password, safe='')}" if password else "")
    return f"postgresql://{login}@{host.strip()}:{port}/{quote(database, safe='')}?sslmode={ssl}" if host else ""


def _other() -> str:
    return st.text_input(
        "SQLAlchemy URL", key="source-url", placeholder="mysql+pymysql://reader:secret@db/sales", type="password",
        help="Any database whose driver is installed on the server. It is kept encrypted.", autocomplete="off",
    )  # fmt: skip


_KINDS: Final[dict[str, Callable[[], str]]] = {"SQLite file": _sqlite, "PostgreSQL": _postgresql, "Other": _other}


def add_source(user: Actor) -> None:
    """A dialog: fill in, test, save."""

    @st.dialog("Add a data source", width="medium", icon=":material/database:")
    def ask() -> None:
        name = st.text_input("Name", key="source-name", placeholder="Sales", max_chars=200)
        kind = st.segmented_control("Kind", list(_KINDS), default="SQLite file", required=True, key="source-kind")
        url = _KINDS[kind]()
        shared = st.toggle("Let others query it", key="source-shared", help="They never see its password.")
        with st.container(horizontal=True):
            test = st.button("Test", icon=":material/bolt:", key="source-test", disabled=not url)
            save = st.button("Save", type="primary", icon=":material/save:", key="source-save")
        with refusals_shown():
            if test:
                show_test(_test_url(user, url))
            if save:
                _create(user, DataSourceCreate(name=name, url=url, shared=shared))
                st.rerun()

    ask()


def _create(user: Actor, data: DataSourceCreate) -> None:
    with session_scope() as session:
        made = data_sources.create_data_source(session, actor=user, data=data)
    say(f"{made.name} is saved.")


def _test_url(user: Actor, url: str) -> SourceTest:
    with read_scope() as session:
        prepared = data_sources.prepare_url_test(session, actor=user, url=url)
    with st.spinner("Connecting\u2026"):
        return data_sources.run_test(prepared)


def test_source(user: Actor, source: DataSourceResponse) -> SourceTest:
    """Connect, then keep the result beside the source."""
    with read_scope() as session:
        prepared = data_sources.prepare_test(session, actor=user, data_source_id=source.id)
    with st.spinner("Connecting\u2026"):
        result = data_sources.run_test(prepared)
    with session_scope() as session:
        data_sources.record_test(session, actor=user, data_source_id=source.id, result=result)
    return result


def show_test(result: SourceTest) -> None:
    show = st.success if result.ok else st.error
    show(
        f"{plain(result.detail)} ({result.elapsed_ms} ms)", icon=":material/check:" if result.ok else ":material/error:"
    )
