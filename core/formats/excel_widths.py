"""Column widths, in characters, from the first rows: the head of a sheet is written before the others are known."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from core.document.model import Column
from core.formats.arrow_text import decimal_texts, is_binary, plain
from core.formats.excel_book import header_names
from core.formats.excel_cells import EXACT_DIGITS, needs_text
from core.formats.excel_styles import number_format

_SAMPLE: Final = 1_000
_NARROW, _WIDE = 8.0, 60.0
# Room for the button of the filter, and for padding and indent.
_BUTTON, _PADDING = 5, 3
_TEMPORAL: Final[tuple[tuple[Callable[[pa.DataType], bool], float], ...]] = (
    (pa.types.is_date, 13.0),
    (pa.types.is_timestamp, 19.0),
    (pa.types.is_time, 11.0),
    (pa.types.is_duration, 13.0),
)
_NESTED_WIDTH: Final = 30.0


def column_widths(columns: Iterable[Column], sample: pa.RecordBatch | None) -> tuple[float, ...]:
    columns = tuple(columns)
    names = header_names(columns)
    values = [None] * len(columns) if sample is None else sample.slice(0, _SAMPLE).columns
    return tuple(
        min(_WIDE, max(_NARROW, len(name) * 1.1 + _BUTTON, _content_width(column, found) + _PADDING))
        for name, column, found in zip(names, columns, values, strict=True)
    )


def _content_width(column: Column, sample: pa.Array | None) -> float:
    if sample is None or sample.null_count == len(sample):
        return 0
    values = plain(sample)
    for matches, width in _TEMPORAL:
        if matches(values.type):
            return width - _PADDING
    if pa.types.is_string(values.type):
        return float(pc.max(pc.utf8_length(values)).as_py() or 0)
    if is_binary(values.type):
        return 2.0 * (pc.max(pc.binary_length(values)).as_py() or 0)
    return _number_width(column, values)


def _number_width(column: Column, values: pa.Array) -> float:
    if pa.types.is_boolean(values.type):
        return 5
    if not (pa.types.is_integer(values.type) or pa.types.is_floating(values.type) or pa.types.is_decimal(values.type)):
        return _NESTED_WIDTH
    return max(_digits_width(values), _shown_width(column, values))


def _digits_width(values: pa.Array) -> int:
    """Of numbers with more digits than Excel keeps, which are written out as text."""
    if not pa.types.is_decimal(values.type) or values.type.precision <= EXACT_DIGITS:
        return 0
    texts = decimal_texts(values)
    long = texts.filter(needs_text(texts))
    return pc.max(pc.binary_length(long)).as_py() or 0


def _shown_width(column: Column, values: pa.Array) -> int:
    ends: dict[str, Any] = pc.min_max(values.cast(pa.float64(), safe=False)).as_py()
    shape = number_format(column, unit=False)
    places = len(shape.partition(".")[2])
    widest = max(len(f"{abs(end):,.0f}") for end in ends.values())
    return widest + places + (1 if ends["min"] < 0 else 0)
