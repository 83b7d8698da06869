"""Arrow columns as text, by kernels: what the workbook and the CSV file have in common.

Text arrays are built from buffers because `pa.array` of a list imports pandas, which costs most of a second.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.clock import zone as find_zone
from core.formats.arrow_valid import decoded, is_valid

# A literal `str`, or an Arrow text array with one value per row.
Piece: TypeAlias = Any

UNITS_PER_SECOND: Final[dict[str, int]] = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}
# Seconds of 2037-01-01, after which zone files have only a rule, and of the last days that Python knows.
_LAST_TRANSITIONS: Final = 2_114_380_800
_END_OF_TIME: Final = 253_402_214_400
SLICE_BYTES: Final = 8 * 1024 * 1024


def text_array(texts: Sequence[str]) -> pa.Array:
    encoded = [text.encode("utf-8", "replace") for text in texts]
    offsets = np.zeros(len(encoded) + 1, dtype=np.int32)
    np.cumsum([len(data) for data in encoded], out=offsets[1:])
    return pa.StringArray.from_buffers(len(encoded), pa.py_buffer(offsets), pa.py_buffer(b"".join(encoded)))


def number_array(numbers: np.ndarray[Any, np.dtype[Any]]) -> pa.Array:
    """Numbers without nulls as an Arrow array that shares their memory."""
    kind = {"i": pa.int64(), "f": pa.float64()}[numbers.dtype.kind]
    return pa.Array.from_buffers(kind, len(numbers), [None, pa.py_buffer(np.ascontiguousarray(numbers))])


def literal(text: str) -> pa.Scalar:
    return text_array([text])[0]


NOTHING: Final = literal("")


def join(pieces: Sequence[Piece]) -> pa.Array:
    """The pieces side by side; null where one of them is null. At least one piece is an array."""
    ready = [literal(piece) if isinstance(piece, str) else piece for piece in _merged(pieces)]
    return pc.binary_join_element_wise(*ready, NOTHING)


def _merged(pieces: Sequence[Piece]) -> list[Piece]:
    merged: list[Piece] = []
    for piece in pieces:
        if isinstance(piece, str) and merged and isinstance(merged[-1], str):
            merged[-1] += piece
        else:
            merged.append(piece)
    return merged


def data_of(texts: pa.Array) -> memoryview:
    """All texts of an array one after the other, without a copy."""
    _, offsets, data = texts.buffers()
    bounds = np.frombuffer(offsets, dtype=np.int32)
    start, end = bounds[texts.offset], bounds[texts.offset + len(texts)]
    return memoryview(data)[start:end]


def patch(texts: pa.Array, odd: pa.Array, values: pa.Array, spell: Callable[[pa.Array], pa.Array]) -> pa.Array:
    """`texts`, but `spell(value)` where `odd` is true. Costs nothing when no value is odd."""
    if not pc.any(odd).as_py():
        return texts
    odd = odd.fill_null(False)
    return pc.replace_with_mask(texts, odd, spell(values.filter(odd)))


def slices(batch: pa.RecordBatch, *, cell_bytes: int) -> Iterator[pa.RecordBatch]:
    """Cut into pieces whose text stays far below the 2 GiB that an Arrow text array can hold."""
    weight = sum(_weight(column) for column in batch.columns) + batch.num_rows * batch.num_columns * cell_bytes
    if weight <= SLICE_BYTES or batch.num_rows < 2:
        if batch.num_rows:
            yield batch
        return
    half = batch.num_rows // 2
    yield from slices(batch.slice(0, half), cell_bytes=cell_bytes)
    yield from slices(batch.slice(half), cell_bytes=cell_bytes)


def _weight(column: pa.Array) -> int:
    """Bytes of the values written out: a dictionary may name one long text in every row."""
    if not pa.types.is_dictionary(column.type):
        return int(column.nbytes)
    words = column.dictionary
    if not (pa.types.is_string(words.type) or pa.types.is_binary(words.type)):
        return int(words.nbytes) * len(column) // max(1, len(words))
    lengths = pc.binary_length(words).take(column.indices)
    return pc.sum(lengths).as_py() or 0


def plain(column: pa.Array) -> pa.Array:
    """The same values without dictionaries, run ends, views, large offsets and extension types."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return plain(column.dictionary_decode())
    if pa.types.is_run_end_encoded(kind):
        return plain(pc.run_end_decode(column))
    if isinstance(kind, pa.BaseExtensionType):
        return _extension_storage(column)
    if pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        # By way of bytes: a cast between texts refuses what is no UTF-8.
        return valid_text(column.cast(pa.large_binary()).cast(pa.binary()).view(pa.string()))
    if is_binary(kind) and not pa.types.is_binary(kind):
        return column.cast(pa.binary())
    return valid_text(column) if pa.types.is_string(kind) else column


