"""Chunks of rows in, bounded record batches out, lazily."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import pyarrow as pa

from core.errors import SourceError
from core.sources.base import BATCH_BYTES, BATCH_ROWS, CHUNK_BYTES, CHUNK_ROWS, FIRST_ROWS, Query, Value
from core.sources.columns import Column, convert
from core.sources.placeholders import find

Rows = list[tuple[Any, ...]]
# Rows looked at to learn how wide all are: so many of a piece, and one of so many in the first batch.
_LOOKED_AT, _EVERY = 8, 8
# (values of each column in the first rows, whether these are all rows) -> the columns
Plan = Callable[[list[Sequence[Any]], bool], list[Column]]


def bound_values(query: Query) -> dict[str, Value]:
    """The values of the placeholders the statement uses; raises when one is missing."""
    names = find(query.sql)
    missing = [name for name in names if name not in query.parameters]
    if missing:
        raise SourceError(f"The query asks for :{missing[0]}, but no value was given for it.")
    return {name: query.parameters[name] for name in names}


def in_chunks(fetch: Callable[[int], Rows]) -> Iterator[Rows]:
    """All rows that `fetch(n)` gives, n at most at a time: by the width of those before, and batches come out even."""
    wanted, taken = FIRST_ROWS, 0
    while rows := fetch(min(wanted, BATCH_ROWS - taken % BATCH_ROWS)):
        wanted, taken = _as_many_of(rows), taken + len(rows)
        yield rows
        del rows


def _as_many_of(rows: Rows) -> int:
    """How many rows as wide as some of these make a piece."""
    widest = max(1, *(_weight([row]) for row in rows[:: max(1, len(rows) // _LOOKED_AT)]))
    return max(1, min(CHUNK_ROWS, CHUNK_BYTES // widest))


class RowBatches:
    """A `BatchStream` over the chunks of a driver. Created inside the source's context, read once."""

    def __init__(self, chunks: Iterable[Rows], *, width: int, plan: Plan, query: Query) -> None:
        if width == 0:
            raise SourceError("The query returns no columns. Write a SELECT that names at least one.")
        self.truncated = False
        self._query = query
        self._chunks = self._limited(chunks)
        self._first, complete = self._peek()
        rows = [row for chunk in self._first for row in chunk]
        values: list[Sequence[Any]] = list(zip(*rows, strict=True)) if rows else [()] * width
        self._columns = plan(values, complete)
        self.schema = pa.schema([pa.field(column.name, column.type) for column in self._columns])

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        parts: list[pa.RecordBatch] = []
        for chunk in self._all_chunks():
            part = self._to_arrow(chunk)
            if parts and not _room([*parts, part]):
                yield from _joined(parts)
                parts = []
            parts.append(part)
        if parts:
            yield from _joined(parts)

    def _limited(self, chunks: Iterable[Rows]) -> Iterator[Rows]:
        left = self._query.max_rows
        for chunk in chunks:
            if len(chunk) <= left:
                left -= len(chunk)
                yield chunk
                continue
            if not self._query.truncate:
                raise _too_many(self._query.max_rows)
            self.truncated = True
            if left:
                yield chunk[:left]
            return

    def _peek(self) -> tuple[deque[Rows], bool]:
        """As many chunks as one batch may hold, and whether that was everything."""
        chunks: deque[Rows] = deque()
        rows = size = 0
        for chunk in self._chunks:
            chunks.append(chunk)
            rows += len(chunk)
            size += _weight(chunk[::_EVERY]) * _EVERY
            if rows >= BATCH_ROWS or size >= BATCH_BYTES:
                return chunks, False
        return chunks, True

    def _all_chunks(self) -> Iterator[Rows]:
        while self._first:
            yield self._first.popleft()
        yield from self._chunks

    def _to_arrow(self, rows: Rows) -> pa.RecordBatch:
        columns = zip(self._columns, zip(*rows, strict=True), strict=True)
        return pa.RecordBatch.from_arrays([convert(column, values) for column, values in columns], schema=self.schema)


def _too_many(limit: int) -> SourceError:
    return SourceError(
        f"The query returns more than {limit:,} rows, the limit of this installation. "
        "Add a WHERE or a GROUP BY, or ask the administrator to raise ROOSTER_MAX_ROWS.",
        error_class="row_limit",
    )


def _weight(rows: Rows) -> int:
    return sum(len(value) if isinstance(value, str | bytes | bytearray) else 8 for row in rows for value in row)


def _room(parts: Sequence[pa.RecordBatch]) -> bool:
    return bool(
        sum(part.num_rows for part in parts) <= BATCH_ROWS and sum(part.nbytes for part in parts) <= BATCH_BYTES
    )


def _joined(parts: Sequence[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    batch = parts[0] if len(parts) == 1 else pa.concat_batches(parts)
    yield from _sliced(batch)


def _sliced(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    """Halves until each is small enough; only a single row may be larger than a batch."""
    if batch.nbytes <= BATCH_BYTES or batch.num_rows <= 1:
        yield batch
        return
    middle = batch.num_rows // 2
    yield from _sliced(batch.slice(0, middle))
    yield from _sliced(batch.slice(middle))
