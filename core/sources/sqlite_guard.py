"""What keeps a statement of a user from doing more than reading one SQLite file.

`mode=ro` alone still lets ATTACH and VACUUM INTO create files and PRAGMA change the connection, so every action is
asked for: only reading, and no function that touches files or loads code.
"""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from typing import Final

_ALLOWED: Final = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_RECURSIVE}
_DENIED_FUNCTIONS: Final = {
    "edit",
    "eval",
    "fts3_tokenizer",
    "load_extension",
    "readfile",
    "sqlite_dbpage",
    "writefile",
    "zipfile",
}
# A single value or row; far above any cell of a report, far below the memory of a run.
_LONGEST_VALUE: Final = 32 * 1024 * 1024
_LONGEST_STATEMENT: Final = 1_000_000
_STEPS_BETWEEN_LOOKS: Final = 10_000


def authorize(
    action: int, first: str | None, second: str | None, _database: str | None = None, _trigger: str | None = None
) -> int:
    """The authorizer callback; for a function its name is the second argument."""
    if action in _ALLOWED and first != "sqlite_dbpage":
        return sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_FUNCTION and (second or "").lower() not in _DENIED_FUNCTIONS:
        return sqlite3.SQLITE_OK
    return sqlite3.SQLITE_DENY


class Deadline:
    """Stops the statement from inside the database once `seconds` have gone by."""

    def __init__(self, seconds: int) -> None:
        self._end = time.monotonic() + seconds

    def passed(self) -> bool:
        return time.monotonic() >= self._end


def open_trusted(path: Path) -> sqlite3.Connection:
    """Read-only, without the authorizer: for statements of ours only."""
    uri = f"{path.resolve().as_uri()}?mode=ro"
    connection = sqlite3.connect(uri, uri=True, timeout=5, isolation_level=None, check_same_thread=False)
    connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST_VALUE)
    connection.setlimit(sqlite3.SQLITE_LIMIT_SQL_LENGTH, _LONGEST_STATEMENT)
    return connection


def open_guarded(path: Path, deadline: Deadline) -> sqlite3.Connection:
    """Read-only, with everything that holds a hostile statement back."""
    connection = open_trusted(path)
    connection.execute("PRAGMA query_only = 1")
    connection.execute("PRAGMA trusted_schema = 0")
    connection.set_authorizer(authorize)
    connection.set_progress_handler(deadline.passed, _STEPS_BETWEEN_LOOKS)
    # Undecoded, and told from blobs, which are `bytes`.
    connection.text_factory = bytearray
    return connection
