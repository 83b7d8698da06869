"""How a chart makes one value of several rows that share a place on its axis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal, get_args

import pyarrow as pa
import pyarrow.compute as pc

from core.document.model import Column

ChartAggregate = Literal["sum", "avg", "min", "max", "count"]
CHART_AGGREGATES: Final[tuple[ChartAggregate, ...]] = get_args(ChartAggregate)
# Said under the title, since a reader takes a bar of several rows for their sum.
_SPOKEN: Final[dict[str, str]] = {"avg": "average", "min": "lowest", "max": "highest", "count": "number of values"}


def fold_of(aggregate: ChartAggregate) -> str:
    """What Arrow makes of values that share a place: an average is a sum until it is drawn; so is a count."""
    return aggregate if aggregate in ("min", "max") else "sum"


def folded(value: float | None, count: int, aggregate: ChartAggregate) -> float | None:
    """What is drawn; None where no row has a value, but 0 for a count."""
    if aggregate == "count":
        return count
    if not count or value is None:
        return None
    return value / count if aggregate == "avg" else value


def presence(array: pa.Array) -> pa.Array:
    """1 where there is a value of any type, missing elsewhere: what a count counts."""
    return pc.if_else(array.is_valid(), pa.scalar(1.0), pa.scalar(None, pa.float64()))


def spoken(columns: Sequence[Column], aggregates: Sequence[ChartAggregate]) -> str:
    """`average`, or `average of Delay` where the series differ; nothing for sums."""
    words = [_SPOKEN.get(aggregate, "") for aggregate in aggregates]
    if len(set(words)) == 1:
        return words[0]
    return ", ".join(f"{word} of {column.label}" for column, word in zip(columns, words, strict=True) if word)
