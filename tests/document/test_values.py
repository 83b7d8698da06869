from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.document.model import Column, Kind
from core.document.values import FORMATS, format_array, format_value, parse_format
from core.errors import InvalidInput

NEW_YORK = ZoneInfo("America/New_York")


def column(kind: Kind, type_: pa.DataType | None = None, **options: Any) -> Column:
    return Column("x", type_ or pa.float64(), kind, "X", **options)


@pytest.mark.parametrize(
    ("value", "shown_as", "text"),
    [
        (0.8625, column("percent"), "86.3%"),
        (0.8624, column("percent"), "86.2%"),
        (0.125, column("percent", decimals=0), "13%"),
        (2.5, column("decimal", decimals=0), "3"),
        (-2.5, column("decimal", decimals=0), "−3"),
        (1.005, column("decimal", decimals=2), "1.01"),
        (Decimal("0.045"), column("decimal", decimals=2), "0.05"),
        (12_500, column("integer", format="compact"), "12.5K"),
        (1_250_000, column("integer", format="compact"), "1.3M"),
        (2.345, column("decimal", format="currency:EUR"), "€2.35"),
    ],
)
def test_it_rounds_half_up_everywhere(value: Any, shown_as: Column, text: str) -> None:
    assert format_value(value, shown_as) == text


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        (1157, "id", "1157"),
        (1157.0, "id", "1157"),
        (2013, "id", "2013"),
        (1157, "integer", "1,157"),
        (-1157, "integer", "−1,157"),
        (-0.0004, "percent", "0.0%"),
        (None, "integer", "—"),
        (float("nan"), "decimal", "not a number"),
        (float("-inf"), "decimal", "−infinity"),
        (3.14159, "decimal", "3.14"),
        (0.000123456, "decimal", "0.000123"),
        (1e300, "decimal", "1e+300"),
        (0.1 + 0.2, "decimal", "0.3"),
        (True, "boolean", "Yes"),
        (False, "boolean", "No"),
        (b"\x00\xff", "other", "0x00ff"),
        (b"0123456789", "other", "0x3031323334353637… (10 bytes)"),
        ({"a": [1, None]}, "other", '{"a": [1, null]}'),
        ("plain", "integer", "plain"),
        (date(2013, 6, 23), "date", "23 Jun 2013"),
        (datetime.fromisoformat("2013-06-23T07:00"), "datetime", "23 Jun 2013, 07:00"),
        (datetime.fromisoformat("2013-06-23T07:00:09"), "date", "23 Jun 2013"),
        (time(7, 5), "time", "07:05"),
        (timedelta(minutes=65), "duration", "1 h 05 min"),
        (timedelta(days=2, hours=3), "duration", "2 d 3 h"),
        (timedelta(milliseconds=350), "duration", "350 ms"),
        (-timedelta(seconds=247), "duration", "−4 min 07 s"),
    ],
)
def test_each_kind_has_its_way_of_being_written(value: Any, kind: Kind, text: str) -> None:
    assert format_value(value, column(kind)) == text


@pytest.mark.parametrize(
    ("locale", "text"),
    [("en_GB", "1,234,567.8"), ("de_DE", "1.234.567,8"), ("fr_FR", "1\u202f234\u202f567,8"), ("en_IN", "12,34,567.8")],
)
def test_numbers_follow_the_language(locale: str, text: str) -> None:
    assert format_value(1234567.8, column("decimal", decimals=1), locale=locale) == text


def test_dates_follow_the_language_and_put_the_year_first_where_it_is_so() -> None:
    day = date(2013, 6, 3)
    assert format_value(day, column("date"), locale="de_DE") == "3 Juni 2013"
    assert format_value(day, column("date"), locale="ja_JP") == "2013/06/03"


def test_percentages_and_money_stand_where_the_language_puts_them() -> None:
    assert format_value(0.863, column("percent"), locale="tr_TR") == "%86,3"
    assert format_value(-3.2, column("decimal", format="currency:EUR")) == "−€3.20"
    assert format_value(1234.5, column("decimal", format="currency:EUR"), locale="de_DE") == "1.234,50\xa0€"


def test_instants_are_moved_into_the_zone() -> None:
    instant = datetime(2013, 6, 23, 11, 0, tzinfo=ZoneInfo("UTC"))
    assert format_value(instant, column("datetime"), zone=NEW_YORK) == "23 Jun 2013, 07:00"


