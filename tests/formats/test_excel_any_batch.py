"""Whatever a query gives goes through and reads back as documented, with two readers."""

from __future__ import annotations

import json
import math
import warnings
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import openpyxl
import pyarrow as pa
from hypothesis import HealthCheck, given, settings
from openpyxl.utils.escape import unescape
from python_calamine import CalamineWorkbook

from core.formats.arrow_plain import plain_batch
from core.formats.excel import FORMAT
from tests.formats.any_batch import batches, is_interval, is_interval_text, is_same_json, python_value
from tests.formats.edge_tables import naive, write_table

_FIRST, _EPOCH = naive(1900, 3, 1), naive(1899, 12, 30)
_LAST_DAY = naive(9999, 12, 31) - _EPOCH
_ZONE = ZoneInfo("America/New_York")
_CELL_UNITS = 32_767


def _text(value: str) -> str:
    units = value.encode("utf-16-le")
    if len(units) > 2 * _CELL_UNITS:
        value = units[: 2 * (_CELL_UNITS - 1)].decode("utf-16-le", "ignore") + "\u2026"
    return value


def _integer(value: int) -> Any:
    return str(value) if abs(value) >= 10**15 else value


def _decimal(value: Decimal) -> Any:
    text = format(value, "f")
    significant = text.replace(".", "").lstrip("-0").rstrip("0")
    return text if len(significant) > 15 else float(value)


def _day(value: Any) -> Any:
    if isinstance(value, str):
        return value
    moment = datetime.combine(value, time())
    return moment if moment >= _FIRST else value.isoformat()


def _moment(value: Any) -> Any:
    """The clock of the report's zone; ISO text where Excel has no day."""
    if isinstance(value, str):
        return value.replace(" ", "T")
    if value.tzinfo is not None:
        value = value.astimezone(_ZONE).replace(tzinfo=None)
    text = value.isoformat()
    return value if value >= _FIRST else text.rstrip("0") if value.microsecond else text


def _duration(value: timedelta) -> Any:
    if timedelta(0) <= value < _LAST_DAY:
        return value
    seconds, rest = divmod(abs(value) // timedelta(microseconds=1), 1_000_000)
    fraction = f".{rest:06d}".rstrip("0") if rest else ""
    sign = "-" if value < timedelta(0) else ""
    return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}{fraction}"


def _same(value: Any) -> Any:
    return value


# (type, what a reader finds for a value); the first that fits counts.
EXPECTED: tuple[tuple[Callable[[pa.DataType], bool], Callable[[Any], Any]], ...] = (
    (pa.types.is_integer, _integer),
    (pa.types.is_floating, lambda value: value if math.isfinite(value) else str(value)),
    (pa.types.is_decimal, _decimal),
    (pa.types.is_date, _day),
    (pa.types.is_timestamp, _moment),
    (pa.types.is_duration, _duration),
    (pa.types.is_binary, bytes.hex),
    (pa.types.is_large_binary, bytes.hex),
    (pa.types.is_fixed_size_binary, bytes.hex),
    (pa.types.is_boolean, _same),
    (pa.types.is_time, _same),
    (lambda _kind: True, _text),
)


def _since(value: Any) -> timedelta:
    """Readers tell day 0 of a time from its date in their own ways: compare distances from it."""
    if isinstance(value, datetime):
        return value - _EPOCH
    if isinstance(value, date):
        return datetime.combine(value, time()) - _EPOCH
    if isinstance(value, time):
        return datetime.combine(_EPOCH.date(), value) - _EPOCH
    if isinstance(value, int | float):
        return timedelta(days=value)
    assert isinstance(value, timedelta), f"{value!r} is no time"
    return value


def agrees(found: Any, value: Any, kind: pa.DataType) -> bool:
    if value is None:
        return found in (None, "")
    if pa.types.is_nested(kind):
        return is_same_json(json.loads(found), value)
    if is_interval(kind):
        return is_interval_text(found, value)
    if pa.types.is_timestamp(kind) and kind.tz and isinstance(value, str):
        # Beyond Python's calendar the clock of the report's zone cannot be told here.
        return bool(found)
    expected = next(expect for matches, expect in EXPECTED if matches(kind))(value)
    if isinstance(expected, datetime | timedelta | time):
        return abs(_since(found) - _since(expected)) <= timedelta(milliseconds=1)
    if pa.types.is_float32(kind) and not isinstance(expected, str):
        return bool(np.float32(found) == np.float32(expected))
    if pa.types.is_timestamp(kind):
        # Nanoseconds stand in the text, Python has none.
        return str(found).startswith(expected)
    if isinstance(expected, float) and not isinstance(found, str):
        # A whole number may come as an int with more digits than the cell has.
        return float(found) == expected
    return bool((found or "") == (expected or "")) if isinstance(expected, str) else bool(found == expected)


def by_calamine(path: Path) -> list[list[Any]]:
    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_name("Flights").to_python(skip_empty_area=False)
    # It shows the two code points that are no characters as they are written.
    return [[_characters(cell) if isinstance(cell, str) else cell for cell in row] for row in rows[1:]]


def _characters(text: str) -> str:
    return text.replace("_xFFFE_", "\ufffe").replace("_xFFFF_", "\uffff")


def by_openpyxl(path: Path) -> list[list[Any]]:
    with path.open("rb") as handle, warnings.catch_warnings():
        # Beyond 9999 it warns of a date and gives the number.
        warnings.simplefilter("ignore", UserWarning)
        rows = list(openpyxl.load_workbook(handle)["Flights"].iter_rows(min_row=2, values_only=True))
    # It leaves Excel's own escapes in inline text as they are.
    return [[unescape(cell) if isinstance(cell, str) else cell for cell in row] for row in rows]


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(batches(long=True))
def test_any_batch_reads_back_as_documented(batch: pa.RecordBatch) -> None:
    batch = plain_batch(batch)
    with TemporaryDirectory() as folder:
        path = write_table(FORMAT, Path(folder), batch)
        readings = [by_calamine(path), by_openpyxl(path)]
    for rows in readings:
        for place, field in enumerate(batch.schema):
            for number, scalar in enumerate(batch.column(place)):
                found, value = rows[number][place], python_value(scalar)
                assert agrees(found, value, field.type), (field.type, value, found)
