"""Batches in the types that figures, charts, mails and files all know, whichever of Arrow's types a database gives.

What is out of the ordinary is told by its type alone, so all batches of a result keep one schema: views and run ends
become their values, extension types what they stand for, and dates inside of lists and records ISO text. Dates of
their own keep their type however far off they are: each format writes those that it cannot show as text.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Final, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.formats.arrow_text import duration_texts, other_texts, python_texts, time_texts, timestamp_texts
from core.formats.arrow_valid import valid_batch

# (whether it is about this type, what the type becomes, what an array becomes)
_Rule: TypeAlias = tuple[
    Callable[[pa.DataType], bool], Callable[[pa.DataType], pa.DataType], Callable[[pa.Array], pa.Array]
]


def plain_schema(schema: pa.Schema) -> pa.Schema:
    """The schema of `plain_batch` of its batches."""
    return pa.schema([field.with_type(plain_type(field.type)) for field in schema], schema.metadata)


def plain_batch(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The same rows in plain types and with valid text; almost always the batch itself."""
    if all(plain_type(kind) == kind for kind in batch.schema.types):
        return valid_batch(batch)
    columns = [_plain_array(column) for column in batch.columns]
    return valid_batch(pa.RecordBatch.from_arrays(columns, schema=plain_schema(batch.schema)))


@lru_cache(maxsize=512)
def plain_type(kind: pa.DataType) -> pa.DataType:
    """What `plain_batch` makes of a type; the type itself when it is plain."""
    return next((target(kind) for matches, target, _ in _RULES if matches(kind)), kind)


def _plain_array(column: pa.Array) -> pa.Array:
    if plain_type(column.type) == column.type:
        return column
    return next(convert for matches, _, convert in _RULES if matches(column.type))(column)


def _inner_type(kind: pa.DataType) -> pa.DataType:
    """What a type becomes inside of lists and records, where all is JSON in the end."""
    kind = plain_type(kind)
    if pa.types.is_dictionary(kind):
        return kind.value_type
    return pa.string() if pa.types.is_temporal(kind) else kind


def _inner_array(column: pa.Array) -> pa.Array:
    column = _plain_array(column)
    if pa.types.is_dictionary(column.type):
        return column.dictionary_decode()
    return _moments(column) if pa.types.is_temporal(column.type) else column


def _value_type(kind: pa.DataType) -> pa.DataType:
    return plain_type(kind.value_type)


def _is_odd_dictionary(kind: pa.DataType) -> bool:
    """All but words, which every format writes faster as a dictionary."""
    if not pa.types.is_dictionary(kind):
        return False
    return not (pa.types.is_string(kind.value_type) or pa.types.is_large_string(kind.value_type))


def _dictionary_values(column: pa.Array) -> pa.Array:
    return _plain_array(column.dictionary).take(column.indices)


def _run_values(column: pa.Array) -> pa.Array:
    """By the place of each row among the ends, since Arrow decodes the runs of a few types only."""
    rows = np.arange(column.offset, column.offset + len(column))
    places = np.searchsorted(np.asarray(column.run_ends), rows, side="right")
    return _plain_array(column.values).take(pa.array(places))


def _is_extension(kind: pa.DataType) -> bool:
    return isinstance(kind, pa.BaseExtensionType)


def _is_uuid(kind: pa.DataType) -> bool:
    return isinstance(kind, pa.UuidType)


def _is_bool8(kind: pa.DataType) -> bool:
    return isinstance(kind, pa.Bool8Type)


def _is_narrow_decimal(kind: pa.DataType) -> bool:
    return bool(pa.types.is_decimal32(kind) or pa.types.is_decimal64(kind))


def _wide_decimal(kind: pa.DataType) -> pa.DataType:
    return pa.decimal128(kind.precision, kind.scale)


def _text_of_view(column: pa.Array) -> pa.Array:
    # By way of bytes: a cast between texts refuses what is no UTF-8.
    return column.cast(pa.binary_view()).cast(pa.binary()).view(pa.string())


def _moments(column: pa.Array) -> pa.Array:
    """ISO text of whatever is a point or a length of time."""
    kind = column.type
    if pa.types.is_timestamp(kind):
        return timestamp_texts(column, zone=kind.tz if "/" in (kind.tz or "") else "UTC")
    if pa.types.is_date(kind):
        return column.cast(pa.date32()).cast(pa.string())
    if pa.types.is_time(kind):
        return time_texts(column)
    return duration_texts(column) if pa.types.is_duration(kind) else other_texts(column)


