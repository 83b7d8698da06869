"""The rows of one section for the HTML file: JSON in a temporary file while they stream by."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
from pyarrow import types

from core.clock import zone
from core.document.model import Column, ReportHead, SectionHead
from core.document.samples import small_rows
from core.document.values import format_array

# Rows per chunk: the limit in bytes is kept to within one chunk.
_CHUNK_ROWS: Final = 500
_MAX_CELL: Final = 2_000
_PLAIN_ROWS: Final = 50
_READ_SIZE: Final = 1 << 16
# Scripts count in doubles.
_EXACT: Final = 2**53

Texts = list[str | None]
Keys = list[float | int | None]


@dataclass(slots=True)
class Budget:
    """What all sections of a file may still take."""

    rows: int
    size: int


class RowSpool:
    """Texts as people read them and, for what is not text, the numbers to sort by, column by column."""

    def __init__(self, section: SectionHead, head: ReportHead, *, folder: Path, budget: Budget) -> None:
        self.section = section
        self.total = 0
        self.shown = 0
        self.shortened = False
        self.first_rows: list[tuple[str | None, ...]] = []
        self.first_small: list[bool] = []
        self._head = head
        self._budget = budget
        self._full = False
        self._file = tempfile.TemporaryFile("w+", encoding="utf-8", newline="\n", dir=folder)

    def add(self, batch: pa.RecordBatch) -> None:
        self.total += batch.num_rows
        small = small_rows(batch, self.section.sample)
        self.first_small += small[: _PLAIN_ROWS - len(self.first_small)].tolist()
        rows = batch.slice(0, 0 if self._full else self._budget.rows)
        if rows.num_rows:
            self._spool(rows)
        self._full = self._full or rows.num_rows < batch.num_rows

    def chunks(self) -> Iterator[str]:
        """The JSON text, safe inside a script element, in pieces."""
        self._file.seek(0)
        yield "["
        while piece := self._file.read(_READ_SIZE):
            yield piece
        yield "]"

    def discard(self) -> None:
        self._file.close()

    def _spool(self, rows: pa.RecordBatch) -> None:
        visible = [(n, column) for n, column in enumerate(self.section.columns) if not column.hidden]
        texts = [self._texts(rows.column(n), column) for n, column in visible]
        keys = [sort_keys(rows.column(n)) for n, _ in visible]
        self.first_rows.extend(list(zip(*texts, strict=True))[: _PLAIN_ROWS - len(self.first_rows)])
        for start in range(0, rows.num_rows, _CHUNK_ROWS):
            self._add_chunk(texts, keys, slice(start, min(start + _CHUNK_ROWS, rows.num_rows)))

    def _texts(self, array: pa.Array, column: Column) -> Texts:
        texts = format_array(array, column, locale=self._head.locale, zone=zone(self._head.timezone))
        shown: Texts = [*texts]
        if max(map(len, texts), default=0) > _MAX_CELL:
            shown = [text if len(text) <= _MAX_CELL else self._shorten(text) for text in texts]
        if array.null_count:
            return [text if valid else None for text, valid in zip(shown, array.is_valid().to_pylist(), strict=True)]
        return shown

    def _shorten(self, text: str) -> str:
        self.shortened = True
        return text[: _MAX_CELL - 1] + "…"

    def _add_chunk(self, texts: Sequence[Texts], keys: Sequence[Keys | None], rows: slice) -> None:
        if self._full:
            return
        chunk = safe_json([_column(column[rows], key and key[rows]) for column, key in zip(texts, keys, strict=True)])
        size = len(chunk.encode())
        if size > self._budget.size:
            self._full = True
            return
        self._file.write(f",\n{chunk}" if self.shown else chunk)
        count = rows.stop - rows.start
        self.shown += count
        self._budget.rows -= count
        self._budget.size -= size


def safe_json(value: Any) -> str:
    """JSON that cannot end the script element it stands in, nor break the lines of a script."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    text = text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def sort_keys(array: pa.Array) -> Keys | None:
    """Numbers in the order of the values; None for a column that sorts as text. NaN has no place, like null."""
    kind = array.type
    if types.is_dictionary(kind):
        return sort_keys(array.dictionary_decode())
    if types.is_integer(kind):
        return list(array.to_pylist())
    if types.is_floating(kind) or types.is_decimal(kind):
        return [_finite(value) for value in array.cast(pa.float64(), safe=False).to_pylist()]
    if types.is_temporal(kind) and not types.is_interval(kind):
        width = pa.int32() if types.is_date32(kind) or types.is_time32(kind) else pa.int64()
        return list(array.cast(width).to_pylist())
    return None


def _finite(value: float | None) -> float | None:
    """JSON has no infinity; the largest double sorts beside it."""
    if value is None or value != value:
        return None
    return value if isfinite(value) else (1.7976931348623157e308 if value > 0 else -1.7976931348623157e308)


def _reads_as(text: str, key: float | int | None) -> bool:
    """A script writes whole numbers as we do, but loses `.0` and the last digits of the largest."""
    return isinstance(key, int) and abs(key) <= _EXACT and text == str(key)


def _column(texts: Texts, keys: Keys | None) -> dict[str, Any]:
    """`t`: texts, `k`: keys to sort by. Texts that a script would make of the keys alike are left out."""
    if keys is None:
        return {"t": texts}
    if all(text is None or _reads_as(text, key) for text, key in zip(texts, keys, strict=True)):
        return {"k": keys}
    return {"t": texts, "k": keys}
