"""Batches of whatever a database may give: every type, with nulls and with the values that break writers."""

from __future__ import annotations

import math
import re
from datetime import UTC, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
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
_INT64 = st.integers(-(2**63), 2**63 - 1)
# Seconds of the years -249 to 11476; most of 64 bits in finer units.
_SECONDS = st.integers(-70_000_000_000, 300_000_000_000)
_INTERVALS = st.tuples(*[st.integers(-(2**31), 2**31 - 1)] * 2, st.integers(-(2**62), 2**62))
_SHORT = st.none() | st.text(CLEAN, max_size=5)
_INSTANTS = st.none() | st.sampled_from([-62_135_596_800, 253_402_300_799, 253_402_300_800]) | _SECONDS

# Arrow type -> its values.
VALUES: dict[pa.DataType, st.SearchStrategy[Any]] = {
    pa.string(): TEXTS,
    pa.large_string(): TEXTS,
    pa.string_view(): TEXTS,
    pa.json_(): TEXTS,
    pa.uuid(): st.binary(min_size=16, max_size=16),
    pa.bool8(): st.integers(-128, 127),
    pa.dictionary(pa.int32(), pa.string()): _WORDS,
    pa.dictionary(pa.int8(), pa.string_view()): _WORDS,
    pa.dictionary(pa.int32(), pa.int64()): _INT64,
    pa.dictionary(pa.int32(), pa.float64()): st.floats(allow_nan=False),
    pa.dictionary(pa.int32(), pa.timestamp("s")): _SECONDS,
    pa.run_end_encoded(pa.int32(), pa.string()): _WORDS,
    pa.run_end_encoded(pa.int16(), pa.int64()): _INT64,
    pa.run_end_encoded(pa.int64(), pa.date32()): _DAYS_FROM_1970,
    pa.int8(): st.integers(-128, 127),
    pa.int16(): st.integers(-(2**15), 2**15 - 1),
    pa.int32(): st.integers(-(2**31), 2**31 - 1),
    pa.int64(): _INT64,
    pa.uint8(): st.integers(0, 255),
    pa.uint16(): st.integers(0, 2**16 - 1),
    pa.uint32(): st.integers(0, 2**32 - 1),
    pa.uint64(): st.integers(0, 2**64 - 1),
    pa.float16(): st.floats(width=16),
    pa.float32(): st.floats(width=32),
    pa.float64(): st.floats(),
    pa.decimal32(9, 2): st.decimals(Decimal("-9999999.99"), Decimal("9999999.99"), places=2),
    pa.decimal64(18, 4): st.decimals(-(10**14) + 1, 10**14 - 1, places=4),
    pa.decimal128(10, 2): st.decimals(Decimal("-99999999.99"), Decimal("99999999.99"), places=2),
    pa.decimal128(38, 10): st.decimals(-(10**27), 10**27, places=10),
    pa.decimal128(38, 38): st.decimals(Decimal("-0.99"), Decimal("0.99"), places=38),
    pa.decimal256(76, 0): st.decimals(-(10**75), 10**75, places=0),
    pa.bool_(): st.booleans(),
    pa.date32(): _DAYS_FROM_1970,
    pa.date64(): _DAYS_FROM_1970.map(lambda day: day * 86_400_000),
    pa.time32("s"): st.integers(0, 86_399),
    pa.time32("ms"): st.integers(0, 86_399_999),
    pa.time64("us"): st.times(),
    pa.time64("ns"): st.times(),
    pa.timestamp("s"): _SECONDS,
    pa.timestamp("s", "UTC"): _INSTANTS,
    pa.timestamp("ms"): _SECONDS.map(lambda second: second * 1000 + 7),
    pa.timestamp("ms", "Europe/Berlin"): _SECONDS.map(lambda second: second * 1000 + 7),
    pa.timestamp("us"): st.datetimes(**_YEARS),
    pa.timestamp("us", "UTC"): st.datetimes(**_INNER, timezones=st.just(UTC)),
    pa.timestamp("ns"): st.integers(-(2**62), 2**62),
    pa.timestamp("ns", "Asia/Tokyo"): st.integers(-(2**62), 2**62),
    pa.duration("us"): st.timedeltas(timedelta(days=-9999), timedelta(days=9999)),
    pa.duration("s"): st.integers(-(10**13), 10**13),
    pa.duration("ms"): st.integers(-(10**16), 10**16),
    pa.duration("ns"): st.integers(-(2**50), 2**50).map(lambda microsecond: microsecond * 1000),
    pa.month_day_nano_interval(): _INTERVALS,
    pa.binary(): st.binary(max_size=20),
    pa.large_binary(): st.binary(max_size=20),
    pa.binary_view(): st.binary(max_size=20),
    pa.binary(3): st.binary(min_size=3, max_size=3),
    pa.list_(pa.string()): st.lists(_SHORT, max_size=3),
    pa.list_(pa.timestamp("s", "America/New_York")): st.lists(_INSTANTS, max_size=3),
    pa.list_(pa.month_day_nano_interval()): st.lists(_INTERVALS, max_size=2),
    pa.large_list(pa.decimal32(5, 1)): st.lists(st.decimals(-9999, 9999, places=1), max_size=3),
    pa.list_view(pa.string_view()): st.lists(_SHORT, max_size=3),
    pa.large_list_view(pa.int64()): st.lists(_INT64, max_size=3),
    pa.list_(pa.date32(), 2): st.lists(_DAYS_FROM_1970, min_size=2, max_size=2),
    pa.map_(pa.string(), pa.time64("ns")): st.dictionaries(st.text(CLEAN, max_size=5), st.times(), max_size=2).map(
        lambda entries: list(entries.items())
    ),
    pa.list_(pa.float64()): st.lists(st.floats(), max_size=3),
    pa.struct([("a", pa.date32()), ("b", pa.string())]): st.fixed_dictionaries(
        {"a": st.none() | _DAYS_FROM_1970, "b": _SHORT}
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
        columns.append(array_of(draw(st.lists(st.none() | values, min_size=rows, max_size=rows)), kind))
    return pa.record_batch(columns, names=["n", *(f"c{place}" for place in range(len(chosen)))])


def array_of(values: list[Any], kind: pa.DataType) -> pa.Array:
    """As `pa.array`, also of those types that it makes of other arrays only."""
    if pa.types.is_run_end_encoded(kind):
        return pc.run_end_encode(pa.array(values, kind.value_type), run_end_type=kind.run_end_type)
    if pa.types.is_dictionary(kind):
        words = list(dict.fromkeys(value for value in values if value is not None))
        places = pa.array([None if value is None else words.index(value) for value in values], kind.index_type)
        return pa.DictionaryArray.from_arrays(places, pa.array(words, kind.value_type))
    if isinstance(kind, pa.BaseExtensionType):
        return kind.wrap_array(pa.array(values, kind.storage_type))
    return pa.array(values, kind)


def python_value(scalar: pa.Scalar) -> Any:
    """As Python has it, to the microsecond, or Arrow's own text for what it does not know, such as the year 10000."""
    if not scalar.is_valid:
        return None
    kind = scalar.type
    if pa.types.is_timestamp(kind) and kind.unit == "ns":
        moment = naive(1970, 1, 1) + timedelta(microseconds=scalar.value // 1000)
        return moment.replace(tzinfo=UTC) if kind.tz else moment
    try:
        value = scalar.as_py()
    except (OverflowError, ValueError):
        return str(scalar.cast(pa.string()))
    # Another zone could lead out of Python's calendar.
    is_last = pa.types.is_timestamp(kind) and kind.tz and value.year in (1, 9999)
    return str(scalar.cast(pa.string())) if is_last else value


def is_interval(kind: pa.DataType) -> bool:
    return bool(kind == pa.month_day_nano_interval())


def is_interval_text(text: Any, value: Any) -> bool:
    found = re.fullmatch(r"P(-?\d+)M(-?\d+)DT(.+)S", str(text))
    assert found is not None, text
    seconds = value.nanoseconds // 1000 / 1_000_000
    return (int(found[1]), int(found[2]), float(found[3])) == (value.months, value.days, seconds)


def is_same_json(found: Any, value: Any) -> bool:
    """Whether what JSON gave is the value: decimals as their text, bytes in base 64, maps as pairs."""
    if isinstance(value, dict):
        return list(found) == list(value) and all(is_same_json(found[name], part) for name, part in value.items())
    if isinstance(value, list | tuple):
        return len(found) == len(value) and all(map(is_same_json, found, value))
    if isinstance(value, Decimal):
        return Decimal(found) == value
    if isinstance(value, float) and math.isnan(value):
        return math.isnan(found)
    return type(found) is type(value) and bool(found == value)
