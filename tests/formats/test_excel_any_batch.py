"""Whatever a query gives goes through and reads back as documented."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from core.formats.excel import FORMAT
from tests.formats.edge_tables import naive, write_table

_FIRST, _EPOCH = naive(1900, 3, 1), naive(1899, 12, 30)
_ZONE = ZoneInfo("America/New_York")
# calamine shows the two code points that are no characters as they are written.
_TEXTS = st.text(st.characters(exclude_characters="\ufffe\uffff", exclude_categories=("Cs",)), max_size=30)
_UNDERSCORED = st.from_regex(r"\A(_x[0-9a-fA-F]{4}_?|x00|_|a){1,6}\Z")


def _number(value: Any) -> Any:
    return str(value) if abs(value) >= 10**15 else value


def _float(value: float) -> Any:
    return value if math.isfinite(value) else str(value)


def _decimal(value: Decimal) -> Any:
    text = format(value, "f")
    significant = text.replace(".", "").lstrip("-0").rstrip("0")
    return text if len(significant) > 15 else float(value)


def _day(value: date) -> Any:
    moment = datetime(value.year, value.month, value.day, tzinfo=UTC).replace(tzinfo=None)
    return moment if moment >= _FIRST else value.isoformat()


def _moment(value: datetime) -> Any:
    return value if value >= _FIRST else _iso(value)


def _iso(value: datetime) -> str:
    text = value.isoformat()
    return text.rstrip("0") if value.microsecond else text


def _instant(value: datetime) -> Any:
    return _moment(value.astimezone(_ZONE).replace(tzinfo=None))


def _duration(value: timedelta) -> Any:
    if value >= timedelta(0):
        return value
    seconds, rest = divmod(-value // timedelta(microseconds=1), 1_000_000)
    fraction = f".{rest:06d}".rstrip("0") if rest else ""
    return f"-{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}{fraction}"


_DECIMALS = st.decimals(-(10**27), 10**27, places=10, allow_nan=False)
_YEARS = {"min_value": naive(1800, 1, 1), "max_value": naive(9998, 12, 31)}
# Arrow type -> (values, what a reader finds)
KINDS: dict[pa.DataType, tuple[st.SearchStrategy[Any], Any]] = {
    pa.string(): (_TEXTS | _UNDERSCORED, str),
    pa.int64(): (st.integers(-(2**63), 2**63 - 1), _number),
    pa.uint64(): (st.integers(0, 2**64 - 1), _number),
    pa.int8(): (st.integers(-128, 127), _number),
    pa.float64(): (st.floats(), _float),
    pa.decimal128(38, 10): (_DECIMALS, _decimal),
    pa.bool_(): (st.booleans(), bool),
    pa.date32(): (st.dates(), _day),
    pa.timestamp("us"): (st.datetimes(**_YEARS), _moment),
    pa.timestamp("us", "UTC"): (st.datetimes(**_YEARS, timezones=st.just(UTC)), _instant),
    pa.time64("us"): (st.times(), lambda value: value),
    pa.duration("us"): (st.timedeltas(timedelta(days=-9999), timedelta(days=9999)), _duration),
    pa.binary(): (st.binary(max_size=20), bytes.hex),
}


@st.composite
def batches(draw: Any) -> pa.RecordBatch:
    rows = draw(st.integers(0, 6))
    kinds = draw(st.lists(st.sampled_from(list(KINDS)), min_size=1, max_size=6))
    columns = [
        pa.array(draw(st.lists(st.none() | KINDS[kind][0], min_size=rows, max_size=rows)), kind) for kind in kinds
    ]
    return pa.record_batch(columns, names=[f"c{place}" for place in range(len(kinds))])


def _agrees(found: Any, value: Any, kind: pa.DataType) -> bool:
    expected = None if value is None else KINDS[kind][1](value)
    if expected in (None, ""):
        return bool(found == "")
    if isinstance(expected, datetime | timedelta | time):
        return abs(_since(found) - _since(expected)) <= timedelta(milliseconds=1)
    return bool(found == expected)


def _since(value: Any) -> timedelta:
    """Readers tell day 0 of a time from its date in their own ways: compare distances from it."""
    if isinstance(value, datetime):
        return value - _EPOCH
    if isinstance(value, date):
        return datetime.combine(value, time()) - _EPOCH
    if isinstance(value, time):
        return datetime.combine(_EPOCH.date(), value) - _EPOCH
    assert isinstance(value, timedelta), f"{value!r} is no time"
    return value


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(batches())
def test_any_batch_reads_back_as_documented(batch: pa.RecordBatch) -> None:
    with TemporaryDirectory() as folder:
        path = write_table(FORMAT, Path(folder), batch)
        sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_name("Flights")
        rows = sheet.to_python(skip_empty_area=False, nrows=None)[1:]
    rows += [[""] * batch.num_columns for _ in range(batch.num_rows - len(rows))]
    for place, field in enumerate(batch.schema):
        for number, value in enumerate(batch.column(place).to_pylist()):
            found = rows[number][place]
            assert _agrees(found, value, field.type), (field.type, value, found)
