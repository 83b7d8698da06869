"""A database whose query takes as long as a test wants: the table `dial` says how many rows it gives."""

from __future__ import annotations

import sqlite3
from pathlib import Path

ENDLESS = 10**12
# Some seconds of counting.
SECONDS_LONG = 10_000_000
# One row at the end: the time goes into the query.
COUNT = (
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < (SELECT top FROM dial))"
    " SELECT max(i) AS top FROM n"
)
# All rows: the time goes into the files.
ROWS = (
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < (SELECT top FROM dial))"
    " SELECT i AS place, 'row ' || i AS label, i * 1.5 AS amount FROM n"
)


class Dial:
    """`url` is the data source; `set` turns the dial."""

    def __init__(self, folder: Path, *, top: int) -> None:
        self._path = folder / "dial.db"
        self.url = f"sqlite:///{self._path}"
        with sqlite3.connect(self._path) as connection:
            # Else the reader of an endless query would keep the dial from being turned.
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("CREATE TABLE dial (top INTEGER)")
            connection.execute("INSERT INTO dial VALUES (?)", (top,))
        connection.close()

    def set(self, top: int) -> None:
        with sqlite3.connect(self._path, timeout=30) as connection:
            connection.execute("UPDATE dial SET top = ?", (top,))
        connection.close()
