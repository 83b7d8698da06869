"""From the rows of a driver to Arrow columns whose type is fixed before the first batch.

The rule, for every source: the rows of the first batch decide. A later value that does not fit the type stops
the query with a sentence that names the column, the value and the cast to write; nothing is rounded or dropped.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from types import NoneType
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from core.errors import SourceError

Values = Sequence[Any]
# What pyarrow raises for a value that is not of the type.
MISFITS: Final = (pa.ArrowException, TypeError, ValueError, OverflowError)

_TEXT: Final[frozenset[type]] = frozenset({str, NoneType})
_EXACT_IN_DOUBLE: Final = 2**53
# Digits left free after the point when later rows may well use more: the first ones differ already, or they are
# the result of a division, whose digits a database counts from the first one that is not zero.
_SPARE_DIGITS: Final = 12
_DIVISION_DIGITS: Final = 16


@dataclass(frozen=True, slots=True)
class Column:
    """`convert` turns values of the driver into an array of `type`, or raises one of `MISFITS`.

    `shown` is how a message quotes a value that does not fit.
    """

    name: str
    type: pa.DataType
    convert: Callable[[Values], pa.Array]
    advice: str = ""
    shown: Callable[[Any], str] = repr


def convert(column: Column, values: Values) -> pa.Array:
    """Raises `SourceError` with the first value that does not fit."""
    try:
        return column.convert(values)
    except MISFITS:
        value = next(value for value in values if not _fits(column, value))
    shown = column.shown(value)[:60]
    quoted = '"' + column.name.replace('"', '""') + '"'
    advice = (column.advice or "CAST(... AS TEXT) keeps every value as it is").replace("...", quoted)
    raise SourceError(
        f"Column {column.name!r} was read as {column.type} after its first rows, but a later row holds {shown}. "
        f"Write the column differently in the query: {advice}."
    )


def _fits(column: Column, value: Any) -> bool:
    try:
        column.convert([value])
    except MISFITS:
        return False
    return True


def typed(name: str, kind: pa.DataType, *, of: Collection[type], advice: str = "") -> Column:
    """For values of some Python types alone: Arrow would make 2 of 2.5, and a date of a point in time."""
    accepted = frozenset({*of, NoneType})

    def convert_typed(values: Values) -> pa.Array:
        if not accepted.issuperset(map(type, values)):
            raise TypeError(kind)
        return pa.array(values, type=kind)

    return Column(name, kind, convert_typed, advice)


def text(name: str) -> Column:
    return Column(name, pa.string(), _text_array)


def parsed(name: str, kind: pa.DataType, *, advice: str = "") -> Column:
    """Text whose spelling Arrow's own parser takes."""
    return Column(name, kind, lambda values: pc.cast(pa.array(values, type=pa.string()), kind), advice)


def _text_array(values: Values) -> pa.Array:
    try:
        return strings(values, _TEXT)
    except MISFITS:
        return pa.array([as_text(value) for value in values], type=pa.string())


def strings(values: Values, accepted: frozenset[type]) -> pa.Array:
    """Text as it is. Raises one of `MISFITS` for other types, and for what is no UTF-8."""
    if not accepted.issuperset(map(type, values)):
        raise TypeError(accepted)
    return pa.array(values, type=pa.string())


def as_text(value: Any) -> str | None:
    """Exact text of any value; half surrogate pairs, which no file format takes, become U+FFFD."""
    if value is None:
        return None
    if isinstance(value, str):
        return value.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    if isinstance(value, bytes | bytearray | memoryview):
        return "0x" + bytes(value).hex()
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


def decimal_type(numbers: Sequence[Decimal], *, complete: bool) -> pa.DataType | None:
    """A decimal that holds all the numbers exactly, with room for larger ones to come; None when there is none."""
    if not all(number.is_finite() for number in numbers):
        return None
    scales = {max(0, -int(number.as_tuple().exponent)) for number in numbers} or {0}
    whole = max((number.adjusted() + 1 for number in numbers if number), default=1)
    steady = complete or (len(scales) == 1 and max(scales) < _DIVISION_DIGITS)
    scale = max(scales) + (0 if steady else _SPARE_DIGITS)
    needed = max(whole, 1) + scale
    if needed + (0 if complete else 6) <= 38:
        return pa.decimal128(38, scale)
    return pa.decimal256(76, scale) if needed <= 76 else None


def decimals(name: str, values: Values, *, complete: bool) -> Column:
    """For numbers (or their text) whose precision the database does not tell."""
    try:
        kind = decimal_type([Decimal(value) for value in values if value is not None], complete=complete)
    except ArithmeticError:
        kind = None
    if kind is None:
        return text(name)
    advice = f"CAST(... AS numeric(38, {kind.scale})) or ROUND(..., {kind.scale}), or CAST(... AS text)"
    return _decimal_column(name, kind, advice)


def _decimal_column(name: str, kind: pa.DataType, advice: str) -> Column:
    def convert_decimals(values: Values) -> pa.Array:
        if any(isinstance(value, str) for value in values):
            return pc.cast(pa.array(values, type=pa.string()), kind)
        return pa.array(values, type=kind)

    return Column(name, kind, convert_decimals, advice)


def infer(name: str, values: Values, *, complete: bool) -> Column:
    """The column for Python values of a driver that tells no types."""
    present = [value for value in values if value is not None]
    kinds = frozenset(type(value) for value in present)
    if kinds == {Decimal}:
        return decimals(name, present, complete=complete)
    return _INFERRED.get(kinds, _as_text)(name, present)


def _as_text(name: str, _: Values) -> Column:
    return text(name)


def _integers(name: str, values: Values) -> Column:
    digits = max(len(str(abs(value))) for value in values)
    if all(-(2**63) <= value < 2**63 for value in values):
        return typed(name, pa.int64(), of={int}, advice="CAST(... AS REAL) for fractions, or CAST(... AS TEXT)")
    return typed(name, pa.decimal128(38, 0), of={int}) if digits <= 38 else text(name)


def _floats(name: str, values: Values) -> Column:
    """Whole numbers among fractions are welcome as long as a double holds them exactly."""
    if any(isinstance(value, int) and abs(value) > _EXACT_IN_DOUBLE for value in values):
        return text(name)
    return typed(name, pa.float64(), of={int, float})


def _datetimes(name: str, values: Values) -> Column:
    aware = {value.tzinfo is not None for value in values}
    if len(aware) == 2:
        return text(name)
    kind = pa.timestamp("us", tz="UTC") if aware == {True} else pa.timestamp("us")
    return typed(name, kind, of={datetime})


_INFERRED: Final[dict[frozenset[type], Callable[[str, Values], Column]]] = {
    frozenset({int}): _integers,
    frozenset({float}): _floats,
    frozenset({int, float}): _floats,
    frozenset({bool}): lambda name, _: typed(name, pa.bool_(), of={bool}),
    frozenset({bytes}): lambda name, _: typed(name, pa.binary(), of={bytes}),
    frozenset({date}): lambda name, _: typed(name, pa.date32(), of={date}),
    frozenset({datetime}): _datetimes,
    frozenset({time}): lambda name, _: typed(name, pa.time64("us"), of={time}),
}


def unique_names(names: Sequence[str]) -> list[str]:
    """`id, id` becomes `id, id_2`: formats and presentations address columns by name."""
    taken: set[str] = set()
    result = []
    for name in names:
        candidate, number = name, 1
        while candidate in taken:
            number += 1
            candidate = f"{name}_{number}"
        taken.add(candidate)
        result.append(candidate)
    return result
