"""Rows that rest on little: the mean of one flight is no mean. They stay, in grey, and lead no ranking."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from core.document.model import Column, MinSample, Section
from core.document.words import lower_first

Mask = npt.NDArray[np.bool_]


def min_sample_of(columns: Sequence[Column], presentation: Mapping[str, Any] | None) -> MinSample | None:
    """What was asked for; None too when the result has no such column, or one that does not count or is not shown."""
    asked = (presentation or {}).get("min_sample")
    if not asked:
        return None
    column = next((column for column in columns if column.name == asked.get("column")), None)
    if column is None or column.hidden or not is_countable(column.type):
        return None
    return MinSample(column.name, int(asked["least"]), lower_first(column.label))


def is_countable(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))


def small_rows(rows: pa.RecordBatch | pa.Table, sample: MinSample | None) -> Mask:
    """True for each row below the minimum; an unknown count is not below it."""
    if sample is None:
        return np.zeros(rows.num_rows, dtype=bool)
    counts = rows.column(sample.column).cast(pa.float64(), safe=False)
    below = pc.fill_null(pc.less(counts, float(sample.least)), False)
    return np.asarray(below.to_numpy(zero_copy_only=False) if isinstance(below, pa.Array) else below.to_numpy())


def sample_sentence(section: Section) -> str:
    """`Rows with fewer than 5 flights are grey`, when there are such rows."""
    sample = section.head.sample
    return f"Rows with fewer than {sample.least:,} {sample.noun} are grey" if sample and section.small_rows else ""