def valid_text(column: pa.Array) -> pa.Array:
    """A text array in which everything is UTF-8."""
    if is_valid(column):
        return column
    texts = text_array([value or "" for value in decoded(column)])
    return pc.if_else(column.is_valid(), texts, _no_text())


def _extension_storage(column: pa.Array) -> pa.Array:
    if isinstance(column.type, pa.UuidType):
        return python_texts(column, str)
    if isinstance(column.type, pa.Bool8Type):
        return column.storage.cast(pa.bool_())
    return plain(column.storage)


def is_binary(kind: pa.DataType) -> bool:
    checks = (
        pa.types.is_binary,
        pa.types.is_large_binary,
        pa.types.is_fixed_size_binary,
        pa.types.is_binary_view,
    )
    return any(check(kind) for check in checks)


def python_texts(column: pa.Array, spell: Callable[[Any], str]) -> pa.Array:
    """The slow way, one value after the other, for what no kernel spells."""
    missing = column.is_null()
    texts = text_array(["" if value is None else spell(value) for value in python_values(column)])
    return pc.if_else(missing, _no_text(), texts)


def _no_text() -> pa.Scalar:
    return pa.nulls(1, pa.string())[0]


def python_values(column: pa.Array) -> list[Any]:
    """As Python objects; instants that Python does not know (year 0, nanoseconds) as Arrow's text."""
    try:
        values: list[Any] = column.to_pylist()
    except UnicodeDecodeError:
        values = decoded(column)
    except (OverflowError, ValueError):
        values = column.cast(_with_text_leaves(column.type)).to_pylist()
    return values


