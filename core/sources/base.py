"""What every source promises: one statement in, bounded Arrow batches out, failures in words for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Final, Protocol

import pyarrow as pa

Value = date | datetime | int | float | Decimal | str | bool | None

BATCH_ROWS: Final = 8192
BATCH_BYTES: Final = 8 * 1024 * 1024
# Rows are taken from a driver in pieces: few at first and of wide ones, so that these do not pile up.
FIRST_ROWS: Final = 512
CHUNK_ROWS: Final = 2048
CHUNK_BYTES: Final = 2 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Query:
    """One statement with its `:name` values.

    More than `max_rows` rows is an error, or, with `truncate`, the end of a preview. `timeout_s` is in seconds.
    """

    sql: str
    parameters: Mapping[str, Value]
    max_rows: int
    timeout_s: int
    truncate: bool = False


@dataclass(frozen=True, slots=True)
class SourceCheck:
    """The answer of a connection test; `detail` and `warnings` are sentences, `elapsed_ms` milliseconds."""

    ok: bool
    detail: str
    warnings: tuple[str, ...]
    elapsed_ms: int


@dataclass(frozen=True, slots=True)
class TableInfo:
    """A table or view of a schema browser; `columns` are (name, type as the database calls it)."""

    name: str
    schema: str | None
    columns: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class SourceOptions:
    """What the installation forbids.

    `forbidden_paths` and `forbidden_urls` are our own files and databases. Relative SQLite paths are looked up
    in `sqlite_root`, and nothing outside it may be read; without a root any existing file may.
    """

    forbidden_paths: tuple[Path, ...] = field(default=())
    forbidden_urls: tuple[str, ...] = field(default=(), repr=False)
    allow_private_networks: bool = True
    sqlite_root: Path | None = None
    connect_timeout_s: int = 10


class BatchStream(Protocol):
    """The rows of a query. `schema` is known before the first batch, `truncated` after the last one."""

    schema: pa.Schema
    truncated: bool

    def __iter__(self) -> Iterator[pa.RecordBatch]: ...


class Source(Protocol):
    """A database of somebody else, opened read-only for each call.

    Every failure is a `SourceError`, except that `check` answers with `ok=False` and the sentence.
    """

    kind: str

    def check(self) -> SourceCheck: ...

    def stream(self, query: Query) -> AbstractContextManager[BatchStream]: ...

    def tables(self) -> list[TableInfo]: ...
