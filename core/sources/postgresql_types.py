"""PostgreSQL types as Arrow columns.

Values arrive in PostgreSQL's text form: exact for every type there is, and Arrow's parsers turn it into columns
faster than any detour over Python objects. A value Arrow cannot hold (`infinity`, years BC or beyond 9999, `NaN`
in a numeric, `24:00`) among the first rows makes the column text. Types without an Arrow twin are text.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import psycopg
import pyarrow as pa
import pyarrow.compute as pc
from psycopg.types.string import TextLoader

from core.sources.columns import MISFITS, Column, Values, decimals, parsed, unique_names

_NUMERIC: Final = 1700
_INFINITE: Final = "NULLIF(..., 'infinity'), or CAST(... AS text)"
_NOT_A_NUMBER: Final = "NULLIF(..., 'NaN'), or CAST(... AS text)"


def plan(description: Sequence[psycopg.Column], values: list[Sequence[Any]], complete: bool) -> list[Column]:
    names = unique_names([column.name for column in description])
    entries = zip(names, description, values, strict=True)
    return [_column(name, entry, first, complete) for name, entry, first in entries]


def read_everything_as_text(connection: psycopg.Connection[Any]) -> None:
    for info in psycopg.adapters.types:
        for oid in (info.oid, info.array_oid):
            if oid:
                connection.adapters.register_loader(oid, TextLoader)


def _column(name: str, entry: psycopg.Column, first: Values, complete: bool) -> Column:
    if entry.type_code == _NUMERIC:
        return _numeric(name, entry, first, complete)
    maker = _MAKERS.get(entry.type_code)
    return _text(name) if maker is None else _if_it_fits(maker(name), first)


def _if_it_fits(column: Column, first: Values) -> Column:
    try:
        column.convert(first)
    except MISFITS:
        return _text(column.name)
    return column


def _numeric(name: str, entry: psycopg.Column, first: Values, complete: bool) -> Column:
    precision, scale = entry.precision, entry.scale
    if precision is None or scale is None or not 0 <= scale <= precision <= 76:
        return decimals(name, first, complete=complete)
    kind = pa.decimal128(precision, scale) if precision <= 38 else pa.decimal256(precision, scale)
    return _if_it_fits(parsed(name, kind, advice=_NOT_A_NUMBER), first)


def _parsed(kind: pa.DataType, *, advice: str = "") -> Callable[[str], Column]:
    return lambda name: parsed(name, kind, advice=advice)


def _strings(values: Values) -> pa.Array:
    return pa.array(values, type=pa.string())


def _text(name: str) -> Column:
    return Column(name, pa.string(), _strings)


def _bool(name: str) -> Column:
    return Column(name, pa.bool_(), lambda values: pc.equal(_strings(values), "t"))


def _time(name: str) -> Column:
    """Arrow parses points in time only, so the time of day gets a day for a moment."""

    def convert_times(values: Values) -> pa.Array:
        moments = pc.binary_join_element_wise("1970-01-01", _strings(values), " ")
        return pc.cast(pc.cast(moments, pa.timestamp("us")), pa.time64("us"))

    return Column(name, pa.time64("us"), convert_times, "CAST(... AS text) for 24:00")


def _bytes(name: str) -> Column:
    def convert_bytes(values: Values) -> pa.Array:
        return pa.array([None if value is None else bytes.fromhex(value[2:]) for value in values], type=pa.binary())

    return Column(name, pa.binary(), convert_bytes)


_MAKERS: Final[dict[int, Callable[[str], Column]]] = {
    16: _bool,
    17: _bytes,
    20: _parsed(pa.int64()),
    21: _parsed(pa.int16()),
    23: _parsed(pa.int32()),
    26: _parsed(pa.int64()),  # oid
    # float4 as double: 0.1 stays 0.1, where a 32-bit float would show 0.10000000149.
    700: _parsed(pa.float64()),
    701: _parsed(pa.float64()),
    1082: _parsed(pa.date32(), advice=_INFINITE),
    1083: _time,
    1114: _parsed(pa.timestamp("us"), advice=_INFINITE),
    1184: _parsed(pa.timestamp("us", tz="UTC"), advice=_INFINITE),
}
