"""In which third of a short table a rate lies: among the worst, among the best, or between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from core.document.guesses import guess_direction
from core.document.model import Column, Section
from core.document.samples import Mask

# Beyond this nobody compares rows by eye.
MAX_ROWS: Final = 1_000

Band = Literal["good", "warn", "bad"]
Values = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Thirds:
    """The two limits between the thirds, both outside of the third in the middle."""

    low: float
    high: float
    more_is_better: bool

    def band(self, value: float) -> Band | None:
        """None for what is no number."""
        if not np.isfinite(value):
            return None
        if self.low <= value <= self.high:
            return "warn"
        return "good" if (value > self.high) == self.more_is_better else "bad"


class Rates:
    """The values of the columns that are rates, kept while a table is short; `columns` are those shown."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self._columns = columns
        self._values: dict[int, list[Values]] = {n: [] for n, column in enumerate(columns) if _is_rate(column)}
        self._rows = 0

    def add(self, arrays: Sequence[pa.Array], small: Mask | None = None) -> None:
        """One array per column; rows below the minimum sample count for nothing."""
        self._rows += len(arrays[0]) if arrays else 0
        if self._rows > MAX_ROWS:
            self._values.clear()
        for number, kept in self._values.items():
            values = arrays[number].cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)
            kept.append(values if small is None else np.where(small, np.nan, values))

    def thirds(self, section: Section) -> dict[int, Thirds]:
        """By the column's place; none where nobody can tell whether more is better, or all rows are alike."""
        said = {kpi.column: kpi.higher_is_better for kpi in section.kpis if kpi.higher_is_better is not None}
        found: dict[int, Thirds] = {}
        for number in self._values:
            column = self._columns[number]
            better = said.get(column.name, guess_direction(column))
            limits = None if better is None else _limits(self.values(number))
            if better is not None and limits is not None:
                found[number] = Thirds(*limits, better)
        return found

    def values(self, number: int) -> Values:
        kept = self._values[number]
        return np.concatenate(kept) if kept else np.empty(0)


def _limits(values: Values) -> tuple[float, float] | None:
    numbers = values[np.isfinite(values)]
    if numbers.size < 2 or numbers.min() == numbers.max():
        return None
    low, high = np.percentile(numbers, (100 / 3, 200 / 3))
    return float(low), float(high)


def _is_rate(column: Column) -> bool:
    kind = column.type
    is_number = pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)
    return column.kind == "percent" and is_number
