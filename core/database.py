"""The engine and the two session scopes, for SQLite and PostgreSQL alike.

SQLite: the driver's own transaction handling loses updates (66 of 600 concurrent increments survived), so it is
switched off and every writing transaction begins IMMEDIATE. Readers begin deferred: they never wait for a writer.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import DateTime, create_engine, event, func, select
from sqlalchemy.engine import Connection, Engine, make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.sql import ColumnElement

from core.settings import get_settings

BUSY_TIMEOUT_MS: Final = 30_000
# What the layers above catch when the metadata database is away: they know no SQLAlchemy.
DatabaseUnavailable = OperationalError

_lock = threading.Lock()
_engine: Engine | None = None
_sessions: sessionmaker[Session] | None = None

# Option of a connection that says how its transaction on SQLite shall begin.
_BEGIN: Final = "rooster_begin"


def make_engine(url: str) -> Engine:
    """An engine for the metadata database; `postgresql://` means psycopg 3."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        engine = create_engine(parsed, connect_args={"check_same_thread": False}, hide_parameters=True)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    return create_engine(parsed, pool_pre_ping=True, pool_size=5, max_overflow=15, hide_parameters=True)


def _prepare_sqlite(connection: Any, _record: ConnectionPoolEntry) -> None:
    assert isinstance(connection, sqlite3.Connection)
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    connection.execute("PRAGMA journal_mode = WAL")
    # FULL, since a mail recorded as sent must survive a power cut: this file is the ledger.
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get(_BEGIN, "BEGIN IMMEDIATE"))


def get_engine() -> Engine:
    """The engine of this process, made on first use."""
    global _engine, _sessions
    with _lock:
        if _engine is None:
            _engine = make_engine(get_settings().database)
            _sessions = sessionmaker(_engine, expire_on_commit=False)
        return _engine


def use_engine(engine: Engine | None) -> None:
    """Replace the engine of this process (tests; a child after a fork); None disposes of it."""
    global _engine, _sessions
    with _lock:
        if _engine is not None and _engine is not engine:
            _engine.dispose()
        _engine = engine
        _sessions = sessionmaker(engine, expire_on_commit=False) if engine is not None else None


def _new_session() -> Session:
    get_engine()
    assert _sessions is not None
    return _sessions()


@contextmanager
def session_scope() -> Iterator[Session]:
    """A writing transaction: commits at the end, rolls back on any error."""
    with _new_session() as session, session.begin():
        # Begin at once: on SQLite this takes the write lock before anything is read.
        session.connection()
        yield session


@contextmanager
def read_scope() -> Iterator[Session]:
    """A reading transaction: waits for nobody, writes nothing."""
    with _new_session() as session:
        session.connection(execution_options={_BEGIN: "BEGIN"})
        yield session
        session.rollback()


def db_now(session: Session) -> datetime:
    """The database's own clock, for leases and heartbeats: hosts disagree about the time, the database does not."""
    value = session.scalar(select(db_now_sql(session)))
    assert isinstance(value, (datetime, str))
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def db_now_sql(session: Session) -> ColumnElement[Any]:
    """The expression behind `db_now`; PostgreSQL's `now()` would stand still within a transaction."""
    if session.get_bind().dialect.name == "sqlite":
        return func.strftime("%Y-%m-%d %H:%M:%f000", "now")
    return func.clock_timestamp(type_=DateTime(timezone=True))


def is_reachable() -> bool:
    """Does the metadata database answer?"""
    try:
        with read_scope() as session:
            return bool(session.scalar(select(1)) == 1)
    except OperationalError:
        return False
