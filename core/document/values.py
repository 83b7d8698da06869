"""The one formatter: whatever shows a value to people, in a mail, a file or a chart, asks here.

`format_array` gives exactly what `format_value` gives for each value, only faster.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from functools import lru_cache, partial
from typing import Any, Literal

import pyarrow as pa

from core.document.locales import (
    EXACT,
    MINUS,
    compact_text,
    currency_text,
    date_text,
    duration_text,
    float_texts,
    integer_texts,
    number_text,
    percent_text,
    places_of,
    signed,
    time_text,
)
from core.document.model import Column, Kpi
from core.document.words import FORMATS as FORMATS
from core.document.words import ValueFormat as ValueFormat
from core.document.words import is_currency as is_currency
from core.document.words import parse_format as parse_format

MISSING = "\u2014"
NOT_A_NUMBER = "not a number"
INFINITY = "infinity"
# Outside of these, a float is shown as 1.5e+18: nobody reads twenty digits.
_PLAIN_BELOW = Decimal("1e15")
_PLAIN_FROM = Decimal("1e-6")
_BYTES_SHOWN = 8
_SECONDS_PER_UNIT = {"ms": Decimal("0.001"), "s": Decimal(1), "min": Decimal(60), "h": Decimal(3600)}


def format_value(
    value: Any, column: Column, *, locale: str = "en_GB", zone: tzinfo | None = None, unit: bool = False
) -> str:
    """The value as people read it; `zone` moves instants, `unit` adds the column's unit (`14.7 min`)."""
    return formatter(column, locale=locale, zone=zone, unit=unit)(value)


def format_array(
    array: pa.Array | pa.ChunkedArray,
    column: Column,
    *,
    locale: str = "en_GB",
    zone: tzinfo | None = None,
    unit: bool = False,
) -> list[str]:
    """A whole column of `format_value`: every distinct value is written once."""
    chunks = array.chunks if isinstance(array, pa.ChunkedArray) else [array]
    show_all = _many(column, array.type, locale=locale, zone=zone, unit=unit)
    return [text for chunk in chunks for text in _format_chunk(_plain_resolution(chunk), show_all)]


def _many(
    column: Column, kind: pa.DataType, *, locale: str, zone: tzinfo | None, unit: bool
) -> Callable[[list[Any]], list[str]]:
    """`format_value` for a list; plain numbers and ids, of which there are most, in one go."""
    whole = pa.types.is_integer(kind)
    style = parse_format(column.format) if column.format else ValueFormat(column.kind)
    if whole and style.kind == "integer" and not (style.compact or style.currency or unit):
        return partial(integer_texts, locale=locale)
    if whole and style.kind == "id":
        return lambda values: [str(value).replace("-", MINUS) for value in values]
    show = formatter(column, locale=locale, zone=zone, unit=unit)
    decimals = column.decimals if style.decimals is None else style.decimals
    is_plain = style.kind == "decimal" and not (style.compact or style.currency or unit)
    if is_plain and decimals is not None and pa.types.is_float64(kind):
        return partial(float_texts, locale=locale, decimals=decimals, other=show)
    return lambda values: [show(value) for value in values]


@lru_cache(maxsize=1024)
def formatter(
    column: Column, *, locale: str = "en_GB", zone: tzinfo | None = None, unit: bool = False
) -> Callable[[Any], str]:
    """The function behind `format_value` for one column, for callers with many values."""
    style = parse_format(column.format) if column.format else ValueFormat(column.kind)
    return partial(_show, column=column, style=style, locale=locale, zone=zone, unit=unit)


@dataclass(frozen=True, slots=True)
class Delta:
    """The change since the run before: `text` has no sign, the arrow says where it went.

    `was` is the earlier value alone, `6,647`; `direction` decides the colour.
    """

    text: str
    arrow: Literal["▲", "▼", ""]
    direction: Literal["good", "bad", "neutral"]
    was: str


