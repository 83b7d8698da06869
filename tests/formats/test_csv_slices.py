"""Batches are cut by their weight as text, which no column of text may outgrow; whole columns are searched at once."""

from __future__ import annotations

import pyarrow as pa
import pytest

from core.formats.arrow_marks import may_hold
from core.formats.arrow_text import SLICE_BYTES, slices


def sizes(batch: pa.RecordBatch) -> list[int]:
    return [piece.num_rows for piece in slices(batch, cell_bytes=8)]


def test_a_small_batch_is_left_whole() -> None:
    batch = pa.record_batch({"n": pa.array(range(100))})
    assert sizes(batch) == [100]


def test_no_rows_give_no_slice() -> None:
    assert sizes(pa.record_batch({"n": pa.array([], pa.int64())})) == []


def test_heavy_rows_are_cut_where_they_are() -> None:
    light, heavy = ["x"] * 1_000, ["y" * 1_000_000] * 24
    pieces = list(slices(pa.record_batch({"t": pa.array(light + heavy)}), cell_bytes=8))
    assert sum(piece.num_rows for piece in pieces) == 1_024
    assert max(piece.nbytes for piece in pieces) <= SLICE_BYTES
    assert pieces[0].num_rows == 512


def test_a_dictionary_weighs_what_its_rows_will() -> None:
    words = pa.array(["y" * 1_000_000, "x"])
    column = pa.DictionaryArray.from_arrays(pa.array([0] * 100, pa.int8()), words)
    assert max(sizes(pa.record_batch({"t": column}))) <= SLICE_BYTES // 1_000_000


def test_columns_without_bytes_weigh_their_markup() -> None:
    batch = pa.record_batch({"nothing": pa.nulls(4_000_000)})
    assert max(sizes(batch)) * 8 <= SLICE_BYTES


@pytest.mark.parametrize("rows", [1, 2, 3, 7])
def test_rows_heavier_than_a_slice_come_one_by_one(rows: int) -> None:
    batch = pa.record_batch({"t": pa.array(["y" * (SLICE_BYTES + 1)] * rows)})
    assert sizes(batch) == [1] * rows


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        (pa.array(["a", "b&c"]), True),
        (pa.array(["a", None, "b"]), False),
        (pa.array(["a&", "b", "c&"]).slice(1, 1), False),
        (pa.array(["", ""]), False),
        (pa.nulls(3, pa.string()), False),
        (pa.array([], pa.string()), False),
    ],
)
def test_a_mark_is_found_wherever_it_stands_in_the_slice(texts: pa.Array, found: bool) -> None:
    assert may_hold(texts, [b"\t", b"&"]) is found
