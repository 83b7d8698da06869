"""No statement may do more to a SQLite file than read it."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import SourceError
from core.sources import Source, SourceOptions, open_source
from tests.sources.helpers import ENDLESS, ask, read, sqlite_file


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    sqlite_file(
        tmp_path / "data.db", "create table t (a integer); insert into t values (1); create view v as select * from t;"
    )
    sqlite_file(tmp_path / "other.db", "create table secrets (a text); insert into secrets values ('x');")
    return tmp_path


@pytest.fixture
def source(folder: Path) -> Source:
    return open_source(f"sqlite:///{folder / 'data.db'}", options=SourceOptions())


ATTACKS = [
    "ATTACH '{folder}/new.db' AS x",
    "ATTACH '{folder}/other.db' AS x",
    "VACUUM INTO '{folder}/copy.db'",
    "PRAGMA query_only = 0",
    "PRAGMA journal_mode = DELETE",
    "SELECT * FROM pragma_database_list",
    "INSERT INTO t VALUES (2)",
    "WITH x AS (SELECT 2) INSERT INTO t SELECT * FROM x",
    "UPDATE t SET a = 2",
    "DELETE FROM t",
    "DROP TABLE t",
    "CREATE TEMP TABLE z (a)",
    "SELECT load_extension('x')",
    "SELECT fts3_tokenizer('simple')",
    "SELECT writefile('{folder}/new.txt', 'x')",
    "SELECT readfile('{folder}/other.db')",
    "SELECT 1; DELETE FROM t",
    "BEGIN EXCLUSIVE",
    "SELECT zeroblob(900000000)",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_it_refuses_everything_but_reading(folder: Path, source: Source, attack: str) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(SourceError) as caught:
        read(source, attack.format(folder=folder))
    assert caught.value.error_class in ("permission", "query")
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.parametrize(
    "sql", ["SELECT * FROM t", "SELECT * FROM v", "WITH x AS (SELECT * FROM t) SELECT max(a) AS a FROM x"]
)
def test_it_reads_tables_views_and_common_table_expressions(source: Source, sql: str) -> None:
    assert read(source, sql).to_pydict() == {"a": [1]}


def test_an_endless_query_is_stopped_at_its_time_limit(source: Source) -> None:
    with pytest.raises(SourceError, match="limit of 1 s") as caught:
        read(source, ENDLESS.replace("SELECT i FROM n", "SELECT count(*) FROM n"), timeout_s=1)
    assert caught.value.error_class == "time_limit"


def test_a_mistake_is_told_in_the_words_of_the_database(source: Source) -> None:
    with pytest.raises(SourceError, match='near "t": syntax error') as caught:
        read(source, "SELECT a FORM t WHERE")
    assert caught.value.error_class == "query"


def test_values_are_bound_and_never_part_of_the_statement(source: Source) -> None:
    assert read(source, "SELECT :x AS x", x="'; DROP TABLE t; --").to_pydict() == {"x": ["'; DROP TABLE t; --"]}


def test_a_missing_value_is_named(source: Source) -> None:
    with pytest.raises(SourceError, match=":since"):
        read(source, "SELECT :since")


def test_the_schema_browser_lists_tables_and_columns(source: Source) -> None:
    assert [(table.name, table.columns) for table in source.tables()] == [
        ("t", (("a", "INTEGER"),)),
        ("v", (("a", "INTEGER"),)),
    ]


def test_a_file_that_is_no_database_fails_its_check(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("these are notes, not a database " * 100)
    answer = open_source(f"sqlite:///{path}", options=SourceOptions()).check()
    assert (answer.ok, "not a database" in answer.detail) == (False, True)


def test_leaving_early_releases_the_file(folder: Path, source: Source) -> None:
    with source.stream(ask(ENDLESS, max_rows=10**9)) as stream:
        next(iter(stream))
    sqlite_file(folder / "data.db", "pragma locking_mode = exclusive; insert into t values (2);")
