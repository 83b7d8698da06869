"""Text that is no UTF-8, as databases without a fixed encoding give it, harms no file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from python_calamine import CalamineWorkbook

from core.formats import FORMAT_KEYS, get_format
from core.formats.arrow_valid import is_valid, valid_batch
from tests.formats.edge_tables import write_table

# Half of a surrogate pair, a byte order mark of another encoding, an unfinished letter.
BROKEN = [b"fine", b"\xed\xa0\x80x", b"\xff\xfe=1", b"\xc3", "\u00fc".encode()]
SHOWN = ["fine", "\ufffd\ufffd\ufffdx", "\ufffd\ufffd=1", "\ufffd", "\u00fc"]


def texts(raw: Sequence[bytes]) -> pa.Array:
    offsets = np.cumsum([0, *map(len, raw)]).astype(np.int32)
    return pa.StringArray.from_buffers(len(raw), pa.py_buffer(offsets), pa.py_buffer(b"".join(raw)))


def broken_batch() -> pa.RecordBatch:
    found = texts(BROKEN)
    kinds: dict[str, Any] = {
        "text": found,
        "words": pa.DictionaryArray.from_arrays(pa.array(range(5), pa.int32()), found),
        "record": pa.StructArray.from_arrays([found], ["a"]),
        "list": pa.ListArray.from_arrays(pa.array(range(6), pa.int32()), found),
        "n": pa.array(range(5)),
    }
    return pa.record_batch(kinds)


def test_a_batch_is_mended_and_a_whole_one_is_not_touched() -> None:
    mended = valid_batch(broken_batch())
    assert all(is_valid(column) for column in mended.columns)
    assert mended.schema == broken_batch().schema
    assert mended["text"].to_pylist() == mended["words"].to_pylist() == SHOWN
    assert mended["record"].to_pylist() == [{"a": text} for text in SHOWN]
    assert mended["list"].to_pylist() == [[text] for text in SHOWN]
    assert valid_batch(mended) is mended


@pytest.mark.parametrize("key", FORMAT_KEYS)
def test_every_format_takes_a_mended_batch(tmp_path: Path, key: str) -> None:
    assert write_table(get_format(key), tmp_path, valid_batch(broken_batch())).stat().st_size


def test_workbook_and_csv_mend_what_reaches_them(tmp_path: Path) -> None:
    path = write_table(get_format("excel"), tmp_path, broken_batch())
    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_name("Flights").to_python()[1:]
    assert [row[0] for row in rows] == [row[1] for row in rows] == SHOWN
    assert [row[2] for row in rows] == [f'{{"a": "{text}"}}' for text in SHOWN]
    lines = write_table(get_format("csv"), tmp_path, broken_batch()).read_bytes().decode("utf-8-sig").splitlines()
    assert [line.split(",")[0] for line in lines[1:]] == SHOWN
