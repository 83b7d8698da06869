"""Every kind of value, read back by two other libraries."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import openpyxl
import pyarrow as pa
import pytest
from openpyxl.utils.escape import unescape
from python_calamine import CalamineWorkbook

from core.formats.excel import FORMAT
from tests.formats.edge_tables import edge_table, hard_texts, naive, write_table

# None is a missing cell.
EXPECTED: dict[str, tuple[Any, Any, Any]] = {
    "text": ("plain", None, "=1+1"),
    "large text": ("0123", None, ""),
    "view": ("TRUE", None, "a,b"),
    "words": ("a", None, "b&<c>"),
    "int8": (1, None, -128),
    "int64": (1, None, "-1000000000000000"),
    "uint64": (999_999_999_999_999, None, "18446744073709551615"),
    "float16": (0.5, None, 2),
    "float32": (0.5, None, 1e20),
    "float64": (0.1, None, 1e300),
    "not finite": ("nan", "inf", "-inf"),
    "money": (1.1, None, -0.05),
    "38 digits": ("1234567890123456789012345678.9012345678", None, "-1234567890123456789012345678.9012345678"),
    "tiny": (1e-10, None, 2e-9),
    "76 digits": (1e60, None, 7),
    "flag": (True, None, False),
    "date": (date(2013, 6, 24), None, "1899-12-31"),
    "date64": (date(1900, 3, 1), None, "1900-02-28"),
    "far date": (date(9999, 12, 31), None, "10000-01-01"),
    "time": (time(7), None, time(23, 59, 59)),
    "fine time": (time(7), None, time(7, 0, 0, 250_000)),
    "local": (naive(2013, 6, 24, 7), None, "1815-12-10T00:00:00"),
    "instant": (naive(2013, 6, 24, 7, 0, 0, 500_000), None, naive(2013, 12, 21, 6, 0, 0, 500_000)),
    "no instant": (naive(1969, 12, 31, 19), None, "<value out of range: 4611686018427369904>"),
    "duration": (timedelta(hours=26, minutes=30), None, "-0:01:30"),
    "binary": ("00ff", None, ""),
    "fixed": ("6162", None, "6364"),
    "list": ("[1, null]", None, "[]"),
    "struct": ('{"day": "2013-06-24"}', None, '{"day": null}'),
    "map": ('[["k", 1]]', None, "[]"),
    "nothing": (None, None, None),
    "uuid": ("00000000-0000-0000-0000-000000000000", None, "ffffffff-ffff-ffff-ffff-ffffffffffff"),
    "runs": ("a", "a", "b"),
    "interval": ("P1M2DT3.0S", None, "P0M0DT0.0S"),
}


def by_calamine(path: Path, sheet: str = "Flights") -> list[list[Any]]:
    return CalamineWorkbook.from_path(str(path)).get_sheet_by_name(sheet).to_python(skip_empty_area=False)


def by_openpyxl(path: Path, sheet: str = "Flights") -> list[list[Any]]:
    rows = openpyxl.load_workbook(path)[sheet].iter_rows(values_only=True)
    return [[unescape(value) if isinstance(value, str) else value for value in row] for row in rows]


def same(found: Any, expected: Any) -> bool:
    """Equal; readers differ in how they tell no cell from empty text, and a date from its midnight."""
    if expected in (None, ""):
        return found in (None, "")
    if isinstance(found, datetime) and isinstance(expected, date) and not isinstance(expected, datetime):
        return found == datetime.combine(expected, time())
    if isinstance(found, datetime) and isinstance(expected, datetime):
        return abs(found - expected) < timedelta(milliseconds=1)
    if isinstance(expected, float):
        return isinstance(found, int | float) and float(found) == expected
    return type(found) in (type(expected), int, float) and found == expected


@pytest.fixture(scope="module")
def workbook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_table(FORMAT, tmp_path_factory.mktemp("excel"), edge_table())


@pytest.mark.parametrize("read", [by_calamine, by_openpyxl])
def test_every_arrow_type_reads_back_as_documented(workbook: Path, read: Any) -> None:
    header, *rows = read(workbook)
    assert header == list(EXPECTED)
    found = {name: tuple(row[place] for row in rows) for place, name in enumerate(header)}
    wrong = {
        name: (found[name], values)
        for name, values in EXPECTED.items()
        if not all(same(one, other) for one, other in zip(found[name], values, strict=True))
    }
    assert wrong == {}


@pytest.mark.parametrize("read", [by_calamine, by_openpyxl])
def test_hard_texts_come_back_unchanged(tmp_path: Path, read: Any) -> None:
    texts = hard_texts()
    path = write_table(FORMAT, tmp_path, pa.record_batch({"n": pa.array(range(len(texts))), "text": pa.array(texts)}))
    # calamine leaves the two characters that are none as they are written.
    found = [(row[1] or "").replace("_xFFFE__xFFFF_", "\ufffe\uffff") for row in read(path)[1:]]
    assert found == texts


def test_nothing_in_the_data_becomes_a_formula_or_a_link(tmp_path: Path) -> None:
    texts = ["=1+1", "@SUM(A1)", "=HYPERLINK(1)", "https://example.com", "mailto:a@example.com"]
    path = write_table(FORMAT, tmp_path, pa.record_batch({"text": pa.array(texts)}))
    cells = [row[0] for row in openpyxl.load_workbook(path)["Flights"].iter_rows(min_row=2)]
    assert {cell.data_type for cell in cells} <= {"s", "inlineStr"}
    assert not any(cell.hyperlink for cell in cells)


def test_a_text_longer_than_a_cell_is_cut_by_utf_16_units(tmp_path: Path) -> None:
    texts = ["x" * 40_000, "\U0001f600" * 20_000, "y" * 32_767, "é" * 32_767]
    path = write_table(FORMAT, tmp_path, pa.record_batch({"text": pa.array(texts)}))
    found = [row[0] for row in by_calamine(path)[1:]]
    assert found == ["x" * 32_766 + "\u2026", "\U0001f600" * 16_383 + "\u2026", *texts[2:]]
    assert all(len(text.encode("utf-16-le")) <= 2 * 32_767 for text in found)


def test_integers_are_numbers_up_to_fifteen_digits(tmp_path: Path) -> None:
    numbers = [10**15 - 1, 10**15, -(10**15) + 1, -(10**15), 2**63 - 1, -(2**63)]
    path = write_table(FORMAT, tmp_path, pa.record_batch({"n": pa.array(numbers, pa.int64())}))
    found = [row[0] for row in by_calamine(path)[1:]]
    assert found == [10**15 - 1, str(10**15), -(10**15) + 1, str(-(10**15)), str(2**63 - 1), str(-(2**63))]


def test_dates_start_after_the_day_that_never_was(tmp_path: Path) -> None:
    """Excel believes in 29 February 1900, so its numbers before are off by one."""
    days = [date(1900, 2, 28), date(1900, 3, 1), date(9999, 12, 31)]
    path = write_table(FORMAT, tmp_path, pa.record_batch({"day": pa.array(days)}))
    assert [row[0] for row in by_calamine(path)[1:]] == ["1900-02-28", days[1], days[2]]


def test_the_last_moment_of_a_day_stays_on_that_day(tmp_path: Path) -> None:
    last = pa.array([1_372_031_999_999_999_999], pa.timestamp("ns"))
    path = write_table(FORMAT, tmp_path, pa.record_batch({"at": last}))
    with ZipFile(path) as archive:
        stored = re.search(rb"<v>([0-9.]+)</v>", archive.read("xl/worksheets/sheet2.xml"))
    assert stored is not None
    assert int(float(stored[1])) == (date(2013, 6, 23) - date(1899, 12, 30)).days


def test_slices_of_larger_arrays_are_read_from_their_own_start(tmp_path: Path) -> None:
    table = pa.record_batch({"n": pa.array(range(10)), "t": pa.array(list("abcdefghij")), "b": pa.array([True] * 10)})
    path = write_table(FORMAT, tmp_path, table.slice(4, 3))
    assert by_calamine(path)[1:] == [[4, "e", True], [5, "f", True], [6, "g", True]]
