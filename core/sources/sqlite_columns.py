"""What SQLite hands out as Arrow columns.

Text comes undecoded, as `bytearray`, for Arrow takes its bytes over as they are; blobs are `bytes`. Dates are text,
so a column whose text is all ISO dates becomes dates.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import NoneType
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from core.sources.columns import MISFITS, Column, Values, as_text, infer, strings

_TEXT: Final[frozenset[type]] = frozenset({bytearray, NoneType})
_DATETIME: Final = r"^\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}:\d{2}(\.\d{1,6})?$"


def column_of(name: str, values: Values, *, complete: bool) -> Column:
    """The column that the first values ask for."""
    if {type(value) for value in values if value is not None} == {bytearray}:
        found = _dates_or_text(name, values)
    else:
        found = infer(name, values, complete=complete)
    convert = _texts if pa.types.is_string(found.type) else found.convert
    return replace(found, convert=convert, shown=lambda value: repr(readable(value)))


def readable(value: Any) -> Any:
    """A file may hold text that is not UTF-8; it must show, not stop the report."""
    return value.decode("utf-8", "replace") if type(value) is bytearray else value


def _dates_or_text(name: str, values: Values) -> Column:
    for kind, convert, advice in _DATES:
        try:
            convert(values)
        except MISFITS:
            continue
        return Column(name, kind, convert, advice)
    return Column(name, pa.string(), _texts)


def _texts(values: Values) -> pa.Array:
    try:
        return strings(values, _TEXT)
    except MISFITS:
        return pa.array([as_text(readable(value)) for value in values], type=pa.string())


def _days(values: Values) -> pa.Array:
    return pc.cast(strings(values, _TEXT), pa.date32())


def _moments(values: Values) -> pa.Array:
    """Arrow alone is too lenient: it would read `2013-01-01 05:00` as well."""
    texts = strings(values, _TEXT)
    if not pc.all(pc.match_substring_regex(texts, _DATETIME)).as_py():
        raise ValueError(_DATETIME)
    return pc.cast(texts, pa.timestamp("us"))


_DATES: Final[tuple[tuple[pa.DataType, Callable[[Values], pa.Array], str], ...]] = (
    (pa.date32(), _days, "date(...) gives NULL where the text is no date"),
    (pa.timestamp("us"), _moments, "datetime(...) gives NULL where the text is no point in time"),
)
