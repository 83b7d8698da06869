"""PostgreSQL, through psycopg.

One statement per call, by construction: `Cursor.stream` always speaks the extended protocol, in which the server
itself refuses `commit; insert ..`, with and without parameters. It also hands the rows over in chunks while the
server waits, so nothing piles up on either side.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import chain, islice
from typing import Any, Final, cast

import psycopg

from core.errors import SourceError
from core.sources.base import BatchStream, Query, SourceCheck, TableInfo, Value
from core.sources.batches import Plan, RowBatches, Rows, bound_values, in_chunks
from core.sources.checks import Finding, timed
from core.sources.placeholders import rewrite
from core.sources.postgresql_errors import connecting_failed, query_failed
from core.sources.postgresql_types import plan, read_everything_as_text

Connection = psycopg.Connection[tuple[Any, ...]]

_DRIVER_ROWS: Final = 256
_OUR_SECONDS: Final = 15
_CANCEL_SECONDS: Final = 5.0

# Spellings that the column types rely on, and the time limits. A superuser could undo none of it in one statement.
_SETTINGS: Final[dict[str, str]] = {
    "TimeZone": "UTC",
    "DateStyle": "ISO, MDY",
    "IntervalStyle": "postgres",
    "bytea_output": "hex",
    "extra_float_digits": "1",
    "standard_conforming_strings": "on",
}

_DANGEROUS: Final = """
    SELECT rolsuper, pg_has_role(current_user, 'pg_read_server_files', 'MEMBER'),
           pg_has_role(current_user, 'pg_write_server_files', 'MEMBER'),
           pg_has_role(current_user, 'pg_execute_server_program', 'MEMBER')
    FROM pg_roles WHERE rolname = current_user
"""
_DANGEROUS_NAMES: Final = (
    "superuser",
    "pg_read_server_files",
    "pg_write_server_files",
    "pg_execute_server_program",
)
_DOUBTFUL: Final = """
    SELECT EXISTS (
        SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
          AND n.nspname NOT LIKE 'pg!_%' ESCAPE '!' AND has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')
    ), has_table_privilege('pg_catalog.pg_authid', 'SELECT')
"""
_DOUBTS: Final = (
    "This role may also write. Reports run in read-only transactions, but a role with SELECT alone is safer.",
    "This role may read the password hashes of the server (pg_read_all_data includes them). "
    "Grant SELECT on the tables it needs instead.",
)
_TABLES: Final = """
    SELECT n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
      AND n.nspname NOT LIKE 'pg!_%' ESCAPE '!' AND has_schema_privilege(n.oid, 'USAGE')
      AND (has_table_privilege(c.oid, 'SELECT') OR has_any_column_privilege(c.oid, 'SELECT'))
    ORDER BY n.nspname, c.relname, a.attnum
"""


class PostgresqlSource:
    """One database. `conninfo` gives libpq's keywords, checked anew before each connection."""

    kind = "postgresql"

    def __init__(self, *, conninfo: Callable[[], dict[str, str | int]]) -> None:
        self._conninfo = conninfo

    def check(self) -> SourceCheck:
        """Not ok for a role that could read files or start programs on the server, whatever it is asked."""
        return timed(self._inspect)

    def _inspect(self) -> Finding:
        with self._transaction(timeout_s=_OUR_SECONDS) as connection, _ours():
            if powers := _powers(connection):
                return Finding(_privileged(powers), ok=False)
            return Finding(_greeting(connection), warnings=_warnings(connection))

    def tables(self) -> list[TableInfo]:
        found: dict[tuple[str, str], list[tuple[str, str]]] = {}
        with self._transaction(timeout_s=_OUR_SECONDS) as connection, _ours():
            for schema, table, column, kind in connection.execute(_TABLES):
                found.setdefault((schema, table), []).append((column, kind))
        return [TableInfo(table, schema, tuple(columns)) for (schema, table), columns in found.items()]

    @contextmanager
    def stream(self, query: Query) -> Iterator[BatchStream]:
        values = bound_values(query)
        with self._transaction(timeout_s=query.timeout_s) as connection:
            with _ours():
                if powers := _powers(connection):
                    raise SourceError(_privileged(powers), error_class="permission")
            read_everything_as_text(connection)
            chunks = _chunks(connection, query, values)
            with closing(chunks):
                # The first chunk brings the column types; an empty result has to be asked for them.
                first = next(chunks, None)
                with _explained(query):
                    description = first[0] if first else _description(connection, query, values)
                yield RowBatches(_rows(first, chunks), width=len(description), plan=_plan(description), query=query)

    @contextmanager
    def _transaction(self, *, timeout_s: int) -> Iterator[Connection]:
        """A read-only transaction that is rolled back; leaving early also ends the statement on the server."""
        connection = self._connect()
        try:
            with _ours():
                connection.read_only = True
                _configure(connection, timeout_s=timeout_s)
            yield connection
        finally:
            if connection.pgconn.transaction_status == psycopg.pq.TransactionStatus.ACTIVE:
                connection.cancel_safe(timeout=_CANCEL_SECONDS)
            connection.close()

    def _connect(self) -> Connection:
        keywords = self._conninfo()
        try:
            return psycopg.connect(**keywords)  # type: ignore[arg-type]  # libpq's keywords are all text or numbers
        except psycopg.Error as error:
            raise connecting_failed(error, secret=str(keywords.get("password") or "")) from None


