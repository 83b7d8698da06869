"""Arrow columns as the cells of a worksheet: one kernel per type, exact, and one Python function for odd cells.

A cell is `<c r="B2" s="3"` followed by its content, which the kernels here spell: `><v>14.7</v></c>`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from xlsxwriter.utility import xl_col_to_name

from core.formats.arrow_marks import may_hold
from core.formats.arrow_text import (
    NOTHING,
    UNITS_PER_SECOND,
    Piece,
    data_of,
    decimal_texts,
    duration_texts,
    integers,
    is_binary,
    join,
    json_texts,
    local_time,
    number_array,
    other_texts,
    plain,
    python_texts,
    timestamp_texts,
)

Kernel = Callable[[pa.Array], list[Piece]]

CELL_CHARACTERS: Final = 32_767
# Excel keeps 15 significant digits: what needs more is written as text.
EXACT_DIGITS: Final = 15
_EXACT_BELOW: Final = 10**EXACT_DIGITS
# Day numbers of 1970-01-01, of 1900-03-01 (Excel believes in 29 February 1900) and of 9999-12-31.
_EPOCH, _FIRST_DAY, _LAST_DAY = 25_569, 61, 2_958_465
_DAY_SECONDS: Final = 86_400

_NUMBER: Final = ("><v>", "</v></c>")
_BOOLEAN: Final = (' t="b"><v>', "</v></c>")
_TEXT: Final = (' t="inlineStr"><is><t>', "</t></is></c>")

# Outer spaces, what XML forbids or changes, and what looks like Excel's own escape of a character.
_ODD_TEXT: Final = r"^\s|\s$|[\x00-\x08\x0b-\x1f\n]|\x{FFFE}|\x{FFFF}|_x[0-9a-fA-F]{4}_"
_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]")
_LIKE_ESCAPE: Final = re.compile(r"_(?=x[0-9a-fA-F]{4}_)")


@dataclass(frozen=True, slots=True)
class Rows:
    """`xml` are `<row>` elements; `shortened` counts the texts in them that a cell cannot hold whole."""

    xml: memoryview
    shortened: int


def rows_xml(batch: pa.RecordBatch, *, first_row: int, styles: Sequence[int], zone: str) -> Rows:
    """The rows of a batch; `first_row` counts from 1. Null gives no cell."""
    rows = number_array(np.arange(first_row, first_row + batch.num_rows)).cast(pa.string())
    pieces: list[Piece] = ['<row r="', rows, '">']
    shortened = 0
    for index, found in enumerate(batch.columns):
        column = plain(found)
        if column.null_count == len(column):
            continue
        cell: list[Piece] = [f'<c r="{xl_col_to_name(index)}', rows, f'" s="{styles[index]}"']
        texts = _texts_of(column)
        if texts is None:
            cell += _kernel(column.type, zone)(column)
        else:
            cell += _texts(texts)
            shortened += _count_shortened(texts)
        pieces += cell if column.null_count == 0 else [join(cell).fill_null(NOTHING)]
    return Rows(data_of(join([*pieces, "</row>"])), shortened)


def _texts_of(column: pa.Array) -> pa.Array | None:
    """The values as text; None for a type that Excel has itself."""
    kind = column.type
    if pa.types.is_string(kind):
        return column
    if pa.types.is_timestamp(kind) or any(matches(kind) for matches, _ in _KERNELS):
        return None
    if is_binary(kind):
        return python_texts(column, bytes.hex)
    return json_texts(column) if pa.types.is_nested(kind) else other_texts(column)


def _kernel(kind: pa.DataType, zone: str) -> Kernel:
    if pa.types.is_timestamp(kind):
        return partial(_timestamps, zone=zone)
    return next(kernel for matches, kernel in _KERNELS if matches(kind))


def _count_shortened(texts: pa.Array) -> int:
    long = pc.greater(pc.binary_length(texts), _MOST_BYTES)
    if not pc.any(long).as_py():
        return 0
    return sum(_units(text) > CELL_CHARACTERS for text in texts.filter(long.fill_null(False)).to_pylist())


def _units(text: str) -> int:
    """UTF-16 units, as Excel counts: an emoji is two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _patched(
    body: pa.Array, ends: tuple[str, str], odd: pa.Array, values: pa.Array, spell: Callable[[pa.Array], pa.Array]
) -> list[Piece]:
    """Cells of `body` between `ends`, but text cells of `spell(value)` where `odd` is true."""
    pieces: list[Piece] = [ends[0], body, ends[1]]
    if not pc.any(odd).as_py():
        return pieces
    odd = odd.fill_null(False)
    cells = join(_texts(spell(values.filter(odd))))
    return [pc.replace_with_mask(join(pieces), odd, cells)]


def _texts(column: pa.Array) -> list[Piece]:
    odd = pc.or_(pc.match_substring_regex(column, _ODD_TEXT), pc.greater(pc.binary_length(column), _MOST_BYTES))
    body = column
    for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        if may_hold(column, [character.encode()]):
            body = pc.replace_substring(body, character, entity)
    pieces: list[Piece] = [_TEXT[0], body, _TEXT[1]]
    if not pc.any(odd).as_py():
        return pieces
    odd = odd.fill_null(False)
    return [pc.replace_with_mask(join(pieces), odd, python_texts(column.filter(odd), text_cell))]


