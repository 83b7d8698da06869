"""What a column is, guessed from its name, its type and a first sample: only words and types, no data kept."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any, Literal

import pyarrow as pa

from core.document.identifiers import CALENDAR, is_calendar_name, is_identifier
from core.document.model import Column, Kind
from core.document.values import as_decimal, is_currency, python_values

Aggregate = Literal["sum", "avg", "min", "max", "count", "last"]

_PLACES = frozenset("lat lon lng latitude longitude".split())
_SHARES = frozenset("rate share ratio fraction pct percent percentage".split())
_PER_HUNDRED = frozenset("pct percent percentage".split())
_MONEY = frozenset("revenue price amount cost costs sales fare fee tax turnover income spend budget profit".split())
_AVERAGES = frozenset("avg average mean median".split())
_LEVELS = frozenset(
    "delay time age speed score rating temp temperature humidity dewp pressure wind gust visib price duration".split()
)
# Words of the levels that are spans of time as well: hours in the air add up, a response time does not.
_SPANS = frozenset("time duration".split())
_RATES = frozenset("per rank index".split())
_ADDS_UP = frozenset(
    "total sum count hours hrs minutes duration spent worked flown distance quantity qty volume weight amounts "
    "payments fees".split()
)
_AMOUNTS = frozenset(("h", "km", "mi", "kg", "days"))
_WORSE = frozenset(
    "delay delayed cancelled canceled error errors failure failures failed cost costs complaints churn wait late "
    "overdue refunds returns diverted".split()
)
_BETTER = frozenset("revenue sales profit satisfaction conversion ontime punctual turnover income".split())
_EARLIER = frozenset("previous prev prior earlier before".split())
_UNITS = {
    **dict.fromkeys(("min", "mins", "minutes"), "min"),
    **dict.fromkeys(("hours", "hrs"), "h"),
    **dict.fromkeys(("seconds", "secs", "sec"), "s"),
    **dict.fromkeys(("mi", "miles"), "mi"),
    **dict.fromkeys(("pct", "percent", "percentage"), "%"),
    **{unit: unit for unit in ("ms", "h", "km", "kg", "eur", "usd", "gbp", "chf", "days")},
}
_LATIN_ABBREVIATIONS = {"id", "url", "uuid", "sku", "isbn", "ean", "iban", "vat", "kpi", "ip"}


def words_of(name: str) -> list[str]:
    """`avgDelay_min` becomes avg, delay, min."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    return [word.lower() for word in re.split(r"[^0-9A-Za-z\u00c0-\uffff]+", spaced) if word]


def guess_column(field: pa.Field, sample: pa.Array | None = None) -> Column:
    """Kind, label, unit and places of a column."""
    words = words_of(field.name)
    kind = _kind_of_type(field.type)
    if kind not in ("integer", "decimal"):
        return Column(field.name, field.type, kind, _label(field.name, words))
    numbers = _sample_numbers(sample)
    if _is_id(words, field.type, numbers):
        return Column(field.name, field.type, "id", _label(field.name, words))
    if _is_fraction(words, field.type, numbers):
        kept = words[:-1] if words[-1] in _PER_HUNDRED and len(words) > 1 else words
        return Column(field.name, field.type, "percent", _label(field.name, kept), decimals=1)
    unit = _unit(words)
    label = _label(field.name, words[:-1] if unit else words)
    places = _guess_places(words, unit, field.type, numbers) if kind == "decimal" else None
    return Column(field.name, field.type, kind, label, unit=unit, decimals=places)


def default_aggregate(column: Column) -> Literal["sum", "avg"]:
    """Counts, money, hours and distances add up; rates, delays and temperatures do not."""
    words = set(words_of(column.name))
    if column.kind == "percent" or words & (_AVERAGES | _SHARES | _RATES) or column.unit == "%":
        return "avg"
    if words & (_LEVELS - _SPANS):
        return "avg"
    if words & _ADDS_UP or {"air", "time"} <= words or column.kind == "duration" or column.unit in _AMOUNTS:
        return "sum"
    adds_up = column.kind == "integer" or words & _MONEY or is_currency(column.unit)
    return "sum" if adds_up and not words & _LEVELS else "avg"


