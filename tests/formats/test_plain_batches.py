"""Arrow's rarer types become those that everything knows, with the same values."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.formats.arrow_plain import plain_batch, plain_schema, plain_type
from tests.formats.any_batch import VALUES, array_of, batches

_ID = uuid.UUID("00000000-0000-4000-8000-00000000002a")
_NEW_YORK = pa.timestamp("s", "America/New_York")

# (type, a value that Arrow takes, the plain type, the value in it)
CASES: list[tuple[pa.DataType, Any, pa.DataType, Any]] = [
    (pa.string_view(), "a", pa.string(), "a"),
    (pa.binary_view(), b"a", pa.binary(), b"a"),
    (pa.uuid(), _ID.bytes, pa.string(), str(_ID)),
    (pa.json_(), '{"a": 1}', pa.string(), '{"a": 1}'),
    (pa.bool8(), 2, pa.bool_(), True),
    (pa.opaque(pa.string_view(), "inet", "PostgreSQL"), "::1", pa.string(), "::1"),
    (pa.float16(), 0.5, pa.float32(), 0.5),
    (pa.decimal32(5, 1), Decimal("1.5"), pa.decimal128(5, 1), Decimal("1.5")),
    (pa.decimal64(15, 2), Decimal("1.25"), pa.decimal128(15, 2), Decimal("1.25")),
    (pa.run_end_encoded(pa.int32(), pa.date32()), 0, pa.date32(), pa.scalar(0, pa.date32()).as_py()),
    (pa.dictionary(pa.int8(), pa.string_view()), "a", pa.string(), "a"),
    (pa.dictionary(pa.int32(), pa.int64()), 7, pa.int64(), 7),
    (pa.list_view(pa.string_view()), ["a", None], pa.list_(pa.string()), ["a", None]),
    (pa.large_list_view(pa.int64()), [1, 2], pa.large_list(pa.int64()), [1, 2]),
    (pa.list_(pa.date32(), 1), [2_932_897], pa.list_(pa.string(), 1), ["10000-01-01"]),
    (pa.list_(_NEW_YORK), [0, None], pa.list_(pa.string()), ["1969-12-31T19:00:00-05:00", None]),
    (pa.list_(pa.timestamp("s", "+05:30")), [0], pa.list_(pa.string()), ["1970-01-01T00:00:00+00:00"]),
    (pa.map_(pa.string(), pa.time32("s")), [("a", 1)], pa.map_(pa.string(), pa.string()), [("a", "00:00:01")]),
    (pa.struct([("a", pa.duration("s"))]), {"a": 90_000}, pa.struct([("a", pa.string())]), {"a": "25:00:00"}),
]


@pytest.mark.parametrize(("kind", "value", "plain", "shown"), CASES, ids=[str(case[0]) for case in CASES])
def test_a_rare_type_becomes_a_plain_one_with_the_same_values(
    kind: pa.DataType, value: Any, plain: pa.DataType, shown: Any
) -> None:
    batch = pa.record_batch({"x": array_of([value, None, value, value], kind)})
    assert plain_type(kind) == plain
    for start, length in ((0, 4), (1, 3), (1, 1), (2, 0)):
        found = plain_batch(batch.slice(start, length))
        found.validate(full=True)
        assert found.schema == plain_schema(batch.schema)
        assert found["x"].to_pylist() == [shown, None, shown, shown][start : start + length]


@pytest.mark.parametrize(
    "kind", [kind for kind in VALUES if plain_type(kind) == kind and not pa.types.is_nested(kind)], ids=str
)
def test_an_ordinary_batch_is_not_touched(kind: pa.DataType) -> None:
    batch = pa.record_batch({"x": array_of([None], kind)})
    assert plain_batch(batch) is batch


def shown(batch: pa.RecordBatch) -> list[str]:
    """By Arrow itself: Python knows neither the year 10000 nor two NaN that are alike."""
    columns = [
        column.dictionary_decode() if pa.types.is_dictionary(column.type) else column for column in batch.columns
    ]
    return [column.to_string(window=100) for column in columns]


@settings(max_examples=60, deadline=None)
@given(batches(), st.integers(0, 6))
def test_any_slice_is_as_the_whole_is_and_stays_so(batch: pa.RecordBatch, start: int) -> None:
    whole, part = plain_batch(batch), plain_batch(batch.slice(start))
    part.validate(full=True)
    assert shown(part) == shown(whole.slice(start))
    assert plain_batch(whole) is whole
