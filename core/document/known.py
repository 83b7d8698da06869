"""Dates and lengths of time that Python can name; databases and Arrow reach further."""

from __future__ import annotations

from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

UNITS_PER_SECOND: Final[dict[str, int]] = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}
_DAY_SECONDS: Final = 86_400
# Of 3 January of year 1 and of 29 December 9999: two days from either end, so that no time zone leads out.
_FIRST_DAY, _LAST_DAY = -719_160, 2_932_894
# Lengths that fit into 64 bits of microseconds, 292,000 years.
_LONGEST_SECONDS: Final = 9_200_000_000_000


def known(array: pa.Array) -> pa.Array:
    """The array, null where Python has no date or duration for a value. Looks at the extremes first."""
    bounds = _bounds(array.type)
    if bounds is None or array.null_count == len(array):
        return array
    low, high = bounds
    numbers = array.cast(pa.int32()).cast(pa.int64()) if pa.types.is_date32(array.type) else array.cast(pa.int64())
    found = pc.min_max(numbers).as_py()
    if low <= found["min"] and found["max"] <= high:
        return array
    inside = pc.and_(pc.greater_equal(numbers, low), pc.less_equal(numbers, high))
    return pc.if_else(inside, array, pa.scalar(None, array.type))


def _bounds(kind: pa.DataType) -> tuple[int, int] | None:
    """In the type's own numbers; None when each of its values is known."""
    if pa.types.is_date32(kind):
        return _FIRST_DAY, _LAST_DAY
    if pa.types.is_date64(kind):
        return _FIRST_DAY * _DAY_SECONDS * 1_000, _LAST_DAY * _DAY_SECONDS * 1_000
    if not (pa.types.is_timestamp(kind) or pa.types.is_duration(kind)) or kind.unit == "ns":
        return None
    units = UNITS_PER_SECOND[kind.unit]
    if pa.types.is_duration(kind):
        return -_LONGEST_SECONDS * units, _LONGEST_SECONDS * units
    return _FIRST_DAY * _DAY_SECONDS * units, _LAST_DAY * _DAY_SECONDS * units