def _with_text_leaves(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_map(kind):
        return pa.map_(_with_text_leaves(kind.key_type), _with_text_leaves(kind.item_type))
    if pa.types.is_struct(kind):
        return pa.struct([(field.name, _with_text_leaves(field.type)) for field in kind])
    if pa.types.is_fixed_size_list(kind):
        return pa.list_(_with_text_leaves(kind.value_type), kind.list_size)
    if pa.types.is_large_list(kind) or pa.types.is_list(kind):
        return pa.list_(_with_text_leaves(kind.value_type))
    return pa.string() if pa.types.is_temporal(kind) else kind


def json_texts(column: pa.Array) -> pa.Array:
    return python_texts(column, lambda value: json.dumps(value, ensure_ascii=False, default=_json_value))


def _json_value(value: Any) -> str:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value.isoformat() if isinstance(value, date | datetime | time) else str(value)


def decimal_texts(column: pa.Array) -> pa.Array:
    """Exact, and never with an exponent."""
    texts = column.cast(pa.string())
    return patch(texts, pc.match_substring(texts, "E"), column, lambda odd: python_texts(odd, _plain_decimal))


def _plain_decimal(value: Decimal) -> str:
    return format(value, "f")


def local_time(column: pa.Array, *, zone: str) -> pa.Array:
    """Instants as the clocks of `zone` show them; what has no zone is left as it is."""
    if column.type.tz is None:
        return column
    local = pc.local_timestamp(column.cast(pa.timestamp(column.type.unit, zone)))
    seconds = integers(column) // UNITS_PER_SECOND[column.type.unit]
    late = (seconds >= _LAST_TRANSITIONS) & (seconds < _END_OF_TIME)
    return _late_local_time(column, local, late, zone) if late.any() else local


def _late_local_time(column: pa.Array, local: pa.Array, late: np.ndarray[Any, Any], zone: str) -> pa.Array:
    """Arrow does not know the rule for the years after the listed changes of a clock; Python does."""
    unit, clock = column.type.unit, find_zone(zone)
    instants, clocks = integers(column), integers(local).copy()
    for place in np.flatnonzero(late):
        second = int(instants[place]) // UNITS_PER_SECOND[unit]
        offset = datetime.fromtimestamp(second, clock).utcoffset() or timedelta()
        clocks[place] = instants[place] + int(offset.total_seconds()) * UNITS_PER_SECOND[unit]
    moved = number_array(clocks).cast(pa.timestamp(unit))
    return pc.if_else(column.is_valid(), moved, pa.nulls(len(column), moved.type))


def timestamp_texts(column: pa.Array, *, zone: str) -> pa.Array:
    """`2013-06-24T07:00:00`, with fractions when there are any and the offset when the type has a zone."""
    local = local_time(column, zone=zone)
    clock = _without_zero_fraction(local)
    texts = pc.replace_substring(clock, " ", "T", max_replacements=1)
    if column.type.tz is not None:
        texts = join([texts, _offsets(column, local)])
    # An instant beyond what clocks show comes as Arrow's words for it.
    return patch(texts, pc.starts_with(clock, "<"), clock, lambda unknown: unknown)


def _offsets(instants: pa.Array, local: pa.Array) -> pa.Array:
    per_second = UNITS_PER_SECOND[instants.type.unit]
    seconds = (integers(local) - integers(instants)) // per_second
    distinct, places = np.unique(seconds, return_inverse=True)
    return text_array([_offset(int(offset)) for offset in distinct]).take(number_array(places.astype(np.int64)))


def _offset(seconds: int) -> str:
    hours, rest = divmod(abs(seconds), 3600)
    text = f"{'-' if seconds < 0 else '+'}{hours:02d}:{rest // 60:02d}"
    return f"{text}:{rest % 60:02d}" if rest % 60 else text


def time_texts(column: pa.Array) -> pa.Array:
    return _without_zero_fraction(column)


def _without_zero_fraction(column: pa.Array) -> pa.Array:
    if (integers(column) % UNITS_PER_SECOND[column.type.unit]).any():
        return pc.replace_substring_regex(column.cast(pa.string()), r"\.?0+$", "")
    whole = pa.time32("s") if pa.types.is_time(column.type) else pa.timestamp("s")
    return column.cast(whole).cast(pa.string())


def duration_texts(column: pa.Array) -> pa.Array:
    """`26:30:00`, with fractions when there are any and a minus in front."""
    return python_texts(column.cast(pa.int64()), lambda units: _duration(units, UNITS_PER_SECOND[column.type.unit]))


def _duration(units: int, per_second: int) -> str:
    seconds, fraction = divmod(abs(units), per_second)
    minutes, second = divmod(seconds, 60)
    digits = f"{fraction:0{len(str(per_second)) - 1}d}".rstrip("0") if fraction else ""
    text = f"{minutes // 60}:{minutes % 60:02d}:{second:02d}"
    return f"{'-' if units < 0 else ''}{text}{'.' + digits if digits else ''}"


def other_texts(column: pa.Array) -> pa.Array:
    return python_texts(column, _other)


def _other(value: Any) -> str:
    if isinstance(value, pa.MonthDayNano):
        return f"P{value.months}M{value.days}DT{timedelta(microseconds=value.nanoseconds // 1000).total_seconds()}S"
    return str(value)


def integers(column: pa.Array) -> np.ndarray[Any, np.dtype[np.int64]]:
    """The stored integers of a temporal or integer column, 0 for null."""
    narrow = pa.types.is_time32(column.type) or pa.types.is_date32(column.type)
    stored = column.cast(pa.int32()) if narrow else column
    found: np.ndarray[Any, np.dtype[np.int64]] = stored.cast(pa.int64()).fill_null(_ZERO).to_numpy(zero_copy_only=False)
    return found


_ZERO: Final = number_array(np.zeros(1, dtype=np.int64))[0]
