"""Key figures gathered batch by batch: exact for whole and decimal numbers, a few values of memory each."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from core.document.guesses import Aggregate
from core.document.known import known
from core.document.locales import EXACT, round_half_up
from core.document.values import python_values, timedelta_seconds

_MEAN_PLACES = 12
_MICROSECOND = timedelta(microseconds=1)
# Arrow's sum of decimals is exact up to 38 digits: with 9 to spare no batch can leave them.
_SAFE_PRECISION = 29


class Total:
    """One aggregate over one column. Nulls, and floats that are no finite number, count as missing.

    Dates that Python cannot name are counted, but are no least, greatest or mean.
    """

    def __init__(self, aggregate: Aggregate) -> None:
        self._aggregate = aggregate
        self._count = 0
        self._sum: Any = 0
        self._extreme: Any = None
        self._last: Any = None

    def add(self, array: pa.Array) -> None:
        if self._aggregate == "last":
            self._last = python_values(array[-1:])[0]
            return
        array = present(array)
        if self._aggregate != "count":
            array = known(array).drop_null()
        if not len(array):
            return
        self._count += len(array)
        if self._aggregate in ("sum", "avg"):
            self._sum = _plus(self._sum, exact_sum(array))
        elif self._aggregate in ("min", "max"):
            self._add_extreme(array)

    def add_rows(self, count: int) -> None:
        self._count += count

    def value(self) -> Any:
        """None when there was nothing to go by, but 0 for a count."""
        if self._aggregate == "count":
            return self._count
        if self._aggregate == "last":
            return self._last
        if not self._count:
            return None
        if self._aggregate in ("min", "max"):
            return self._extreme
        return self._sum if self._aggregate == "sum" else _mean(self._sum, self._count)

    def _add_extreme(self, array: pa.Array) -> None:
        choose = min if self._aggregate == "min" else max
        found = _extreme(array, choose)
        if found is not None:
            self._extreme = found if self._extreme is None else choose(self._extreme, found)


def present(array: pa.Array) -> pa.Array:
    """Without nulls, NaN and infinities, and without a dictionary."""
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    array = array.drop_null()
    return array.filter(pc.is_finite(array)) if pa.types.is_floating(array.type) else array


def exact_sum(array: pa.Array) -> Any:
    """The sum of an array without nulls: int, Decimal, timedelta or float; None for what cannot be summed."""
    kind = array.type
    if pa.types.is_boolean(kind):
        return array.true_count
    if pa.types.is_integer(kind):
        return _int_sum(array)
    if pa.types.is_decimal(kind):
        return _decimal_sum(array)
    if pa.types.is_floating(kind):
        return math.fsum(array.to_pylist())
    if pa.types.is_duration(kind):
        return _long(_int_sum(array.cast(pa.duration("us"), safe=False).cast(pa.int64())))
    return None


def _long(microseconds: int) -> timedelta | None:
    """None beyond the 2.7 million years that Python has a length for."""
    try:
        return microseconds * _MICROSECOND
    except OverflowError:
        return None


def json_value(value: Any) -> Any:
    """As JSON keeps it: decimals and dates as text, durations as seconds."""
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, timedelta):
        return str(timedelta_seconds(value))
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if value is None or isinstance(value, bool | int | str) else str(value)


def _extreme(array: pa.Array, choose: Callable[[Any], Any]) -> Any:
    """The least or greatest value; None for lists, records and intervals, which have no order."""
    kind = array.type
    if pa.types.is_nested(kind) or pa.types.is_interval(kind):
        return None
    if pa.types.is_duration(kind):
        found = _extreme(array.cast(pa.int64()), choose)
        return python_values(pa.array([found], kind).cast(pa.duration("us"), safe=False))[0]
    if pa.types.is_primitive(kind) or pa.types.is_string(kind) or pa.types.is_decimal(kind):
        return pc.min_max(array)["min" if choose is min else "max"].as_py()
    return choose(python_values(array))


def _int_sum(array: pa.Array) -> int:
    """Arrow's sum wraps around silently at 64 bits, so big numbers are added by Python."""
    bounds = pc.min_max(array).as_py()
    if max(abs(bounds["min"]), abs(bounds["max"])) * len(array) < 2**63:
        return int(pc.sum(array).as_py())
    return sum(array.to_pylist())


def _decimal_sum(array: pa.Array) -> Decimal:
    if array.type.bit_width <= 128 and array.type.precision <= _SAFE_PRECISION:
        found: Decimal = pc.sum(array).as_py()
        return found
    total = Decimal(0)
    for value in array.to_pylist():
        total = EXACT.add(total, value)
    return total


def _plus(total: Any, more: Any) -> Any:
    if more is None or total is None:
        return None
    if isinstance(more, Decimal):
        return EXACT.add(Decimal(total), more)
    if isinstance(more, timedelta):
        return _long((total or timedelta()) // _MICROSECOND + more // _MICROSECOND)
    return total + more


def _mean(total: Any, count: int) -> Any:
    if total is None:
        return None
    if isinstance(total, int | Decimal):
        return round_half_up(EXACT.divide(Decimal(total), Decimal(count)), _MEAN_PLACES).normalize(EXACT)
    return total / count
