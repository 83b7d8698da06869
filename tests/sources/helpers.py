"""Short ways to ask a source."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow as pa

from core.sources import Query, Source


def ask(sql: str, *, max_rows: int = 100_000, timeout_s: int = 20, truncate: bool = False, **parameters: Any) -> Query:
    return Query(sql, parameters, max_rows, timeout_s, truncate)


def read(source: Source, sql: str, **options: Any) -> pa.Table:
    with source.stream(ask(sql, **options)) as stream:
        return pa.Table.from_batches(list(stream), schema=stream.schema)


def sqlite_file(path: Path, script: str) -> Path:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(script)
    return path


# Numbers without end that need no table.
ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n"