def _configure(connection: Connection, *, timeout_s: int) -> None:
    settings = {
        **_SETTINGS,
        "statement_timeout": str(timeout_s * 1000),
        "idle_in_transaction_session_timeout": str((timeout_s + 60) * 1000),
    }
    if connection.info.server_version >= 140000:
        # A process of ours that dies without a word must not leave its statement running.
        settings["client_connection_check_interval"] = "2000"
    calls = ", ".join("set_config(%s, %s, false)" for _ in settings)
    connection.execute(f"SELECT {calls}", list(chain.from_iterable(settings.items())))


Chunk = tuple[Sequence[psycopg.Column], Rows]
Rowwise = Generator[tuple[Any, ...], None, None]


def _chunks(connection: Connection, query: Query, values: dict[str, Value]) -> Generator[Chunk, None, None]:
    """(description, rows) pieces; closing the generator cancels the statement."""
    cursor = connection.cursor()
    stream = cast(Rowwise, cursor.stream(rewrite(query.sql, "pyformat"), values, size=_DRIVER_ROWS))
    with closing(cursor), _explained(query), closing(stream) as rows:
        for chunk in in_chunks(lambda size: list(islice(rows, size))):
            yield cursor.description or (), chunk


def _rows(first: Chunk | None, rest: Iterator[Chunk]) -> Iterator[Rows]:
    if first is not None:
        yield first[1]
    del first
    for _, rows in rest:
        yield rows


def _description(connection: Connection, query: Query, values: dict[str, Value]) -> Sequence[psycopg.Column]:
    """Declaring a cursor plans the statement without running it."""
    with connection.cursor(name="rooster_columns") as cursor:
        cursor.execute(rewrite(query.sql, "pyformat"), values)
        return cursor.description or ()


def _plan(description: Sequence[psycopg.Column]) -> Plan:
    return lambda values, complete: plan(description, values, complete)


@contextmanager
def _explained(query: Query) -> Iterator[None]:
    try:
        yield
    except (psycopg.Error, UnicodeError) as error:
        raise query_failed(error, query) from error


@contextmanager
def _ours() -> Iterator[None]:
    """Around statements of our own: what fails there is the connection or the rights, not the user's SQL."""
    try:
        yield
    except psycopg.Error as error:
        raise connecting_failed(error) from error


def _powers(connection: Connection) -> list[str]:
    row = connection.execute(_DANGEROUS).fetchone() or ()
    return [name for name, has in zip(_DANGEROUS_NAMES, row, strict=False) if has]


def _privileged(powers: Sequence[str]) -> str:
    return (
        f"This role is a {powers[0]}: a query could read files or start programs on the database server. "
        "Make a role that can only read and use it instead: CREATE ROLE report_reader LOGIN PASSWORD '...'; "
        "GRANT USAGE ON SCHEMA public TO report_reader; GRANT SELECT ON ALL TABLES IN SCHEMA public TO report_reader; "
        "ALTER ROLE report_reader SET default_transaction_read_only = on;"
        if powers[0] == "superuser"
        else f"This role is a member of {powers[0]}: a query could reach files or programs of the database server. "
        f"Take it away with REVOKE {powers[0]} FROM the role, or use a role that can only read."
    )


def _greeting(connection: Connection) -> str:
    row = connection.execute("SELECT current_database(), current_user, current_setting('server_version')").fetchone()
    assert row is not None
    return f"Connected to the database {row[0]!r} as {row[1]!r}, PostgreSQL {row[2]}."


def _warnings(connection: Connection) -> tuple[str, ...]:
    row = connection.execute(_DOUBTFUL).fetchone() or ()
    return tuple(warning for warning, applies in zip(_DOUBTS, row, strict=False) if applies)
