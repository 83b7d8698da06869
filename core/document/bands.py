"""In which third of a short table a rate lies: among the worst, among the best, or between them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from core.document.guesses import guess_direction
from core.document.model import Column, Kpi, Thirds
from core.document.samples import Mask

# Beyond this nobody compares rows by eye, and Excel would sort the column on every change.
MAX_ROWS: Final = 1_000

Values = npt.NDArray[np.float64]


class Rates:
    """The values of the columns that are rates, by name, kept while a table is short; `columns` are those shown."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self._columns = {column.name: column for column in columns if is_rate(column)}
        self._values: dict[str, list[Values]] = {name: [] for name in self._columns}
        self._rows = 0

    def add(self, rows: pa.RecordBatch, small: Mask | None = None) -> None:
        """Rows below the minimum sample count for nothing."""
        self._rows += rows.num_rows
        if self._rows > MAX_ROWS:
            self._values.clear()
        for name, kept in self._values.items():
            kept.append(_without(small, rates_of(rows.column(name))))

    def thirds(self, kpis: Iterable[Kpi]) -> dict[str, Thirds]:
        """By the column's name; none where nobody can tell whether more is better, or all rows are alike."""
        said = {kpi.column: kpi.higher_is_better for kpi in kpis if kpi.higher_is_better is not None}
        found: dict[str, Thirds] = {}
        for name, kept in self._values.items():
            better = said.get(name, guess_direction(self._columns[name]))
            limits = None if better is None or not kept else _limits(np.concatenate(kept))
            if better is not None and limits is not None:
                found[name] = Thirds(*limits, better)
        return found


def rates_of(values: pa.Array | pa.ChunkedArray) -> Values:
    """As doubles; NaN for null."""
    floats = values.cast(pa.float64(), safe=False)
    array = floats.combine_chunks() if isinstance(floats, pa.ChunkedArray) else floats
    return np.asarray(array.to_numpy(zero_copy_only=False))


def _without(small: Mask | None, values: Values) -> Values:
    return values if small is None else np.where(small, np.nan, values)


def _limits(values: Values) -> tuple[float, float] | None:
    numbers = values[np.isfinite(values)]
    if numbers.size < 2 or numbers.min() == numbers.max():
        return None
    low, high = np.percentile(numbers, (100 / 3, 200 / 3))
    return float(low), float(high)


def is_rate(column: Column) -> bool:
    """A share as a number: what can be good or bad."""
    kind = column.type
    is_number = pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)
    return column.kind == "percent" and is_number