def text_cell(text: str) -> str:
    """A text as the content of an inline string cell, cut to what a cell can hold."""
    text = _LIKE_ESCAPE.sub("_x005F_", shorten(text))
    text = _FORBIDDEN.sub(lambda found: f"_x{ord(found[0]):04X}_", text)
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f' t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def shorten(text: str) -> str:
    """At most 32,767 UTF-16 units."""
    units = text.encode("utf-16-le", "surrogatepass")
    if len(units) <= 2 * CELL_CHARACTERS:
        return text
    return units[: 2 * (CELL_CHARACTERS - 1)].decode("utf-16-le", "ignore") + "\u2026"


def _integers(column: pa.Array) -> list[Piece]:
    texts = column.cast(pa.string())
    return _patched(texts, _NUMBER, _too_long(column), column, lambda odd: odd.cast(pa.string()))


def _too_long(column: pa.Array) -> pa.Array:
    if column.type.bit_width < 64:
        return _NEVER
    above = pc.greater_equal(column, _EXACT_LIMIT.cast(column.type))
    if pa.types.is_unsigned_integer(column.type):
        return above
    return pc.or_(above, pc.less_equal(column, _NEGATIVE_LIMIT))


def _floats(column: pa.Array) -> list[Piece]:
    if pa.types.is_float16(column.type):
        column = column.cast(pa.float32())
    odd = pc.invert(pc.is_finite(column))
    return _patched(column.cast(pa.string()), _NUMBER, odd, column, lambda values: values.cast(pa.string()))


def _decimals(column: pa.Array) -> list[Piece]:
    texts = column.cast(pa.string())
    if column.type.precision <= EXACT_DIGITS:
        return [_NUMBER[0], texts, _NUMBER[1]]
    return _patched(texts, _NUMBER, needs_text(texts), column, decimal_texts)


def needs_text(texts: pa.Array) -> pa.Array:
    """Whether the text of a decimal has more significant digits than Excel keeps."""
    digits = pc.replace_substring_regex(texts, r"E.*$|[-.]", "")
    significant = pc.utf8_rtrim(pc.utf8_ltrim(digits, "0"), "0")
    return pc.greater(pc.binary_length(significant), _EXACT_LENGTH)


def _booleans(column: pa.Array) -> list[Piece]:
    return [_BOOLEAN[0], column.cast(pa.int8()).cast(pa.string()), _BOOLEAN[1]]


def _dates(column: pa.Array) -> list[Piece]:
    column = column.cast(pa.date32())
    days = integers(column) + _EPOCH
    return _patched(_number_texts(days, column), _NUMBER, _outside(days), column, lambda odd: odd.cast(pa.string()))


def _timestamps(column: pa.Array, *, zone: str) -> list[Piece]:
    local = local_time(column, zone=zone)
    days, part = _day_and_part(local)
    body = _number_texts(days + _EPOCH + part, local)
    return _patched(body, _NUMBER, _outside(days + _EPOCH), local, partial(timestamp_texts, zone=zone))


def _times(column: pa.Array) -> list[Piece]:
    _, part = _day_and_part(column)
    return [_NUMBER[0], _number_texts(part, column), _NUMBER[1]]


def _durations(column: pa.Array) -> list[Piece]:
    """Day fractions; Excel shows ##### for a negative one, so that is text."""
    days, part = _day_and_part(column)
    odd = _mask((days < 0) | (days > _LAST_DAY))
    return _patched(_number_texts(days + part, column), _NUMBER, odd, column, duration_texts)


def _day_and_part(column: pa.Array) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Whole days and the fraction of the day, to the microsecond below so that no time turns into the next day."""
    per_second = UNITS_PER_SECOND[column.type.unit]
    days, rest = np.divmod(integers(column), per_second * _DAY_SECONDS)
    if per_second > UNITS_PER_SECOND["us"]:
        rest, per_second = rest // 1000, UNITS_PER_SECOND["us"]
    return days, rest / (per_second * _DAY_SECONDS)


def _number_texts(numbers: np.ndarray[Any, Any], column: pa.Array) -> pa.Array:
    """Numbers as text, null where the column they were made from is."""
    texts = number_array(numbers).cast(pa.string())
    return texts if column.null_count == 0 else pc.if_else(column.is_valid(), texts, pa.nulls(len(column), pa.string()))


def _outside(days: np.ndarray[Any, Any]) -> pa.Array:
    return _mask((days < _FIRST_DAY) | (days > _LAST_DAY))


def _mask(flags: np.ndarray[Any, Any]) -> pa.Array:
    return number_array(flags.astype(np.int64)).cast(pa.bool_())


_NEVER: Final = _mask(np.zeros(1, dtype=bool))
_EXACT_LIMIT: Final = number_array(np.array([_EXACT_BELOW]))[0]
_NEGATIVE_LIMIT: Final = number_array(np.array([-_EXACT_BELOW]))[0]
_EXACT_LENGTH: Final = number_array(np.array([EXACT_DIGITS]))[0]
_MOST_BYTES: Final = number_array(np.array([CELL_CHARACTERS]))[0]
_KERNELS: Final[tuple[tuple[Callable[[pa.DataType], bool], Kernel], ...]] = (
    (pa.types.is_integer, _integers),
    (pa.types.is_floating, _floats),
    (pa.types.is_decimal, _decimals),
    (pa.types.is_boolean, _booleans),
    (pa.types.is_date, _dates),
    (pa.types.is_time, _times),
    (pa.types.is_duration, _durations),
)
