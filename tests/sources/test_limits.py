"""Rows come lazily and within bounds; caps are loud; nothing is left running."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import psycopg
import pyarrow as pa
import pytest

from core.errors import SourceError
from core.sources import Source, SourceOptions, open_source
from core.sources.base import BATCH_BYTES, BATCH_ROWS
from core.sources.batches import in_chunks
from tests.sources.helpers import ENDLESS, ask, read, sqlite_file

_ENDLESS = {"sqlite": ENDLESS, "postgresql": "SELECT generate_series(1, 10000000000) AS i"}
_OURS = "FROM pg_stat_activity WHERE application_name = 'rooster' AND datname = current_database()"
_KINDS = list(_ENDLESS)


@pytest.fixture
def sqlite_source(tmp_path: Path) -> Source:
    path = sqlite_file(tmp_path / "data.db", "create table t (a);")
    return open_source(f"sqlite:///{path}", options=SourceOptions())


@pytest.fixture
def postgresql_source(postgres_reader_url: str) -> Source:
    return open_source(postgres_reader_url, options=SourceOptions())


@pytest.fixture
def source(request: pytest.FixtureRequest) -> Source:
    chosen: Source = request.getfixturevalue(f"{request.param}_source")
    return chosen


@pytest.mark.parametrize("source", _KINDS, indirect=True)
def test_two_batches_of_an_endless_query_cost_two_batches(source: Source) -> None:
    before = pa.total_allocated_bytes()
    with source.stream(ask(_ENDLESS[source.kind], max_rows=10**12, timeout_s=60)) as stream:
        batches = iter(stream)
        first, second = next(batches), next(batches)
        assert (first.num_rows, second.num_rows) == (BATCH_ROWS, BATCH_ROWS)
        assert pa.total_allocated_bytes() - before < 4 * 1024 * 1024
    assert second.column(0)[0].as_py() == BATCH_ROWS + 1


@pytest.mark.parametrize("source", _KINDS, indirect=True)
def test_one_row_too_many_fails_and_names_the_limit(source: Source) -> None:
    with pytest.raises(SourceError, match=r"more than 20,000 rows.*ROOSTER_MAX_ROWS") as caught:
        read(source, _ENDLESS[source.kind], max_rows=20_000)
    assert caught.value.error_class == "row_limit"


@pytest.mark.parametrize("source", _KINDS, indirect=True)
@pytest.mark.parametrize("rows", [1, 100, 512, 8192, 8193])
def test_exactly_the_limit_is_fine(source: Source, rows: int) -> None:
    assert read(source, f"SELECT * FROM ({_ENDLESS[source.kind]}) x LIMIT {rows}", max_rows=rows).num_rows == rows


@pytest.mark.parametrize("source", _KINDS, indirect=True)
@pytest.mark.parametrize(("there", "truncated"), [(101, True), (100, False), (0, False)])
def test_a_preview_stops_at_its_limit_and_says_so(source: Source, there: int, truncated: bool) -> None:
    sql = f"SELECT * FROM ({_ENDLESS[source.kind]}) x LIMIT {there}"
    with source.stream(ask(sql, max_rows=100, truncate=True)) as stream:
        rows = sum(batch.num_rows for batch in stream)
    assert (rows, stream.truncated) == (min(there, 100), truncated)


_WIDE = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)"
    " SELECT i, hex(zeroblob(i * 10)) AS wide FROM n",
    "postgresql": "SELECT i, repeat('00', i * 10) AS wide FROM generate_series(1, 3000) i",
}


@pytest.mark.parametrize("source", _KINDS, indirect=True)
def test_wide_rows_make_smaller_batches(source: Source) -> None:
    with source.stream(ask(_WIDE[source.kind])) as stream:
        sizes = [(batch.nbytes, batch.num_rows) for batch in stream]
    assert sum(rows for _, rows in sizes) == 3000
    assert max(size for size, _ in sizes) <= BATCH_BYTES
    assert len(sizes) > 5


def test_rows_come_in_larger_pieces_as_long_as_they_are_narrow() -> None:
    empty, narrow, wide = [("",)] * 8192, [("x",)] * 20_000, [("x" * 100_000,)] * 2_000
    rows = iter([*empty, *narrow, *wide])
    sizes = [len(chunk) for chunk in in_chunks(lambda size: list(islice(rows, size)))]
    assert sizes[:9] == [512, 2048, 2048, 2048, 1536, 2048, 2048, 2048, 2048]
    assert set(sizes[-9:-1]) == {20}


def test_a_sleeping_statement_is_stopped_at_its_time_limit(postgresql_source: Source) -> None:
    with pytest.raises(SourceError, match="limit of 1 s") as caught:
        read(postgresql_source, "SELECT pg_sleep(60)", timeout_s=1)
    assert caught.value.error_class == "time_limit"


def test_a_statement_cannot_raise_its_own_time_limit(postgresql_source: Source) -> None:
    sql = "SELECT set_config('statement_timeout', '0', false), pg_sleep(60)"
    with pytest.raises(SourceError, match="limit of 1 s"):
        read(postgresql_source, sql, timeout_s=1)


def _sessions(url: str) -> Iterator[int]:
    with psycopg.connect(url, autocommit=True) as connection:
        for _ in range(200):
            row = connection.execute(f"SELECT count(*) {_OURS}").fetchone()
            assert row is not None
            yield int(row[0])
            time.sleep(0.05)


@pytest.mark.parametrize("fails", [False, True])
def test_leaving_early_leaves_no_session(postgres_url: str, postgresql_source: Source, fails: bool) -> None:
    def leave() -> None:
        with postgresql_source.stream(ask(_ENDLESS["postgresql"], max_rows=10**12)) as stream:
            next(iter(stream))
            assert next(_sessions(postgres_url)) == 1
            if fails:
                raise LookupError

    if fails:
        with pytest.raises(LookupError):
            leave()
    else:
        leave()
    assert 0 in _sessions(postgres_url)


def test_a_finished_query_leaves_no_session(postgres_url: str, postgresql_source: Source) -> None:
    read(postgresql_source, "SELECT 1")
    assert 0 in _sessions(postgres_url)


def test_a_lost_connection_may_be_tried_again(postgres_url: str, postgresql_source: Source) -> None:
    with (
        psycopg.connect(postgres_url, autocommit=True) as connection,
        postgresql_source.stream(ask(_ENDLESS["postgresql"], max_rows=10**12)) as stream,
    ):
        batches = iter(stream)
        next(batches)
        connection.execute(f"SELECT pg_terminate_backend(pid) {_OURS}")
        with pytest.raises(SourceError) as caught:
            for _ in batches:
                pass
    assert (caught.value.error_class, caught.value.transient) == ("connection", True)
