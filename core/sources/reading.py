"""For databases that offer no read-only transaction: a statement is looked at before it is sent.

A guard against accidents. Each database has its own grammar, so the rights of the role remain the real wall.
"""

from __future__ import annotations

import re
from typing import Final

from core.errors import SourceError
from core.sources.placeholders import without_quoted

_READS: Final = frozenset({"select", "with", "values", "table", "from", "show", "describe", "desc", "explain"})
_WRITES: Final = frozenset(
    {"insert", "update", "delete", "merge", "truncate", "drop", "create", "alter", "grant", "revoke", "exec",
     "execute", "call", "into"}
)  # fmt: skip
_WORD: Final = re.compile(r"[^\W\d]\w*")


def check_reads_only(sql: str) -> None:
    """Raises SourceError for anything but one statement that reads."""
    text = without_quoted(sql).strip().rstrip("; \t\r\n")
    if ";" in text:
        raise SourceError("Write one statement; there are several here, separated by ';'.", error_class="permission")
    words = [word.lower() for word in _WORD.findall(text)]
    if not words or words[0] not in _READS:
        raise SourceError("Write a SELECT: a report only reads.", error_class="permission")
    changing = next((word for word in words if word in _WRITES), None)
    if changing:
        raise SourceError(
            f"'{changing.upper()}' changes data, and a report only reads. A column of that name goes in quotes.",
            error_class="permission",
        )
