"""Batches of whatever a database may give: every type, with nulls and with the values that break writers."""

from __future__ import annotations

from datetime import UTC, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa
from hypothesis import strategies as st

from tests.formats.edge_tables import hard_texts, naive

# Arrow cannot build text with half of a surrogate pair: such bytes have their own tests.
CLEAN: Any = st.characters(exclude_categories=("Cs",))
_LONG = st.sampled_from(["x" * 40_000, "\U0001f600" * 20_000, "\n" + "é" * 32_767, "=" * 32_768])
TEXTS = (
    st.text(CLEAN, max_size=20)
    | st.sampled_from(hard_texts())
    | st.from_regex(r"\A(_x[0-9a-fA-F]{4}_?|x00|_|a){1,6}\Z")
    | st.sampled_from(["", ",", ";", '"', "\r\n", " ", "\t", "|", "NULL", "nan", "0", "=1+1", "-5", "\x00", "\x1b[0m"])
)
_WORDS = st.sampled_from(["a", "b&<c>", "=1+1", "", "Łódź", "NULL"])
_YEARS = {"min_value": naive(1, 1, 1), "max_value": naive(9999, 12, 31)}
# Two days from either end, so that no zone leads out of what Python can name.
_INNER = {"min_value": naive(1, 1, 3), "max_value": naive(9999, 12, 29)}
_DAYS_FROM_1970 = st.integers(-800_000, 3_000_000)

# Arrow type -> its values.
VALUES: dict[pa.DataType, st.SearchStrategy[Any]] = {
    pa.string(): TEXTS,
    pa.large_string(): TEXTS,
    pa.string_view(): TEXTS,
    pa.dictionary(pa.int32(), pa.string()): _WORDS,
    pa.int8(): st.integers(-128, 127),
    pa.int64(): st.integers(-(2**63), 2**63 - 1),
    pa.uint64(): st.integers(0, 2**64 - 1),
    pa.float32(): st.floats(width=32),
    pa.float64(): st.floats(),
    pa.decimal128(10, 2): st.decimals(Decimal("-99999999.99"), Decimal("99999999.99"), places=2),
    pa.decimal128(38, 10): st.decimals(-(10**27), 10**27, places=10),
    pa.decimal128(38, 38): st.decimals(Decimal("-0.99"), Decimal("0.99"), places=38),
    pa.decimal256(76, 0): st.decimals(-(10**75), 10**75, places=0),
    pa.bool_(): st.booleans(),
    pa.date32(): _DAYS_FROM_1970,
    pa.date64(): _DAYS_FROM_1970.map(lambda day: day * 86_400_000),
    pa.time32("s"): st.integers(0, 86_399),
    pa.time64("us"): st.times(),
    pa.timestamp("s"): st.integers(-70_000_000_000, 300_000_000_000),
    pa.timestamp("us"): st.datetimes(**_YEARS),
    pa.timestamp("us", "UTC"): st.datetimes(**_INNER, timezones=st.just(UTC)),
    pa.timestamp("ns", "Asia/Tokyo"): st.integers(-(2**62), 2**62),
    pa.duration("us"): st.timedeltas(timedelta(days=-9999), timedelta(days=9999)),
    pa.duration("s"): st.integers(-(10**13), 10**13),
    pa.binary(): st.binary(max_size=20),
    pa.binary(3): st.binary(min_size=3, max_size=3),
    pa.list_(pa.string()): st.lists(st.none() | st.text(CLEAN, max_size=5), max_size=3),
    pa.list_(pa.float64()): st.lists(st.floats(), max_size=3),
    pa.struct([("a", pa.date32()), ("b", pa.string())]): st.fixed_dictionaries(
        {"a": st.none() | st.integers(-700_000, 2_900_000), "b": st.none() | st.text(CLEAN, max_size=5)}
    ),
    pa.null(): st.none(),
}


@st.composite
def batches(draw: Any, kinds: list[pa.DataType] | None = None, *, long: bool = False) -> pa.RecordBatch:
    """A counter, then one to six columns. A line whose only value is null would be empty, and readers skip it."""
    rows = draw(st.integers(0, 6))
    chosen = draw(st.lists(st.sampled_from(kinds or list(VALUES)), min_size=1, max_size=6))
    columns = [pa.array(range(rows), pa.int64())]
    for kind in chosen:
        values = VALUES[kind] | _LONG if long and pa.types.is_string(kind) else VALUES[kind]
        columns.append(pa.array(draw(st.lists(st.none() | values, min_size=rows, max_size=rows)), kind))
    return pa.record_batch(columns, names=["n", *(f"c{place}" for place in range(len(chosen)))])


def python_value(scalar: pa.Scalar) -> Any:
    """As Python has it, to the microsecond, or Arrow's own text for what it does not know, such as the year 10000."""
    if not scalar.is_valid:
        return None
    kind = scalar.type
    if pa.types.is_timestamp(kind) and kind.unit == "ns":
        moment = naive(1970, 1, 1) + timedelta(microseconds=scalar.value // 1000)
        return moment.replace(tzinfo=UTC) if kind.tz else moment
    try:
        return scalar.as_py()
    except (OverflowError, ValueError):
        return str(scalar.cast(pa.string()))
