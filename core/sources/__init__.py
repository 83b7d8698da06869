"""Reading other people's databases: a URL becomes a `Source`, after everything forbidden has been refused."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Final

from sqlalchemy.engine import URL

from core.sources.base import BatchStream, Query, Source, SourceCheck, SourceOptions, TableInfo
from core.sources.dialects import Dialect
from core.sources.generic import GenericSource
from core.sources.postgresql import PostgresqlSource
from core.sources.sqlite import SqliteSource
from core.sources.urls import check_server, dialect_of, mask_url, parse, readable_file, validate_url

__all__ = [
    "BatchStream",
    "Query",
    "Source",
    "SourceCheck",
    "SourceOptions",
    "TableInfo",
    "mask_url",
    "open_source",
    "validate_url",
]


def open_source(url: str, *, options: SourceOptions) -> Source:
    """The reader for a URL. Connects to nothing yet; raises `SourceError` when the URL is not allowed."""
    validate_url(url, options)
    parsed = parse(url)
    dialect = dialect_of(parsed)
    return _OPENERS.get(dialect.name, _open_generic)(parsed, dialect, options)


def _open_sqlite(url: URL, _: Dialect, options: SourceOptions) -> Source:
    return SqliteSource(readable_file(url, options), recheck=lambda: readable_file(url, options))


def _open_postgresql(url: URL, dialect: Dialect, options: SourceOptions) -> Source:
    return PostgresqlSource(conninfo=lambda: _conninfo(url, dialect, options))


def _conninfo(url: URL, dialect: Dialect, options: SourceOptions) -> dict[str, str | int]:
    """libpq's keywords. A checked address is connected to directly, so the name cannot change under it."""
    addresses = check_server(url, dialect, options)
    keywords: dict[str, str | int] = {
        "client_encoding": "utf8",
        "application_name": "rooster",
        "connect_timeout": options.connect_timeout_s,
        # A file that cannot be: libpq would look for a password in the home of the account that runs us.
        "passfile": os.path.join(os.devnull, "none"),
        "port": url.port or dialect.port,
        "host": ",".join([url.host or ""] * max(1, len(addresses))),
        "hostaddr": ",".join(addresses),
        "dbname": url.database or "",
        "user": url.username or "",
        "password": url.password or "",
    }
    arguments = {name: str(value) for name, value in url.query.items()}
    return {name: value for name, value in {**keywords, **arguments}.items() if value != ""}


def _open_generic(url: URL, dialect: Dialect, options: SourceOptions) -> Source:
    def recheck() -> None:
        if dialect.is_file:
            readable_file(url, options)
        else:
            check_server(url, dialect, options)

    settled = url.set(database=str(readable_file(url, options))) if dialect.is_file else url
    return GenericSource(settled, dialect, recheck=recheck)


_OPENERS: Final[dict[str, Callable[[URL, Dialect, SourceOptions], Source]]] = {
    "sqlite": _open_sqlite,
    "postgresql": _open_postgresql,
}
