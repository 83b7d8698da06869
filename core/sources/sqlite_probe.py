"""A look ahead for columns of SQLite that are empty in all of the first rows.

The driver does not tell declared types, and a column that is NULL at first may hold numbers later. A second,
separate reading finds the first value; when it takes too long or cannot be asked, the column is text.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from core.sources.placeholders import rewrite
from core.sources.sqlite_guard import Deadline, open_guarded

_SECONDS: Final = 2
_FIRST: Final = "(SELECT {column} FROM ahead WHERE {column} IS NOT NULL LIMIT 1)"


def first_values(path: Path, sql: str, values: Mapping[str, Any], *, width: int, empty: Sequence[int]) -> list[Any]:
    """The first value of each of the columns numbered in `empty`; None when there is none in time."""
    columns = ", ".join(f"c{number}" for number in range(width))
    asked = ", ".join(_FIRST.format(column=f"c{number}") for number in empty)
    inner = rewrite(sql, "named").strip().rstrip(";")
    try:
        with closing(open_guarded(path, Deadline(_SECONDS))) as connection:
            statement = f"WITH ahead({columns}) AS ({inner}\n) SELECT {asked}"  # the user's own statement
            return list(connection.execute(statement, values).fetchone())
    except (sqlite3.Error, sqlite3.Warning):
        return [None] * len(empty)
