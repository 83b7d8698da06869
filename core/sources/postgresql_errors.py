"""PostgreSQL's errors as sentences, in the server's own words, with the place in the statement as it was written."""

from __future__ import annotations

from typing import Final

import psycopg

from core.errors import SourceError
from core.sources.base import Query
from core.sources.placeholders import line_and_column, original_offset
from core.text import one_line

# The first two characters of an SQLSTATE: connection lost, resources, operator intervention.
_LOST: Final = {"08", "53", "57"}
# Deadlock and serialization failure: the same query may pass a moment later.
_LOST_RACES: Final = {"40001", "40P01", "55P03"}
_RIGHTS: Final = {"42501", "25006"}
_PERMANENT_WORDS: Final = (
    "authentication failed",
    "does not exist",
    "pg_hba.conf",
    "no password supplied",
    "not permitted",
)


def connecting_failed(error: psycopg.Error, *, secret: str = "") -> SourceError:
    words = _sentence(str(error))
    if secret:
        words = words.replace(secret, "***")
    transient = not any(part in words for part in _PERMANENT_WORDS)
    return SourceError(f"PostgreSQL cannot be reached: {words}", error_class="connection", transient=transient)


def query_failed(error: Exception, query: Query) -> SourceError:
    if not isinstance(error, psycopg.Error):
        return SourceError(f"The result holds text in an unknown encoding: {one_line(str(error))}.")
    state = error.sqlstate or ""
    if state == "57014":
        return _stopped(error, query)
    if state in _RIGHTS:
        return SourceError(f"PostgreSQL does not permit it: {_words(error, query)}", error_class="permission")
    if state[:2] in _LOST or (not state and isinstance(error, psycopg.OperationalError)):
        message = f"The connection to PostgreSQL was lost: {_words(error, query)}"
        return SourceError(message, error_class="connection", transient=True)
    if "EMPTY_QUERY" in str(error):
        return SourceError("The query is empty.")
    if "didn't produce" in str(error) or "COPY cannot" in str(error):
        return SourceError("The statement returns no rows of data. Write a SELECT.")
    return SourceError(f"PostgreSQL refused the query: {_words(error, query)}", transient=state in _LOST_RACES)


def _stopped(error: psycopg.Error, query: Query) -> SourceError:
    if "timeout" in str(error):
        message = f"The query ran longer than its limit of {query.timeout_s} s and was stopped."
        return SourceError(message, error_class="time_limit")
    return SourceError(f"The query was stopped: {_words(error, query)}", error_class="query", transient=True)


def _words(error: psycopg.Error, query: Query) -> str:
    diagnosis = error.diag
    words = one_line(diagnosis.message_primary or str(error)).rstrip(".")
    extras = [_sentence(part) for part in (diagnosis.message_detail, diagnosis.message_hint) if part]
    return " ".join([f"{words}{_place(diagnosis.statement_position, query)}.", *extras])


def _sentence(text: str) -> str:
    words = one_line(text).rstrip(".")
    return words if words.endswith("?") else f"{words}."


def _place(position: str | None, query: Query) -> str:
    if not position:
        return ""
    line, column = line_and_column(query.sql, original_offset(query.sql, int(position) - 1))
    return f" (line {line}, column {column})"