def _is_list(kind: pa.DataType) -> bool:
    return bool(pa.types.is_list(kind) or pa.types.is_list_view(kind))


def _is_large_list(kind: pa.DataType) -> bool:
    return bool(pa.types.is_large_list(kind) or pa.types.is_large_list_view(kind))


def _inner_field(field: pa.Field) -> pa.Field:
    return field.with_type(_inner_type(field.type))


def _list_type(kind: pa.DataType) -> pa.DataType:
    return pa.list_(_inner_field(kind.value_field))


def _large_list_type(kind: pa.DataType) -> pa.DataType:
    return pa.large_list(_inner_field(kind.value_field))


def _lists(column: pa.Array) -> pa.Array:
    """Built anew from lengths and values, as Arrow's cast of list views to lists reads beyond their offsets."""
    large = _is_large_list(column.type)
    made = pa.LargeListArray if large else pa.ListArray
    lengths = pc.list_value_length(column).fill_null(0).to_numpy(zero_copy_only=False)
    offsets = pa.array(np.concatenate([[0], np.cumsum(lengths)]), pa.int64() if large else pa.int32())
    kind = (_large_list_type if large else _list_type)(column.type)
    return made.from_arrays(offsets, _inner_array(column.flatten()), type=kind, mask=_mask(column))


def _mask(column: pa.Array) -> pa.Array | None:
    return column.is_null() if column.null_count else None


def _fixed_list_type(kind: pa.DataType) -> pa.DataType:
    return pa.list_(_inner_field(kind.value_field), kind.list_size)


def _fixed_lists(column: pa.Array) -> pa.Array:
    size = column.type.list_size
    values = column.values.slice(column.offset * size, len(column) * size)
    kind = _fixed_list_type(column.type)
    return pa.FixedSizeListArray.from_arrays(_inner_array(values), type=kind, mask=_mask(column))


def _struct_type(kind: pa.DataType) -> pa.DataType:
    return pa.struct([_inner_field(field) for field in kind])


def _structs(column: pa.Array) -> pa.Array:
    parts = [_inner_array(part) for part in column.flatten()]
    return pa.StructArray.from_arrays(parts, fields=list(_struct_type(column.type)), mask=_mask(column))


def _map_type(kind: pa.DataType) -> pa.DataType:
    return pa.map_(_inner_field(kind.key_field), _inner_field(kind.item_field), kind.keys_sorted)


def _maps(column: pa.Array) -> pa.Array:
    first, last = column.offsets[0], column.offsets[-1].as_py()
    keys, items = (_inner_array(part[first.as_py() : last]) for part in (column.keys, column.items))
    offsets = pc.subtract(column.offsets, first)
    return pa.MapArray.from_arrays(offsets, keys, items, type=_map_type(column.type), mask=_mask(column))


def _always(kind: pa.DataType) -> Callable[[pa.DataType], pa.DataType]:
    return lambda _kind: kind


# The first that matches counts.
_RULES: Final[tuple[_Rule, ...]] = (
    (_is_odd_dictionary, _value_type, _dictionary_values),
    (pa.types.is_run_end_encoded, _value_type, _run_values),
    (_is_uuid, _always(pa.string()), lambda column: python_texts(column, str)),
    (_is_bool8, _always(pa.bool_()), lambda column: column.storage.cast(pa.bool_())),
    (_is_extension, lambda kind: plain_type(kind.storage_type), lambda column: _plain_array(column.storage)),
    (pa.types.is_string_view, _always(pa.string()), _text_of_view),
    (pa.types.is_binary_view, _always(pa.binary()), lambda column: column.cast(pa.binary())),
    (pa.types.is_float16, _always(pa.float32()), lambda column: column.cast(pa.float32())),
    (_is_narrow_decimal, _wide_decimal, lambda column: column.cast(_wide_decimal(column.type))),
    (_is_list, _list_type, _lists),
    (_is_large_list, _large_list_type, _lists),
    (pa.types.is_fixed_size_list, _fixed_list_type, _fixed_lists),
    (pa.types.is_struct, _struct_type, _structs),
    (pa.types.is_map, _map_type, _maps),
)
