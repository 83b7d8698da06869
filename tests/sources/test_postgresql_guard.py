"""No statement may do more to a PostgreSQL server than read, whoever the role is."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from core.errors import SourceError
from core.sources import Source, SourceOptions, open_source
from tests.sources.helpers import read

ATTACKS = [
    "COMMIT; INSERT INTO t VALUES (2)",
    "SELECT 1; INSERT INTO t VALUES (2)",
    "SELECT :x::int; COMMIT; INSERT INTO t VALUES (2)",
    "INSERT INTO t VALUES (2) RETURNING a",
    "WITH x AS (INSERT INTO t VALUES (2) RETURNING a) SELECT * FROM x",
    "UPDATE t SET a = 2",
    "DELETE FROM t",
    "CREATE TABLE z AS SELECT 1",
    "CREATE TEMP TABLE z (a int)",
    "DO $$ BEGIN INSERT INTO t VALUES (2); END $$",
    "DO $$ BEGIN COMMIT; INSERT INTO t VALUES (2); END $$",
    "SELECT query_to_xml('DELETE FROM t', true, true, '')",
    "SET TRANSACTION READ WRITE",
    "SELECT set_config('transaction_read_only', 'off', false)",
    "SELECT setval('s', 99)",
    "COPY t FROM PROGRAM 'echo 2'",
    "COPY (SELECT 1) TO PROGRAM 'cat > {target}'",
    "COPY (SELECT 1) TO '{target}'",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT pg_ls_dir('/')",
    "SELECT lo_import('/etc/passwd')",
    "SELECT rolpassword FROM pg_authid",
]


@pytest.fixture
def tables(postgres_url: str) -> str:
    with psycopg.connect(postgres_url) as connection:
        connection.execute("CREATE TABLE t (a int); INSERT INTO t VALUES (1); CREATE SEQUENCE s")
        connection.execute(
            "GRANT ALL ON t TO PUBLIC; GRANT ALL ON s TO PUBLIC; GRANT CREATE ON SCHEMA public TO PUBLIC"
        )
    return postgres_url


@pytest.fixture
def source(tables: str, postgres_reader_url: str) -> Source:
    assert tables
    return open_source(postgres_reader_url, options=SourceOptions())


def _state(url: str) -> tuple[object, ...] | None:
    with psycopg.connect(url) as connection:
        return connection.execute(
            "SELECT (SELECT array_agg(a) FROM t), (SELECT last_value FROM s), (SELECT count(*) FROM pg_class),"
            " (SELECT count(*) FROM pg_largeobject_metadata)"
        ).fetchone()


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("role", ["superuser", "reader"])
def test_it_refuses_everything_but_reading(
    tables: str, postgres_reader_url: str, tmp_path: Path, role: str, attack: str
) -> None:
    before = _state(tables)
    source = open_source(tables if role == "superuser" else postgres_reader_url, options=SourceOptions())
    with pytest.raises(SourceError) as caught:
        read(source, attack.format(target=tmp_path / "stolen"), x=1)
    assert caught.value.error_class in ("permission", "query")
    assert _state(tables) == before
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("member", ["pg_read_server_files", "pg_write_server_files", "pg_execute_server_program"])
def test_a_member_of_a_server_role_is_refused(tables: str, postgres_reader_url: str, member: str) -> None:
    role = postgres_reader_url.partition("://")[2].partition(":")[0]
    with psycopg.connect(tables) as connection:
        connection.execute(f"GRANT {member} TO {role}")
    source = open_source(postgres_reader_url, options=SourceOptions())
    answer = source.check()
    assert (answer.ok, member in answer.detail) == (False, True)
    with pytest.raises(SourceError, match=member):
        read(source, "SELECT 1")


def test_a_superuser_is_told_how_to_make_a_role_that_can_only_read(postgres_url: str) -> None:
    answer = open_source(postgres_url, options=SourceOptions()).check()
    assert not answer.ok
    assert "CREATE ROLE report_reader LOGIN" in answer.detail


def test_a_role_that_may_write_is_warned_about_and_one_that_may_not_is_fine(
    postgres_url: str, postgres_reader_url: str
) -> None:
    source = open_source(postgres_reader_url, options=SourceOptions())
    assert (source.check().ok, source.check().warnings) == (True, ())
    with psycopg.connect(postgres_url) as connection:
        connection.execute("CREATE TABLE open_table (a int); GRANT ALL ON open_table TO PUBLIC")
        connection.execute("GRANT SELECT ON pg_authid TO PUBLIC")
    answer = source.check()
    assert (answer.ok, [warning[:23] for warning in answer.warnings]) == (
        True,
        ["This role may also writ", "This role may read the "],
    )


def test_a_mistake_is_placed_where_it_was_written(source: Source) -> None:
    with pytest.raises(SourceError, match=r"syntax error at or near \"FORM\" \(line 3, column 9\)"):
        read(source, "SELECT :a_long_name::int,\n  1 AS b\n  , 2 c FORM t", a_long_name=1)


def test_a_place_after_placeholders_on_the_same_line_is_exact(source: Source) -> None:
    with pytest.raises(SourceError, match=r"\"nosuch\" does not exist \(line 1, column 27\)"):
        read(source, "SELECT :first_value::int, nosuch FROM t", first_value=1)


@pytest.mark.parametrize(
    ("sql", "words"), [("", "is empty"), ("COMMIT", "returns no rows"), ("COPY t TO STDOUT", "returns no rows")]
)
def test_what_returns_no_rows_is_explained(source: Source, sql: str, words: str) -> None:
    with pytest.raises(SourceError, match=words):
        read(source, sql)


def test_explain_and_show_are_reading_too(source: Source) -> None:
    assert read(source, "EXPLAIN SELECT * FROM t").num_rows > 0
    assert read(source, "SHOW TimeZone").to_pylist() == [{"TimeZone": "UTC"}]


def test_the_password_is_in_no_message(postgres_reader_url: str) -> None:
    wrong = postgres_reader_url.replace("secret-", "canary-", 1).rpartition("/")[0] + "/nosuch"
    answer = open_source(wrong, options=SourceOptions()).check()
    assert not answer.ok
    assert "canary" not in answer.detail
    assert "canary" not in repr(answer)


def test_the_schema_browser_lists_what_the_role_may_read(source: Source) -> None:
    assert [(table.schema, table.name, table.columns) for table in source.tables()] == [
        ("public", "t", (("a", "integer"),))
    ]