def test_the_unit_is_added_only_when_it_is_asked_for() -> None:
    delay = column("decimal", unit="min", decimals=1)
    assert format_value(14.7, delay) == "14.7"
    assert format_value(14.7, delay, unit=True) == "14.7 min"
    assert format_value(75.6, column("decimal", unit="%"), unit=True) == "75.6%"
    assert format_value(1234.5, column("decimal", unit="EUR"), unit=True) == "€1,234.50"


def test_an_unknown_format_is_refused_with_a_suggestion() -> None:
    with pytest.raises(InvalidInput, match="Did you mean 'percent'"):
        parse_format("percnt")
    with pytest.raises(InvalidInput, match="no currency 'EURO'"):
        parse_format("currency:EURO")
    with pytest.raises(InvalidInput, match="number:2"):
        parse_format("date:2")


def test_every_format_word_is_understood() -> None:
    for word in FORMATS:
        written = "currency:USD" if word == "currency" else word
        assert parse_format(written).kind == FORMATS[word].kind
    assert parse_format("number:3").decimals == 3


def test_an_unknown_language_is_named() -> None:
    with pytest.raises(InvalidInput, match="'xx_nowhere'"):
        format_value(1, column("integer"), locale="xx_nowhere")


def test_dates_that_python_does_not_know_are_shown_as_text() -> None:
    array = pa.array([4_000_000, None], pa.int32()).cast(pa.date32())
    first, missing = format_array(array, column("date", pa.date32()))
    assert first.startswith("12921-")
    assert missing == "—"


KINDS: list[tuple[pa.DataType, Kind, Any]] = [
    (pa.int64(), "integer", st.integers(-(2**63), 2**63 - 1)),
    (pa.int64(), "id", st.integers(-(2**63), 2**63 - 1)),
    (pa.float64(), "decimal", st.floats()),
    (pa.float64(), "percent", st.floats()),
    (pa.float32(), "decimal", st.floats(width=32)),
    (pa.decimal128(20, 4), "decimal", st.decimals(-(10**15), 10**15, places=4)),
    (pa.string(), "text", st.text()),
    (pa.bool_(), "boolean", st.booleans()),
    (pa.date32(), "date", st.dates()),
    (pa.time64("us"), "time", st.times()),
    (pa.timestamp("us"), "datetime", st.datetimes()),
    (pa.timestamp("us", tz="UTC"), "datetime", st.datetimes(timezones=st.just(ZoneInfo("UTC")))),
    (pa.duration("us"), "duration", st.timedeltas(timedelta(-(10**6)), timedelta(10**6))),
    (pa.binary(), "other", st.binary()),
    (pa.list_(pa.int64()), "other", st.lists(st.integers(0, 9))),
]


@settings(max_examples=150, deadline=None)
@given(st.data(), st.sampled_from(KINDS), st.sampled_from(["en_GB", "de_DE", "en_IN"]), st.booleans())
def test_an_array_is_written_as_its_values_are(
    data: st.DataObject, case: tuple[pa.DataType, Kind, Any], locale: str, in_chunks: bool
) -> None:
    kind_of_array, kind, values = case
    decimals = data.draw(st.sampled_from([None, 0, 2]))
    array = pa.array(data.draw(st.lists(st.none() | values, max_size=8)), kind_of_array)
    shown = column(kind, kind_of_array, decimals=decimals, unit="min")
    zone = ZoneInfo("UTC")
    given_array = pa.chunked_array([array, array]) if in_chunks else array
    expected = [format_value(v.as_py(), shown, locale=locale, zone=zone, unit=True) for v in given_array]
    assert format_array(given_array, shown, locale=locale, zone=zone, unit=True) == expected


@given(
    values=st.lists(
        st.floats(allow_nan=True)
        | st.integers(-(10**7), 10**7).map(lambda n: n / 1000)
        | st.integers(-(10**5), 10**5).map(lambda n: (2 * n + 1) / 8)
    ),
    decimals=st.integers(0, 6),
    locale=st.sampled_from(["en_GB", "de_DE", "hi_IN", "fr_FR"]),
)
def test_many_floats_are_rounded_as_each_by_itself(values: list[float], decimals: int, locale: str) -> None:
    shown = column("decimal", decimals=decimals)
    assert format_array(pa.array(values, pa.float64()), shown, locale=locale) == [
        format_value(value, shown, locale=locale) for value in values
    ]


@given(st.lists(st.none() | st.text()))
def test_a_column_of_texts_is_shown_as_each_by_itself(values: list[str | None]) -> None:
    shown = column("text", pa.string())
    assert format_array(pa.array(values, pa.string()), shown) == [format_value(value, shown) for value in values]