def format_delta(kpi: Kpi, locale: str = "en_GB", *, zone: tzinfo | None = None) -> Delta | None:
    """`▲ 0.5%` for counts, `▲ 5.3 pts` for percentages, `▼ 4.2 min` for units; None without an earlier value."""
    if kpi.previous is None or kpi.value is None:
        return None
    was = format_value(kpi.previous, kpi.display, locale=locale, zone=zone, unit=True)
    now, before = comparable(kpi.value), comparable(kpi.previous)
    if now is None or before is None or now == before:
        changed = now != before if now is not None and before is not None else kpi.value != kpi.previous
        return Delta("changed" if changed else "no change", "", "neutral", was)
    rising = now > before
    if was == format_value(kpi.value, kpi.display, locale=locale, zone=zone, unit=True):
        # 5.71 after 5.68 minutes reads "5.7, was 5.7": an arrow beside that would confuse.
        return Delta("no change", "", "neutral", was)
    direction: Literal["good", "bad", "neutral"] = "neutral"
    if kpi.higher_is_better is not None:
        direction = "good" if rising == kpi.higher_is_better else "bad"
    return Delta(_change_text(now, before, kpi.display, locale), "▲" if rising else "▼", direction, was)


def comparable(value: Any) -> Decimal | None:
    """A finite number, or the seconds of a duration."""
    number = timedelta_seconds(value) if isinstance(value, timedelta) else as_decimal(value)
    return number if number is not None and number.is_finite() else None


def _change_text(now: Decimal, before: Decimal, display: Column, locale: str) -> str:
    difference = abs(EXACT.subtract(now, before))
    if display.kind == "percent":
        return f"{number_text(difference * 100, locale, decimals=1)} pts"
    is_measure = display.kind == "duration" or (display.unit is not None and not is_currency(display.unit))
    if is_measure or not before:
        return format_value(difference, display, locale=locale, unit=True)
    return percent_text(EXACT.divide(difference, abs(before)), locale, decimals=1)


def as_decimal(value: Any) -> Decimal | None:
    """A number exactly as it is written: 0.1 is one tenth. None for what is no number."""
    if isinstance(value, bool):
        return None
    if isinstance(value, Decimal):
        return value
    if isinstance(value, int):
        return Decimal(value)
    return Decimal(repr(float(value))) if isinstance(value, float) else None


def _show(value: Any, *, column: Column, style: ValueFormat, locale: str, zone: tzinfo | None, unit: bool) -> str:
    if value is None:
        return MISSING
    if isinstance(value, str):
        return value
    number = as_decimal(value)
    if number is None:
        return _show_other(value, style=style, locale=locale, zone=zone)
    if not number.is_finite():
        return NOT_A_NUMBER if number.is_nan() else (MINUS + INFINITY if number < 0 else INFINITY)
    if style.kind == "id":
        return _id_text(number)
    if style.kind == "text":
        return str(value)
    if style.kind == "boolean":
        return _yes_no(bool(number))
    if style.kind == "duration":
        return duration_text(number * _SECONDS_PER_UNIT.get(column.unit or "s", Decimal(1)), locale)
    return _quantity_text(number, column=column, style=style, locale=locale, unit=unit)


def _quantity_text(number: Decimal, *, column: Column, style: ValueFormat, locale: str, unit: bool) -> str:
    decimals = column.decimals if style.decimals is None else style.decimals
    if style.kind == "percent":
        return percent_text(number, locale, decimals=1 if decimals is None else decimals)
    currency = style.currency or (column.unit if unit and is_currency(column.unit) else None)
    if currency:
        return currency_text(number, locale, currency=currency, decimals=decimals)
    text = compact_text(number, locale) if style.compact else _number(number, style, decimals, locale, column)
    if not unit or not column.unit:
        return text
    return f"{text}{column.unit}" if column.unit == "%" else f"{text} {column.unit}"


def _number(number: Decimal, style: ValueFormat, decimals: int | None, locale: str, column: Column) -> str:
    if style.kind == "integer":
        return number_text(number, locale, decimals=0)
    if number and not _PLAIN_FROM <= abs(number) < _PLAIN_BELOW and not pa.types.is_decimal(column.type):
        if number != number.to_integral_value(context=EXACT) or pa.types.is_floating(column.type):
            return signed(f"{float(number):.6g}".replace("-", MINUS, 1) if number < 0 else f"{float(number):.6g}")
    return number_text(number, locale, decimals=places_of(number) if decimals is None else decimals)


