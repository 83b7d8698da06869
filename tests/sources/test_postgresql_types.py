"""Every PostgreSQL value arrives exactly, as a column of its own kind or as PostgreSQL's text."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, time
from decimal import Decimal

import pyarrow as pa
import pytest

from core.errors import SourceError
from core.sources import Source, SourceOptions, open_source
from tests.sources.helpers import read

_NINES = "9" * 37


@pytest.fixture
def source(postgres_reader_url: str) -> Source:
    return open_source(postgres_reader_url, options=SourceOptions())


_EXACT: list[tuple[str, pa.DataType, object]] = [
    ("32767::int2", pa.int16(), 32767),
    ("(-2147483648)::int4", pa.int32(), -(2**31)),
    ("9223372036854775807", pa.int64(), 2**63 - 1),
    ("0.1::float4", pa.float64(), 0.1),
    ("0.1::float8 + 0.2::float8", pa.float64(), 0.1 + 0.2),
    ("'-Infinity'::float8", pa.float64(), -math.inf),
    ("1.10::numeric(6, 2)", pa.decimal128(6, 2), Decimal("1.10")),
    ("1.5::numeric(50, 2)", pa.decimal256(50, 2), Decimal("1.50")),
    ("1.10::numeric", pa.decimal128(38, 2), Decimal("1.10")),
    ("sum(x) FROM (VALUES (1::bigint), (2)) v(x)", pa.decimal128(38, 0), Decimal(3)),
    ("avg(x) FROM (VALUES (1), (2), (4)) v(x)", pa.decimal128(38, 16), Decimal("2.3333333333333333")),
    (f"{_NINES}{_NINES}::numeric", pa.decimal256(76, 0), Decimal(_NINES + _NINES)),
    ("1e100::numeric", pa.string(), "1" + "0" * 100),
    ("'NaN'::numeric", pa.string(), "NaN"),
    ("'NaN'::numeric(6, 2)", pa.string(), "NaN"),
    ("true", pa.bool_(), True),
    ("'00742'::varchar", pa.string(), "00742"),
    ("'a'::char(3)", pa.string(), "a  "),
    ("date '0001-01-01'", pa.date32(), date(1, 1, 1)),
    ("date 'infinity'", pa.string(), "infinity"),
    ("date '0044-03-15 BC'", pa.string(), "0044-03-15 BC"),
    ("date '20000-01-01'", pa.string(), "20000-01-01"),
    ("timestamp '2013-01-01 05:00:00.25'", pa.timestamp("us"), datetime(2013, 1, 1, 5, 0, 0, 250000)),  # noqa: DTZ001
    ("timestamp '-infinity'", pa.string(), "-infinity"),
    ("timestamptz '2013-01-01 05:00+02'", pa.timestamp("us", tz="UTC"), datetime(2013, 1, 1, 3, tzinfo=UTC)),
    ("time '23:59:59.5'", pa.time64("us"), time(23, 59, 59, 500000)),
    ("time '24:00'", pa.string(), "24:00:00"),
    ("interval '1 month 2 days 03:04:05.6'", pa.string(), "1 mon 2 days 03:04:05.6"),
    (r"'\xdeadbeef'::bytea", pa.binary(), b"\xde\xad\xbe\xef"),
    ("'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid", pa.string(), "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
    ("""'{"a": 1.10}'::jsonb""", pa.string(), '{"a": 1.10}'),
    ("'10.0.0.1/8'::inet", pa.string(), "10.0.0.1/8"),
    ("5::money", pa.string(), "$5.00"),
    ("ARRAY[1, NULL, 3]", pa.string(), "{1,NULL,3}"),
    ("point(1, 2)", pa.string(), "(1,2)"),
    ("ROW(1, 'a')", pa.string(), "(1,a)"),
    ("int4range(1, 5)", pa.string(), "[1,5)"),
    ("NULL", pa.string(), None),
]


@pytest.mark.parametrize(("expression", "kind", "expected"), _EXACT, ids=[entry[0] for entry in _EXACT])
def test_a_value_arrives_exactly(source: Source, expression: str, kind: pa.DataType, expected: object) -> None:
    value, _, rest = expression.partition(" FROM ")
    table = read(source, f"SELECT {value} AS v" + (f" FROM {rest}" if rest else ""))
    assert (table.schema.field("v").type, table.column("v").to_pylist()) == (kind, [expected])


def test_nulls_stay_nulls_in_every_column(source: Source) -> None:
    kinds = ("int4", "float8", "numeric(6,2)", "numeric", "bool", "text", "date", "timestamptz", "time", "bytea")
    table = read(source, "SELECT " + ", ".join(f"NULL::{kind} AS c{n}" for n, kind in enumerate(kinds)))
    assert [column.null_count for column in table.columns] == [1] * len(kinds)


def test_an_empty_result_has_its_columns(source: Source) -> None:
    table = read(source, "SELECT :d::date AS d, 1.5::numeric(4,1) AS n WHERE 1 = :zero", d=date(2013, 1, 1), zero=0)
    assert table.schema == pa.schema([("d", pa.date32()), ("n", pa.decimal128(4, 1))])
    assert table.num_rows == 0


def test_values_are_bound_by_their_own_kind(source: Source) -> None:
    sql = "SELECT :d + 1 AS d, :n * 2 AS n, :t || '%' AS t, :b AS b, :none::int AS none, 'it''s :t' AS q"
    table = read(source, sql, d=date(2013, 1, 1), n=Decimal("1.25"), t="50", b=True, none=None)
    assert table.to_pylist() == [
        {"d": date(2013, 1, 2), "n": Decimal("2.50"), "t": "50%", "b": True, "none": None, "q": "it's :t"}
    ]


def test_a_late_infinity_stops_the_query_with_the_words_to_write(source: Source) -> None:
    late = "CASE WHEN g > 19000 THEN date 'infinity' ELSE date '2013-01-01' END"
    sql = f"SELECT {late} AS until FROM generate_series(1, 20000) g"
    with pytest.raises(SourceError, match=r"'until'.*'infinity'.*NULLIF\(\"until\", 'infinity'\)"):
        read(source, sql)


def test_numbers_with_more_and_more_digits_lose_none(source: Source) -> None:
    table = read(source, "SELECT 1.0 / g AS share FROM generate_series(1, 20000) g")
    assert table.num_rows == 20000
    assert table.column("share").to_pylist()[-1] == Decimal("0.00005")


def test_every_cell_of_a_large_result_is_the_one_computed(source: Source) -> None:
    columns = "g, g * 1.25 AS price, 'n' || g AS name, date '2013-01-01' + g % 365 AS day"
    table = read(source, f"SELECT {columns} FROM generate_series(1, 30000) g")
    assert table.column("g").to_pylist() == list(range(1, 30001))
    assert table.column("price").to_pylist() == [Decimal(n) * Decimal("1.25") for n in range(1, 30001)]
    assert table.column("name").to_pylist() == [f"n{n}" for n in range(1, 30001)]
    assert table.column("day").to_pylist() == [
        date.fromordinal(date(2013, 1, 1).toordinal() + n % 365) for n in range(1, 30001)
    ]
