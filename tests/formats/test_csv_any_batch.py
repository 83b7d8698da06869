"""Whatever a query gives goes through and reads back as documented."""

from __future__ import annotations

import base64
import csv
import io
import math
import struct
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from core.formats.csv import FORMAT
from tests.formats.edge_tables import report_head, write_table

_ZONE = ZoneInfo("America/New_York")
_TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=20) | st.sampled_from(["", ",", '"', "\r\n", " "])


def _bits(number: float) -> bytes:
    return b"nan" if math.isnan(number) else struct.pack("<d", number)


def _same_float(text: str, value: float) -> bool:
    return _bits(float(text)) == _bits(value)


def _same_instant(text: str, value: datetime) -> bool:
    found = datetime.fromisoformat(text)
    return found == value and found.utcoffset() == value.astimezone(_ZONE).utcoffset()


def _same_duration(text: str, value: timedelta) -> bool:
    hours, minutes, seconds = text.lstrip("-").split(":")
    whole, _, fraction = seconds.partition(".")
    micros = int(fraction.ljust(6, "0") or 0) if fraction else 0
    size = timedelta(hours=int(hours), minutes=int(minutes), seconds=int(whole), microseconds=micros)
    return (-size if text.startswith("-") else size) == value


_MOMENTS = {"min_value": datetime(2, 1, 1, tzinfo=UTC).replace(tzinfo=None)}
_LATEST = {"max_value": datetime(9998, 1, 1, tzinfo=UTC).replace(tzinfo=None)}
# Arrow type -> (values, whether a field is that value)
KINDS: dict[pa.DataType, tuple[st.SearchStrategy[Any], Any]] = {
    pa.string(): (_TEXTS, lambda text, value: text == value),
    pa.int64(): (st.integers(-(2**63), 2**63 - 1), lambda text, value: text == str(value)),
    pa.float64(): (st.floats(), _same_float),
    pa.decimal128(38, 10): (
        st.decimals(-(10**27), 10**27, places=10, allow_nan=False),
        lambda text, value: Decimal(text) == value and "E" not in text,
    ),
    pa.bool_(): (st.booleans(), lambda text, value: text == str(value).lower()),
    pa.date32(): (st.dates(), lambda text, value: date.fromisoformat(text) == value),
    pa.timestamp("us"): (
        st.datetimes(),
        lambda text, value: datetime.fromisoformat(text) == value and text[10] == "T",
    ),
    pa.timestamp("us", "UTC"): (st.datetimes(**_MOMENTS, **_LATEST, timezones=st.just(UTC)), _same_instant),
    pa.time64("us"): (st.times(), lambda text, value: time.fromisoformat(text) == value),
    pa.duration("us"): (st.timedeltas(timedelta(-(10**8)), timedelta(10**8)), _same_duration),
    pa.binary(): (st.binary(max_size=20), lambda text, value: base64.b64decode(text) == value),
}
_NUMBERS = [pa.int64(), pa.float64(), pa.decimal128(38, 10)]


@st.composite
def batches(draw: Any, kinds: list[pa.DataType]) -> pa.RecordBatch:
    rows = draw(st.integers(0, 6))
    chosen = draw(st.lists(st.sampled_from(kinds), min_size=1, max_size=6))
    columns = [
        pa.array(draw(st.lists(st.none() | KINDS[kind][0], min_size=rows, max_size=rows)), kind) for kind in chosen
    ]
    # A counter in front: a reader skips a line that is empty because its only value is null.
    names = ["n", *(f"c{place}" for place in range(len(chosen)))]
    return pa.record_batch([pa.array(range(rows), pa.int64()), *columns], names=names)


def _written(batch: pa.RecordBatch, *, guard: bool) -> bytes:
    with TemporaryDirectory() as folder:
        head = report_head(format_options={"csv": {"guard": guard}})
        return write_table(FORMAT, Path(folder), batch, head=head).read_bytes()


@settings(max_examples=100, deadline=None)
@given(batches(list(KINDS)))
def test_any_batch_reads_back_as_documented(batch: pa.RecordBatch) -> None:
    text = _written(batch, guard=False).decode("utf-8-sig")
    _, *rows = csv.reader(io.StringIO(text, newline=""))
    assert len(rows) == batch.num_rows
    for place, field in enumerate(batch.schema):
        for row, value in zip(rows, batch.column(place).to_pylist(), strict=True):
            found = row[place]
            assert found == "" if value is None else KINDS[field.type][1](found, value), (field.type, value, found)


@settings(max_examples=40, deadline=None)
@given(batches(_NUMBERS))
def test_the_guard_never_touches_a_numeric_column(batch: pa.RecordBatch) -> None:
    assert _written(batch, guard=True) == _written(batch, guard=False)
