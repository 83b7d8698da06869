"""Every kind of value in a CSV file, for machines and for spreadsheets."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pytest

from core.formats.csv import FORMAT
from tests.formats.edge_tables import edge_table, hard_texts, report_head, write_table

EXPECTED = {
    "text": ("plain", "", "'=1+1"),
    "large text": ("0123", "", ""),
    "view": ("TRUE", "", "a,b"),
    "words": ("a", "", "b&<c>"),
    "int8": ("1", "", "-128"),
    "int64": ("1", "", "-1000000000000000"),
    "uint64": ("999999999999999", "", "18446744073709551615"),
    "float16": ("0.5", "", "2"),
    "float32": ("0.5", "", "1e+20"),
    "float64": ("0.1", "", "1e+300"),
    "not finite": ("nan", "inf", "-inf"),
    "money": ("1.10", "", "-0.05"),
    "38 digits": ("1234567890123456789012345678.9012345678", "", "-1234567890123456789012345678.9012345678"),
    "tiny": ("0.0000000001", "", "0.0000000020"),
    "76 digits": ("1" + "0" * 60, "", "7"),
    "flag": ("true", "", "false"),
    "date": ("2013-06-24", "", "1899-12-31"),
    "date64": ("1900-03-01", "", "1900-02-28"),
    "far date": ("9999-12-31", "", "10000-01-01"),
    "time": ("07:00:00", "", "23:59:59"),
    "fine time": ("07:00:00", "", "07:00:00.25"),
    "local": ("2013-06-24T07:00:00", "", "1815-12-10T00:00:00"),
    "instant": ("2013-06-24T07:00:00.5-04:00", "", "2013-12-21T06:00:00.5-05:00"),
    "no instant": ("1969-12-31T19:00:00-05:00", "", "<value out of range: 4611686018427369904>"),
    "duration": ("26:30:00", "", "-0:01:30"),
    "binary": ("AP8=", "", ""),
    "fixed": ("YWI=", "", "Y2Q="),
    "list": ("[1, null]", "", "[]"),
    "struct": ('{"day": "2013-06-24"}', "", '{"day": null}'),
    "map": ('[["k", 1]]', "", "[]"),
    "nothing": ("", "", ""),
    "uuid": ("00000000-0000-0000-0000-000000000000", "", "ffffffff-ffff-ffff-ffff-ffffffffffff"),
    "runs": ("a", "a", "b"),
    "interval": ("P1M2DT3.0S", "", "P0M0DT0.0S"),
}


def read(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))


def unguarded() -> Any:
    return report_head(format_options={"csv": {"guard": False}})


def test_every_arrow_type_is_written_as_documented(tmp_path: Path) -> None:
    header, *rows = read(write_table(FORMAT, tmp_path, edge_table()))
    assert header == list(EXPECTED)
    assert {name: tuple(row[place] for row in rows) for place, name in enumerate(header)} == EXPECTED


def test_text_that_looks_like_something_else_stays_as_it_is(tmp_path: Path) -> None:
    texts = ["00742", "NA", "1.10", "TRUE", "1E5", "2013-06-24", "null"]
    path = write_table(FORMAT, tmp_path, pa.record_batch({"text": pa.array(texts)}))
    assert path.read_bytes() == b"\xef\xbb\xbf" + "".join(f"{line}\r\n" for line in ["text", *texts]).encode()


def test_hard_texts_come_back_unchanged_without_the_guard(tmp_path: Path) -> None:
    texts = hard_texts()
    table = pa.record_batch({"n": pa.array(range(len(texts))), "text": pa.array(texts)})
    path = write_table(FORMAT, tmp_path, table, head=unguarded())
    assert [row[1] for row in read(path)[1:]] == texts


def test_null_is_empty_and_empty_text_is_quoted(tmp_path: Path) -> None:
    table = pa.record_batch({"n": pa.array([1, 2]), "text": pa.array([None, ""])})
    path = write_table(FORMAT, tmp_path, table)
    assert path.read_bytes().endswith(b'n,text\r\n1,\r\n2,""\r\n')
    options = pyarrow.csv.ConvertOptions(strings_can_be_null=True, quoted_strings_can_be_null=False)
    assert pyarrow.csv.read_csv(path, convert_options=options)["text"].to_pylist() == [None, ""]


def test_empty_bytes_are_told_from_null_as_empty_text_is(tmp_path: Path) -> None:
    table = pa.record_batch({"n": pa.array([1, 2]), "data": pa.array([None, b""])})
    assert write_table(FORMAT, tmp_path, table).read_bytes().endswith(b'n,data\r\n1,\r\n2,""\r\n')


@pytest.mark.parametrize(
    "text",
    [
        *("=1+1", "+cmd|' /C calc'!A0", "-cmd", "@SUM(A1)", "\t=1", "\rx", "  =1", "\u00a0@x", "\u200b=1", "-"),
        *("\uff1d1+1", "\uff0b1", "\uff0d1", "\uff201", "-5,2", "\ufeff=1", "\n=1"),
    ],
)
def test_text_that_a_spreadsheet_would_run_gets_an_apostrophe(tmp_path: Path, text: str) -> None:
    table = pa.record_batch({"text": pa.array([text]), "words": pa.array([text]).dictionary_encode()})
    assert read(write_table(FORMAT, tmp_path, table))[1] == ["'" + text, "'" + text]
    assert read(write_table(FORMAT, tmp_path, table, head=unguarded()))[1] == [text, text]


@pytest.mark.parametrize("text", ["-5", "+1", "-5.2e3", " -5 ", "-.5", "a=b", "'=1", "5-3", "(=)"])
def test_plain_numbers_and_harmless_text_get_none(tmp_path: Path, text: str) -> None:
    assert read(write_table(FORMAT, tmp_path, pa.record_batch({"text": pa.array([text])})))[1] == [text]


def test_a_column_name_cannot_be_a_formula_either(tmp_path: Path) -> None:
    table = pa.record_batch({"=1+1": pa.array([1]), 'a "b", c': pa.array([2])})
    assert read(write_table(FORMAT, tmp_path, table))[0] == ["'=1+1", 'a "b", c']


def test_instants_after_2037_keep_their_summer_time(tmp_path: Path) -> None:
    """Zone files list changes up to 2037; after that there is only a rule."""
    instants = pa.array([2_224_756_800, 2_240_481_600, None], pa.timestamp("s", "UTC"))
    path = write_table(FORMAT, tmp_path, pa.record_batch({"n": pa.array([0, 1, 2]), "at": instants}))
    assert [row[1] for row in read(path)[1:]] == ["2040-07-01T08:00:00-04:00", "2040-12-30T07:00:00-05:00", ""]


def test_old_instants_keep_the_seconds_of_their_offset(tmp_path: Path) -> None:
    path = write_table(FORMAT, tmp_path, pa.record_batch({"at": pa.array([-3_000_000_000], pa.timestamp("s", "UTC"))}))
    assert read(path)[1] == ["1874-12-07T13:43:58-04:56:02"]


def test_slices_of_larger_arrays_are_read_from_their_own_start(tmp_path: Path) -> None:
    table = pa.record_batch({"n": pa.array(range(10)), "t": pa.array(list("abcdefghij")), "b": pa.array([True] * 10)})
    assert read(write_table(FORMAT, tmp_path, table.slice(4, 2)))[1:] == [["4", "e", "true"], ["5", "f", "true"]]
