"""Any other database that SQLAlchemy speaks to: unbuffered, in pieces, read-only where the database knows how.

What the database cannot promise (a time limit, a read-only transaction) is made up for here: the limit is looked
at between pieces, and the transaction is always rolled back. The role's rights remain the real wall.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from time import monotonic
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, CursorResult, Engine
from sqlalchemy.exc import DBAPIError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from core.errors import SourceError
from core.sources.base import FIRST_ROWS, BatchStream, Query, SourceCheck, TableInfo, Value
from core.sources.batches import Plan, RowBatches, Rows, bound_values, in_chunks
from core.sources.checks import Finding, timed
from core.sources.columns import Column, infer, unique_names
from core.sources.dialects import Dialect
from core.sources.placeholders import rewrite
from core.sources.reading import check_reads_only
from core.text import one_line

_OUR_SECONDS = 15


class GenericSource:
    """One database behind SQLAlchemy. `recheck` runs before each connection and raises when it must not be made."""

    def __init__(self, url: URL, dialect: Dialect, *, recheck: Callable[[], object]) -> None:
        self.kind = dialect.name
        self._url = url
        self._dialect = dialect
        self._recheck = recheck

    def check(self) -> SourceCheck:
        return timed(self._inspect)

    def _inspect(self) -> Finding:
        warning = "Use a role that can only read: this kind of database is not watched as closely as PostgreSQL."
        with self._connection(timeout_s=_OUR_SECONDS):
            return Finding(f"Connected to {self.kind}.", warnings=(warning,))

    def tables(self) -> list[TableInfo]:
        with self._connection(timeout_s=_OUR_SECONDS) as connection:
            inspector = sa.inspect(connection)
            names = [*inspector.get_table_names(), *inspector.get_view_names()]
            return [_table(inspector, name) for name in sorted(names)]

    @contextmanager
    def stream(self, query: Query) -> Iterator[BatchStream]:
        values = bound_values(query)
        if not self._dialect.reads_only:
            check_reads_only(query.sql)
        with self._connection(timeout_s=query.timeout_s) as connection:
            result = _execute(connection, query, values)
            names = unique_names([str(name) for name in result.keys()])
            yield RowBatches(_chunks(result, query), width=len(names), plan=_plan(names), query=query)

    @contextmanager
    def _connection(self, *, timeout_s: int) -> Iterator[Connection]:
        self._recheck()
        engine = self._engine()
        try:
            with self._connected(engine) as connection:
                try:
                    for statement in self._dialect.before:
                        connection.exec_driver_sql(statement.format(ms=timeout_s * 1000))
                    yield connection
                finally:
                    connection.rollback()
        except (SQLAlchemyError, ImportError) as error:
            raise self._failure(error, timeout_s=timeout_s) from None
        finally:
            engine.dispose()

    def _connected(self, engine: Engine) -> Connection:
        """Raises SourceError `connection`, transient unless the door was shut for good."""
        try:
            return engine.connect()
        except DBAPIError as error:
            reason = f"{self.kind} cannot be reached: {self._words(error)}."
            transient = _code(error) not in self._dialect.hopeless
            raise SourceError(reason, error_class="connection", transient=transient) from None

    def _engine(self) -> Engine:
        url = self._url if "+" in self._url.drivername else self._url.set(drivername=self._drivername())
        try:
            return sa.create_engine(
                url, poolclass=NullPool, hide_parameters=True, connect_args=dict(self._dialect.connect)
            )
        except (NoSuchModuleError, ImportError):
            package = self._dialect.package
            raise SourceError(
                f"Reading {self.kind} needs the Python package {package}, which is not installed. "
                f"Run 'pip install {package}' where Rooster runs, then start it again.",
                error_class="driver",
            ) from None

    def _drivername(self) -> str:
        driver = self._dialect.drivers[0]
        # Dialects of other packages register under their plain name.
        return self.kind if driver in (self.kind, f"{self.kind}_engine") else f"{self.kind}+{driver}"

    def _failure(self, error: Exception, *, timeout_s: int) -> SourceError:
        """The driver's words only: SQLAlchemy's own add the statement and links, the URL never appears."""
        if _code(error) in self._dialect.timed_out:
            return _too_long(timeout_s)
        words = self._words(error)
        lost = isinstance(error, DBAPIError) and error.connection_invalidated
        if lost:
            message = f"The connection to {self.kind} was lost: {words}."
            return SourceError(message, error_class="connection", transient=True)
        return SourceError(f"The {self.kind} database refused: {words}.")

    def _words(self, error: Exception) -> str:
        words = one_line(str(getattr(error, "orig", None) or error)).rstrip(".")
        return words.replace(str(self._url.password), "***") if self._url.password else words


def _code(error: Exception) -> object:
    """The driver's number, where it has one."""
    return next(iter(getattr(getattr(error, "orig", None), "args", ())), None)


def _table(inspector: sa.Inspector, name: str) -> TableInfo:
    columns = tuple((str(column["name"]), str(column["type"])) for column in inspector.get_columns(name))
    return TableInfo(name=name, schema=inspector.default_schema_name, columns=columns)


def _execute(connection: Connection, query: Query, values: dict[str, Value]) -> CursorResult[Any]:
    streaming = connection.execution_options(stream_results=True, max_row_buffer=FIRST_ROWS)
    result = streaming.execute(sa.text(rewrite(query.sql, "sqlalchemy")), values)
    if not result.returns_rows:
        raise SourceError("The statement returns no rows of data. Write a SELECT.")
    return result


def _chunks(result: CursorResult[Any], query: Query) -> Iterator[Rows]:
    end = monotonic() + query.timeout_s
    for rows in in_chunks(lambda size: [tuple(row) for row in result.fetchmany(size)]):
        if monotonic() >= end:
            raise _too_long(query.timeout_s)
        yield rows


def _too_long(seconds: int) -> SourceError:
    return SourceError(f"The query ran longer than its limit of {seconds} s and was stopped.", error_class="time_limit")


def _plan(names: list[str]) -> Plan:
    def plan(values: list[Sequence[Any]], complete: bool) -> list[Column]:
        return [infer(name, column, complete=complete) for name, column in zip(names, values, strict=True)]

    return plan
