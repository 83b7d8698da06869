"""SQLite files, through the standard library's driver and the guard."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from core.errors import SourceError
from core.sources.base import BatchStream, Query, SourceCheck, TableInfo, Value
from core.sources.batches import Plan, RowBatches, Rows, bound_values, in_chunks
from core.sources.checks import Finding, timed
from core.sources.columns import Column, unique_names
from core.sources.placeholders import rewrite
from core.sources.sqlite_columns import column_of
from core.sources.sqlite_guard import Deadline, open_guarded, open_trusted
from core.sources.sqlite_probe import first_values
from core.text import plural

_CHECK_SECONDS = 5


class SqliteSource:
    """One file. `recheck` runs before each opening and raises when the file has become one of ours."""

    kind = "sqlite"

    def __init__(self, path: Path, *, recheck: Callable[[], object]) -> None:
        self._path = path
        self._recheck = recheck

    def check(self) -> SourceCheck:
        return timed(self._inspect)

    def _inspect(self) -> Finding:
        return Finding(f"The file opens and holds {plural(len(self.tables()), 'table or view', 'tables and views')}.")

    def tables(self) -> list[TableInfo]:
        """Read over a separate connection: PRAGMA is closed to users, and no statement of theirs runs here."""
        self._recheck()
        try:
            with closing(open_trusted(self._path)) as connection:
                connection.set_progress_handler(Deadline(_CHECK_SECONDS).passed, 1000)
                return [_table(connection, str(name)) for (name,) in connection.execute(_TABLES)]
        except sqlite3.Error as error:
            raise _opening_failed(error) from error

    @contextmanager
    def stream(self, query: Query) -> Iterator[BatchStream]:
        values = {name: _bindable(value) for name, value in bound_values(query).items()}
        self._recheck()
        deadline = Deadline(query.timeout_s)
        try:
            connection = open_guarded(self._path, deadline)
        except sqlite3.Error as error:
            raise _opening_failed(error) from error
        with closing(connection), _explained(query, deadline):
            cursor = connection.execute(rewrite(query.sql, "named"), values)
            names = unique_names([str(entry[0]) for entry in cursor.description or ()])
            plan = _plan(self._path, query.sql, values, names)
            yield RowBatches(_chunks(cursor, query, deadline), width=len(names), plan=plan, query=query)


_TABLES = (
    "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite!_%' ESCAPE '!' "
    "ORDER BY name"
)


def _table(connection: sqlite3.Connection, name: str) -> TableInfo:
    rows = connection.execute("SELECT name, type FROM pragma_table_info(?)", (name,))
    return TableInfo(name=name, schema=None, columns=tuple((str(column), str(kind)) for column, kind in rows))


def _plan(path: Path, sql: str, bound: dict[str, Any], names: list[str]) -> Plan:
    def plan(values: list[Sequence[Any]], complete: bool) -> list[Column]:
        samples = dict(enumerate(values))
        empty = [number for number, column in samples.items() if all(value is None for value in column)]
        if empty and not complete:
            ahead = first_values(path, sql, bound, width=len(names), empty=empty)
            samples |= {number: [value] for number, value in zip(empty, ahead, strict=True)}
        return [column_of(name, samples[number], complete=complete) for number, name in enumerate(names)]

    return plan


def _chunks(cursor: sqlite3.Cursor, query: Query, deadline: Deadline) -> Iterator[Rows]:
    with _explained(query, deadline):
        yield from in_chunks(cursor.fetchmany)


def _bindable(value: Value) -> int | float | str | None:
    """Dates as ISO text, the way SQLite keeps them; decimals as text, which compares by the column's affinity."""
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


@contextmanager
def _explained(query: Query, deadline: Deadline) -> Iterator[None]:
    """The driver's errors as sentences; the words of the database are kept."""
    try:
        yield
    except (sqlite3.Error, sqlite3.Warning, OverflowError) as error:
        raise _failure(error, query, deadline) from error


def _failure(error: Exception, query: Query, deadline: Deadline) -> SourceError:
    words = str(error).rstrip(".")
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_INTERRUPT and deadline.passed():
        return SourceError(
            f"The query ran longer than its limit of {query.timeout_s} s and was stopped.", error_class="time_limit"
        )
    if code in (sqlite3.SQLITE_AUTH, sqlite3.SQLITE_READONLY) or "not authorized" in words or "prohibited" in words:
        return SourceError(
            f"Only reading is allowed: write one SELECT. SQLite says: {words}.", error_class="permission"
        )
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return SourceError(
            f"The SQLite file is locked by another program: {words}.", error_class="connection", transient=True
        )
    return SourceError(f"SQLite refused the query: {words}.")


def _opening_failed(error: Exception) -> SourceError:
    busy = getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
    return SourceError(f"The SQLite file cannot be read: {error}.", error_class="connection", transient=busy)