def guess_direction(column: Column) -> bool | None:
    """Whether more is better, when the name says so."""
    words = set(words_of(column.name))
    if words & _WORSE:
        return False
    return True if words & _BETTER or {"on", "time"} <= words else None


def is_quantity(column: Column) -> bool:
    """A number that may be summed or averaged; a latitude may not."""
    return column.is_numeric and not column.hidden and not set(words_of(column.name)) & _PLACES


def is_calendar_part(column: Column) -> bool:
    return column.kind == "id" and is_calendar_name(words_of(column.name))


def is_earlier(name: str) -> bool:
    """Whether a series is the comparison: drawn pale, behind. `visits_last_year` is, `last_flight` is not."""
    words = words_of(name)
    pairs = set(pairwise(words))
    return bool(set(words) & _EARLIER) or any(
        pair in pairs for part in CALENDAR for pair in (("last", part), (part, "ago"))
    )


def is_average_word(name: str) -> bool:
    return bool(set(words_of(name)) & _AVERAGES)


def _kind_of_type(kind: pa.DataType) -> Kind:
    tests: tuple[tuple[Any, Kind], ...] = (
        (pa.types.is_boolean, "boolean"),
        (pa.types.is_integer, "integer"),
        (pa.types.is_floating, "decimal"),
        (pa.types.is_date, "date"),
        (pa.types.is_timestamp, "datetime"),
        (pa.types.is_time, "time"),
        (pa.types.is_duration, "duration"),
        (lambda t: pa.types.is_string(t) or pa.types.is_large_string(t) or pa.types.is_string_view(t), "text"),
    )
    if pa.types.is_dictionary(kind):
        return _kind_of_type(kind.value_type)
    if pa.types.is_decimal(kind):
        return "decimal" if kind.scale > 0 else "integer"
    return next((found for test, found in tests if test(kind)), "other")


def _is_id(words: list[str], kind: pa.DataType, numbers: list[Any]) -> bool:
    if pa.types.is_decimal(kind) and kind.scale > 0 or is_earlier(" ".join(words)):
        return False
    measures = bool(set(words) & (_LEVELS | _MONEY | _AVERAGES | _SHARES))
    return is_identifier(words, kind, numbers, measures=measures)


def _is_fraction(words: list[str], kind: pa.DataType, numbers: list[Any]) -> bool:
    if not words or pa.types.is_integer(kind):
        return False
    if not numbers:
        return words[-1] in _SHARES - _PER_HUNDRED
    return bool(set(words) & _SHARES or {"on", "time"} <= set(words)) and all(abs(n) <= 1 for n in numbers)


def _unit(words: list[str]) -> str | None:
    """A last word such as `min` is a unit, but `min_delay` and `min` alone are not."""
    unit = _UNITS.get(words[-1]) if len(words) > 1 else None
    return unit.upper() if unit and is_currency(unit.upper()) else unit


def _guess_places(words: list[str], unit: str | None, kind: pa.DataType, numbers: list[Any]) -> int | None:
    """As many as the sample needs, at most two (one for averages and measures); None leaves it to each value."""
    if set(words) & _PLACES:
        return 4
    if set(words) & _MONEY or is_currency(unit):
        return 2
    most = 1 if unit or set(words) & (_AVERAGES | _LEVELS) else 2
    if not numbers:
        return min(most, kind.scale) if pa.types.is_decimal(kind) else None
    needed = max((-number.normalize().as_tuple().exponent for number in numbers), default=0)
    return min(most, needed) if needed > 0 and max(abs(number) for number in numbers) >= 1 else None


def _sample_numbers(sample: pa.Array | None) -> list[Any]:
    if sample is None or not len(sample):
        return []
    numbers = (as_decimal(value) for value in python_values(sample.slice(0, 500)))
    return [number for number in numbers if number is not None and number.is_finite()]


def _label(name: str, words: list[str]) -> str:
    """`avg_delay` becomes "Avg delay"; a name that is already written for people stays."""
    if not words or " " in name.strip() or (name != name.lower() and name != name.upper()):
        return name.strip()
    shown = [word.upper() if word in _LATIN_ABBREVIATIONS else word for word in words]
    return " ".join([shown[0][:1].upper() + shown[0][1:], *shown[1:]])
