"""The database every other test relies on."""

from __future__ import annotations

import psycopg


def _tables(url: str) -> int:
    with psycopg.connect(url) as connection:
        connection.execute("create table a_table (id int)")
        row = connection.execute("select count(*) from pg_tables where schemaname = 'public'").fetchone()
    assert row is not None
    return int(row[0])


def test_each_test_gets_an_empty_database(postgres_url: str) -> None:
    assert _tables(postgres_url) == 1


def test_the_next_test_gets_another_empty_database(postgres_url: str) -> None:
    assert _tables(postgres_url) == 1
