"""SQLite columns may hold anything; what comes out is exact or refused, never bent."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from core.errors import SourceError
from core.sources import Source, SourceOptions, open_source
from tests.sources.helpers import read, sqlite_file


def _source(tmp_path: Path, script: str) -> Source:
    return open_source(f"sqlite:///{sqlite_file(tmp_path / 'data.db', script)}", options=SourceOptions())


@pytest.fixture
def source(tmp_path: Path) -> Source:
    return _source(tmp_path, "create table t (a);")


def _late(value: str, *, early: str = "i") -> str:
    """Twenty thousand rows of which the last thousand hold another value."""
    return (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) "
        f"SELECT CASE WHEN i > 19000 THEN {value} ELSE {early} END AS v FROM n"
    )


@pytest.mark.parametrize(
    ("values", "kind", "expected"),
    [
        ("(1), (2), (NULL)", pa.int64(), [1, 2, None]),
        ("(9223372036854775807), (-9223372036854775808)", pa.int64(), [2**63 - 1, -(2**63)]),
        ("(1), (2.5)", pa.float64(), [1.0, 2.5]),
        ("(9007199254740993), (0.5)", pa.string(), ["9007199254740993", "0.5"]),
        ("('00742'), ('NA'), ('1.10')", pa.string(), ["00742", "NA", "1.10"]),
        ("(1), ('NA'), (2.5)", pa.string(), ["1", "NA", "2.5"]),
        ("(x'00ff')", pa.binary(), [b"\x00\xff"]),
        ("(x'00ff'), ('a')", pa.string(), ["0x00ff", "a"]),
        ("(NULL)", pa.string(), [None]),
        ("('2013-01-01'), (NULL)", pa.date32(), [date(2013, 1, 1), None]),
        ("('2013-01-01 05:00:00'), ('2013-01-01T06:00:00.25')", pa.timestamp("us"),
         [datetime(2013, 1, 1, 5), datetime(2013, 1, 1, 6, 0, 0, 250000)]),  # noqa: DTZ001
        ("('2013-01-01'), ('2013-01-01 05:00:00')", pa.string(), ["2013-01-01", "2013-01-01 05:00:00"]),
        ("('2013-02-30')", pa.string(), ["2013-02-30"]),
        ("('2013-01-01 05:00:00Z')", pa.string(), ["2013-01-01 05:00:00Z"]),
        ("('2013-01')", pa.string(), ["2013-01"]),
        ("(cast(x'ff41' as text))", pa.string(), ["\ufffdA"]),
    ],
)  # fmt: skip
def test_the_first_rows_decide_without_changing_a_value(
    tmp_path: Path, values: str, kind: pa.DataType, expected: list[object]
) -> None:
    table = read(_source(tmp_path, f"create table t (a); insert into t values {values};"), "SELECT a FROM t")
    assert table.schema.field("a").type == kind
    assert table.column("a").to_pylist() == expected


def test_a_late_value_of_another_kind_stops_the_query_with_the_cast_to_write(source: Source) -> None:
    with pytest.raises(SourceError, match=r"'v'.*'NA'.*CAST\(\"v\" AS TEXT\)"):
        read(source, _late("'NA'"))


def test_the_cast_it_advises_works(source: Source) -> None:
    sql = _late("'NA'").replace("SELECT CASE", "SELECT CAST(CASE").replace("END AS v", "END AS TEXT) AS v")
    assert read(source, sql).column("v").to_pylist()[-1] == "NA"


def test_a_late_fraction_among_whole_numbers_is_not_cut_off(source: Source) -> None:
    with pytest.raises(SourceError, match=r"'v' was read as int64.*2\.5.*CAST\(\"v\" AS REAL\)"):
        read(source, _late("2.5"))


@pytest.mark.parametrize(("early", "kind"), [("'2013-01-01'", "date32"), ("x'00ff'", "binary"), ("i", "int64")])
def test_a_late_value_of_the_other_kind_of_bytes_stops_the_query(source: Source, early: str, kind: str) -> None:
    late = "'2013-01-01'" if early.startswith("x") else "cast('2013-01-01' as blob)"
    with pytest.raises(SourceError, match=rf"'v' was read as {kind}"):
        read(source, _late(late, early=early))


def test_late_bytes_and_broken_text_among_text_show_as_what_they_are(source: Source) -> None:
    assert read(source, _late("cast('a' as blob)", early="'x'")).column("v").to_pylist()[-1] == "0x61"
    assert read(source, _late("cast(x'ff41' as text)", early="'x'")).column("v").to_pylist()[-1] == "\ufffdA"


def test_a_message_quotes_text_as_it_is_written(source: Source) -> None:
    with pytest.raises(SourceError, match="a later row holds 'Zoë'"):
        read(source, _late("'Zoë'"))


def test_a_late_date_that_is_none_stops_the_query(source: Source) -> None:
    with pytest.raises(SourceError, match=r"'unknown'.*date\(\"v\"\)"):
        read(source, _late("'unknown'", early="'2013-01-01'"))


def test_whole_numbers_late_among_fractions_are_welcome(source: Source) -> None:
    assert read(source, _late("7", early="0.5")).column("v").to_pylist()[-1] == 7.0


@pytest.mark.parametrize(
    ("value", "kind", "expected"),
    [("i", pa.int64(), 20000), ("0.5", pa.float64(), 0.5), ("'x'", pa.string(), "x"), ("NULL", pa.string(), None)],
)
def test_a_column_that_is_empty_at_first_takes_the_kind_of_its_first_value(
    source: Source, value: str, kind: pa.DataType, expected: object
) -> None:
    column = read(source, _late(value, early="NULL")).column("v")
    assert (column.type, column.to_pylist()[-1]) == (kind, expected)


def test_an_empty_result_has_its_columns(source: Source) -> None:
    table = read(source, "SELECT a, 1 AS b FROM t")
    assert (table.num_rows, table.schema.names) == (0, ["a", "b"])


def test_names_that_come_twice_are_told_apart(source: Source) -> None:
    assert read(source, "SELECT 1 AS a, 2 AS a, 3 AS a_2").schema.names == ["a", "a_2", "a_2_2"]


def test_dates_are_bound_as_iso_text(source: Source) -> None:
    moment = datetime(2013, 1, 1, 5, 30)  # noqa: DTZ001  # SQLite keeps no zone
    table = read(source, "SELECT :d || '' AS d, :t || '' AS t", d=date(2013, 1, 1), t=moment)
    assert table.to_pylist() == [{"d": date(2013, 1, 1), "t": moment}]