def _id_text(number: Decimal) -> str:
    if number == number.to_integral_value(context=EXACT):
        return f"{number:.0f}".replace("-", MINUS)
    return f"{number:f}".replace("-", MINUS)


def _show_other(value: Any, *, style: ValueFormat, locale: str, zone: tzinfo | None) -> str:
    if isinstance(value, bool):
        return _yes_no(value)
    if isinstance(value, datetime):
        return _datetime_text(value, style=style, locale=locale, zone=zone)
    if isinstance(value, date):
        return date_text(value, locale)
    if isinstance(value, time):
        return time_text(value, locale)
    if isinstance(value, timedelta):
        return duration_text(timedelta_seconds(value), locale)
    if isinstance(value, bytes | bytearray | memoryview):
        return _bytes_text(bytes(value))
    if isinstance(value, list | tuple | dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


def _datetime_text(value: datetime, *, style: ValueFormat, locale: str, zone: tzinfo | None) -> str:
    if zone is not None and value.tzinfo is not None:
        value = _moved(value, zone)
    day = date_text(value.date(), locale)
    return day if style.kind == "date" else f"{day}, {time_text(value.time(), locale)}"


def _moved(value: datetime, zone: tzinfo) -> datetime:
    """By the clock of `zone`; in the first and last hours of Python's calendar by its own."""
    try:
        return value.astimezone(zone)
    except OverflowError:
        return value


def took_text(milliseconds: int) -> str:
    """`1.8 s`; nothing takes 0.0 s."""
    return f"{milliseconds / 1000:.1f} s" if milliseconds >= 100 else "under 0.1 s"


def timedelta_seconds(value: timedelta) -> Decimal:
    return Decimal(value // timedelta(microseconds=1)).scaleb(-6)


def _bytes_text(value: bytes) -> str:
    shown = value[:_BYTES_SHOWN].hex()
    return f"0x{shown}\u2026 ({len(value)} bytes)" if len(value) > _BYTES_SHOWN else f"0x{shown}"


def _yes_no(value: bool) -> str:
    return "Yes" if value else "No"


def _plain_resolution(array: pa.Array) -> pa.Array:
    """Nanoseconds as microseconds, which is all that Python's own types and people need; no dictionaries."""
    kind = array.type
    if pa.types.is_dictionary(kind):
        return _plain_resolution(array.dictionary_decode())
    if pa.types.is_timestamp(kind) and kind.unit == "ns":
        return array.cast(pa.timestamp("us", tz=kind.tz), safe=False)
    if pa.types.is_time64(kind) and kind.unit == "ns":
        return array.cast(pa.time64("us"), safe=False)
    if pa.types.is_duration(kind) and kind.unit == "ns":
        return array.cast(pa.duration("us"), safe=False)
    return array


def _format_chunk(array: pa.Array, show_all: Callable[[list[Any]], list[str]]) -> list[str]:
    if pa.types.is_nested(array.type) or pa.types.is_null(array.type):
        return show_all(array.to_pylist())
    if pa.types.is_string(array.type) or pa.types.is_large_string(array.type):
        # Text is shown as it is; long columns of it repeat too little to be worth a dictionary.
        return [MISSING if text is None else text for text in array.to_pylist()]
    try:
        encoded = array.dictionary_encode()
    except pa.ArrowNotImplementedError:
        # Extension types such as uuid.
        return show_all(python_values(array))
    words = show_all(python_values(encoded.dictionary))
    # A null has no index; the word for it stands last.
    words.append(MISSING)
    return [words[index] for index in encoded.indices.fill_null(len(words) - 1).to_pylist()]


def python_values(array: pa.Array) -> list[Any]:
    """As Python values; dates before year 1 or after 9999, which Python does not know, as their text."""
    try:
        values: list[Any] = array.to_pylist()
    except (OverflowError, ValueError):
        values = array.cast(pa.string()).to_pylist()
    return values
