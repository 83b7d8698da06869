"""The fields of a data source by kind: the URL is put together here, and nobody has to know how it is spelled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import streamlit as st

from core.schemas.content import DataSourceResponse
from core.services.source_urls import MASK, UrlParts, put_together, take_apart

_SSL: Final = ("prefer", "require", "verify-full", "disable")
_PORT: Final = 5432
_KEPT: Final = "Left empty: the saved one is kept"
SQLITE: Final = "SQLite file"
POSTGRESQL: Final = "PostgreSQL"
OTHER: Final = "Other"
_NOTHING: Final = UrlParts("")


def kind_of(source: DataSourceResponse) -> str:
    return {"sqlite": SQLITE, "postgresql": POSTGRESQL}.get(source.kind, OTHER)


def url_fields(kind: str, source: DataSourceResponse | None, *, key: str) -> str:
    """The URL of what stands in the fields, empty while they are; a kept password is its mask. Raises InvalidInput."""
    return KINDS[kind](take_apart(source.url) if source else _NOTHING, key)


def _sqlite(parts: UrlParts, key: str) -> str:
    path = st.text_input(
        "Path of the file", value=parts.database, key=f"{key}-path", placeholder="/srv/data/sales.db",
        help="A file on the server. It is opened for reading only.",
    )  # fmt: skip
    return f"sqlite:///{path.strip()}" if path.strip() else ""


def _postgresql(parts: UrlParts, key: str) -> str:
    left, right = st.columns([3, 1])
    host = left.text_input("Host", value=parts.host, key=f"{key}-host", placeholder="db.example.com")
    port = right.number_input("Port", 1, 65535, parts.port or _PORT, key=f"{key}-port")
    database = left.text_input("Database", value=parts.database, key=f"{key}-database", placeholder="sales")
    mode = str(parts.query.get("sslmode", _SSL[0]))
    modes = list(dict.fromkeys([mode, *_SSL])) if mode not in _SSL else list(_SSL)
    ssl = right.selectbox(
        "Encryption",
        modes,
        index=modes.index(mode),
        key=f"{key}-ssl",
        help="verify-full also checks the server's name.",
    )
    user = left.text_input(
        "User", value=parts.username, key=f"{key}-user", help="Best one that may only read.", autocomplete="off"
    )
    password = _password(parts, key)
    if not host.strip():
        return ""
    return put_together(replace(
        parts, kind=parts.kind or "postgresql", host=host.strip(), port=port, database=database.strip(),
        username=user.strip(), password=password, query={**parts.query, "sslmode": ssl},
    ))  # fmt: skip


def _other(parts: UrlParts, key: str) -> str:
    if not parts.kind:
        return st.text_input(
            "SQLAlchemy URL", key=f"{key}-url", placeholder="mysql+pymysql://reader:secret@db/sales", type="password",
            help="Any database whose driver is installed on the server. It is kept encrypted.", autocomplete="off",
        ).strip()  # fmt: skip
    url = st.text_input("SQLAlchemy URL", value=put_together(parts), key=f"{key}-url", autocomplete="off").strip()
    password = _password(parts, key)
    return put_together(replace(take_apart(url), password=password)) if url and password != MASK else url


def _password(parts: UrlParts, key: str) -> str:
    """Never shown; left empty, what is saved stays."""
    stored = parts.password == MASK
    typed = st.text_input(
        "Password", type="password", key=f"{key}-password", autocomplete="new-password",
        placeholder=_KEPT if stored else None,
        help="For another server or user it has to be entered again." if stored else None,
    )  # fmt: skip
    return typed or (MASK if stored else "")


KINDS: Final[dict[str, Callable[[UrlParts, str], str]]] = {SQLITE: _sqlite, POSTGRESQL: _postgresql, OTHER: _other}
