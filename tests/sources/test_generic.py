"""Databases without a reader of their own go through SQLAlchemy."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pyarrow as pa
import pytest
from sqlalchemy.dialects import registry
from sqlalchemy.engine import make_url

from core.errors import SourceError
from core.sources import SourceOptions, open_source
from core.sources.columns import convert, infer
from core.sources.dialects import DIALECTS
from core.sources.generic import GenericSource
from tests.fixtures_worker import free_port
from tests.sources.helpers import ENDLESS, ask, read, sqlite_file


@pytest.fixture
def source(tmp_path: Path) -> GenericSource:
    script = "create table t (a integer, b text); insert into t values (1, '00742'), (2, 'it''s 50% :x');"
    path = sqlite_file(tmp_path / "data.db", script)
    return GenericSource(make_url(f"sqlite:///{path}"), DIALECTS["sqlite"], recheck=lambda: None)


def test_rows_arrive_as_they_are(source: GenericSource) -> None:
    table = read(source, "SELECT a, b FROM t WHERE a < :top AND b <> ':a' AND b NOT LIKE '%z'", top=3)
    assert table.to_pylist() == [{"a": 1, "b": "00742"}, {"a": 2, "b": "it's 50% :x"}]


def test_an_endless_query_comes_in_batches(source: GenericSource) -> None:
    with source.stream(ask(ENDLESS, max_rows=10**12)) as stream:
        batches = iter(stream)
        assert [next(batches).num_rows, next(batches).num_rows] == [8192, 8192]


def test_the_row_limit_and_the_time_limit_hold(source: GenericSource) -> None:
    with pytest.raises(SourceError, match="ROOSTER_MAX_ROWS"):
        read(source, ENDLESS, max_rows=10_000)
    with pytest.raises(SourceError, match="limit of 0 s") as caught:
        read(source, ENDLESS, max_rows=10**12, timeout_s=0)
    assert caught.value.error_class == "time_limit"


def test_what_a_statement_wrote_is_rolled_back(tmp_path: Path) -> None:
    path = sqlite_file(tmp_path / "data.db", "create table t (a integer); insert into t values (1);")
    watched = replace(DIALECTS["sqlite"], before=("PRAGMA encoding",))
    source = GenericSource(make_url(f"sqlite:///{path}"), watched, recheck=lambda: None)
    assert read(source, "INSERT INTO t VALUES (3) RETURNING a").num_rows == 1
    assert read(source, "SELECT a FROM t").num_rows == 1


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("INSERT INTO t VALUES (3, 'x') RETURNING a", "Write a SELECT"),
        ("/* SELECT */ DELETE FROM t", "Write a SELECT"),
        ("WITH x AS (SELECT 1) DELETE FROM t RETURNING a", "'DELETE' changes data"),
        ("SELECT a INTO copy FROM t", "'INTO' changes data"),
        ("SELECT a FROM t; SELECT b FROM t", "Write one statement"),
        ("", "Write a SELECT"),
    ],
)
def test_without_read_only_transactions_the_statement_is_looked_at(source: GenericSource, sql: str, words: str) -> None:
    with pytest.raises(SourceError, match=words) as caught:
        read(source, sql)
    assert caught.value.error_class == "permission"


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 'insert; delete' AS a",
        'SELECT a AS "update" FROM t -- drop; it',
        "WITH x AS (SELECT a FROM t) SELECT a FROM x WHERE a > :low ;\n",
        "SELECT replace(b, 'x', 'y') AS updated, [b] AS [merge] FROM t /* into */",
    ],
)
def test_what_only_reads_passes_the_look(source: GenericSource, sql: str) -> None:
    assert read(source, sql, low=0).num_rows >= 1


def test_any_dialect_that_is_installed_can_be_read(tmp_path: Path) -> None:
    registry.register("rookery", "sqlalchemy.dialects.sqlite.pysqlite", "dialect")
    path = sqlite_file(tmp_path / "data.db", "create table t (a integer); insert into t values (7);")
    opened = open_source(f"rookery:///{path}", options=SourceOptions())
    assert (opened.kind, read(opened, "SELECT a FROM t").to_pylist()) == ("rookery", [{"a": 7}])
    with pytest.raises(SourceError, match="install the package that brings this one to SQLAlchemy") as caught:
        open_source("firebird://u:canary@h/d", options=SourceOptions())
    assert "canary" not in caught.value.message


def test_a_server_that_is_away_may_be_back_soon() -> None:
    source = open_source(f"mysql://u:canary@127.0.0.1:{free_port()}/d", options=SourceOptions())
    with pytest.raises(SourceError, match="mysql cannot be reached") as caught:
        source.tables()
    assert (caught.value.error_class, caught.value.transient) == ("connection", True)
    assert "canary" not in caught.value.message


def test_errors_keep_the_words_of_the_database_alone(source: GenericSource) -> None:
    with pytest.raises(SourceError) as caught:
        read(source, "SELECT nosuch FROM t")
    assert caught.value.message == "The sqlite database refused: no such column: nosuch."


def test_the_schema_browser_lists_tables(source: GenericSource) -> None:
    assert [(table.name, table.columns) for table in source.tables()] == [("t", (("a", "INTEGER"), ("b", "TEXT")))]


@pytest.mark.parametrize(("kind", "package"), [("oracle", "oracledb"), ("snowflake", "snowflake-sqlalchemy")])
def test_a_missing_driver_names_the_package_to_install(kind: str, package: str) -> None:
    source = open_source(f"{kind}://u:canary@127.0.0.1/d", options=SourceOptions())
    with pytest.raises(SourceError, match=f"pip install {package}") as caught:
        source.tables()
    assert caught.value.error_class == "driver"
    assert (source.check().ok, "canary" in source.check().detail) == (False, False)


_MIXED = [
    ([True, None], pa.bool_(), [True, None]),
    ([True, 2], pa.string(), ["True", "2"]),
    ([2**63, 1], pa.decimal128(38, 0), [Decimal(2**63), Decimal(1)]),
    ([10**40], pa.string(), ["1" + "0" * 40]),
    ([Decimal("1.10"), Decimal("2")], pa.decimal128(38, 2), [Decimal("1.10"), Decimal("2.00")]),
    ([Decimal("NaN")], pa.string(), ["NaN"]),
    ([Decimal("1E+5")], pa.decimal128(38, 0), [Decimal(100000)]),
    ([datetime(2013, 1, 1, 5), date(2013, 1, 1)], pa.string(), ["2013-01-01 05:00:00", "2013-01-01"]),  # noqa: DTZ001
    ([timedelta(days=40, seconds=1)], pa.string(), ["40 days, 0:00:01"]),
    ([UUID(int=1)], pa.string(), ["00000000-0000-0000-0000-000000000001"]),
    ([{"a": "é"}, [1]], pa.string(), ['{"a": "é"}', "[1]"]),
    (["a\ud800b"], pa.string(), ["a\ufffd\ufffd\ufffdb"]),
]


@pytest.mark.parametrize(("values", "kind", "expected"), _MIXED)
def test_any_python_value_finds_an_exact_column(
    values: list[object], kind: pa.DataType, expected: list[object]
) -> None:
    column = infer("v", values, complete=True)
    assert column.type == kind
    assert convert(column, values).to_pylist() == expected
