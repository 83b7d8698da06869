"""How a language writes numbers and dates: separators and patterns from Babel, rounding half up for all.

Babel rounds half to even, so numbers are rounded here and only dressed by the rules it knows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, time
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from functools import lru_cache
from typing import Literal

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time
from babel.numbers import format_compact_decimal, get_currency_precision, get_currency_symbol

from core.errors import InvalidInput

MINUS = "\u2212"
# Wide enough for Arrow's widest decimal (76 digits) and for a float below the limit of plain notation.
# Up to here a float is exact to more than four places, and its text has no exponent.
_FAST_BELOW = 1e9
_MOST_FAST_PLACES = 4
EXACT = Context(prec=400, rounding=ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class NumberStyle:
    """The separators of a language and what it puts around a percentage. `groups` are the sizes from the right."""

    point: str
    comma: str
    groups: tuple[int, int]
    percent: tuple[str, str]
    currency: tuple[str, str]

    def write(self, digits: str) -> str:
        """Python's `1,234.5` in this style."""
        whole, dot, fraction = digits.partition(".")
        if self.groups != (3, 3):
            whole = _regroup(whole.replace(",", ""), self.groups)
        return whole.replace(",", self.comma) + (self.point + fraction if dot else "")


@lru_cache(maxsize=64)
def find_locale(name: str) -> Locale:
    """The locale of `en_GB` or `en-GB`; raises InvalidInput that names it."""
    try:
        return Locale.parse(name.replace("-", "_"))
    except (UnknownLocaleError, ValueError, TypeError) as error:
        raise InvalidInput(f"There is no language '{name}'. Use one such as en_GB or de_DE.", field="locale") from error


@lru_cache(maxsize=64)
def number_style(name: str) -> NumberStyle:
    locale = find_locale(name)
    symbols = locale.number_symbols["latn"]
    percent, currency = locale.percent_formats[None], locale.currency_formats["standard"]
    return NumberStyle(
        point=symbols["decimal"],
        comma=symbols["group"],
        groups=locale.decimal_formats[None].grouping,
        percent=(percent.prefix[0], percent.suffix[0]),
        currency=(currency.prefix[0], currency.suffix[0]),
    )


def number_text(value: Decimal, locale: str, *, decimals: int, grouped: bool = True) -> str:
    """Rounded half up to `decimals` places; no number is shown as minus zero."""
    rounded = round_half_up(value, decimals)
    digits = number_style(locale).write(f"{abs(rounded):{',' if grouped else ''}.{decimals}f}")
    return MINUS + digits if rounded < 0 else digits


def integer_texts(values: list[int], locale: str) -> list[str]:
    """`number_text` without places for many whole numbers: dressed in one go, which costs a tenth."""
    style = number_style(locale)
    if style.groups != (3, 3):
        return [number_text(Decimal(value), locale, decimals=0) for value in values]
    joined = "\n".join([f"{value:,}" for value in values])
    return joined.replace(",", style.comma).replace("-", MINUS).split("\n") if values else []


def float_texts(values: list[float], locale: str, *, decimals: int, other: Callable[[float], str]) -> list[str]:
    """`number_text` for many floats in one go, which costs a third; `other` writes what is out of the ordinary.

    Python rounds the binary value, and we the decimal one that stands for it. The two part only where that ends with
    a 5 just behind the last place.
    """
    style = number_style(locale)
    if style.groups != (3, 3) or decimals > _MOST_FAST_PLACES:
        return [other(value) for value in values]
    least = 10.0**-decimals
    plain = [least <= abs(value) < _FAST_BELOW and not _is_tie(repr(value), decimals) for value in values]
    joined = "\n".join([f"{value:,.{decimals}f}" if fast else "" for value, fast in zip(values, plain, strict=True)])
    texts = (
        joined.replace(",", "\0").replace(".", style.point).replace("\0", style.comma).replace("-", MINUS).split("\n")
    )
    return [text if fast else other(value) for value, fast, text in zip(values, plain, texts, strict=False)]


def _is_tie(exact: str, decimals: int) -> bool:
    return exact.endswith("5") and len(exact) - exact.find(".") == decimals + 2


def percent_text(fraction: Decimal, locale: str, *, decimals: int) -> str:
    """`0.8625` becomes `86.3%`."""
    before, after = number_style(locale).percent
    number = number_text(EXACT.multiply(fraction, Decimal(100)), locale, decimals=decimals)
    return signed(number, before=before, after=after)


def currency_text(value: Decimal, locale: str, *, currency: str, decimals: int | None) -> str:
    """`€1,234.50`, `1.234,50 €`; places as the currency has them unless told."""
    places = get_currency_precision(currency) if decimals is None else decimals
    before, after = (part.replace("\xa4", _symbol(currency, locale)) for part in number_style(locale).currency)
    if before and before[-1].isalpha():
        before += "\xa0"
    return signed(number_text(value, locale, decimals=places), before=before, after=after)


def compact_text(value: Decimal, locale: str) -> str:
    """`1.2M`: one place and the language's own word."""
    with rounding_half_up():
        text: str = format_compact_decimal(abs(value), fraction_digits=1, locale=find_locale(locale))
    return signed(MINUS + text if value < 0 else text)


@lru_cache(maxsize=4096)
def date_text(day: date, locale: str) -> str:
    """`23 Jun 2013`; year first where the language has it so."""
    return format_date(day, format=_date_pattern(locale), locale=find_locale(locale))


def weekday_text(day: date, locale: str) -> str:
    """`Mon 17`, for the axis of a chart."""
    return _by_pattern(date(day.year, day.month, day.day), "EEE d", locale)


def day_text(day: date, locale: str) -> str:
    """`17 Jun`, for the axis of a chart over more than a week."""
    year_first = _date_pattern(locale).startswith("y")
    return _by_pattern(date(day.year, day.month, day.day), "MMM d" if year_first else "d MMM", locale)


def month_text(day: date, locale: str) -> str:
    """`Jun 2013`, for the axis of a chart over many months."""
    return _by_pattern(date(day.year, day.month, day.day), "MMM y", locale)


def year_text(day: date, locale: str) -> str:
    """`2013`, for the axis of a chart over many years."""
    return _by_pattern(date(day.year, day.month, day.day), "y", locale)


@lru_cache(maxsize=4096)
def _by_pattern(day: date, pattern: str, locale: str) -> str:
    """For plain dates: two instants that are equal may be different days, and would share a place here."""
    return format_date(day, format=pattern, locale=find_locale(locale))


def time_text(moment: time, locale: str = "en_GB") -> str:
    """`07:00`, or `7:00 AM` where the language counts to twelve; with seconds when there are any."""
    seconds = ":ss" if moment.second else ""
    if "a" not in _time_pattern(locale):
        return f"{moment:%H:%M:%S}" if seconds else f"{moment:%H:%M}"
    return format_time(moment, format=f"h:mm{seconds}\xa0a", locale=find_locale(locale))


def direction(locale: str) -> Literal["ltr", "rtl"]:
    """Which way people of this language read."""
    return "rtl" if find_locale(locale).character_order == "right-to-left" else "ltr"


def places_of(number: Decimal) -> int:
    """Two places for what is 1 or more, three significant digits below, and never a trailing zero."""
    wanted = 2 if abs(number) >= 1 or not number else 2 - number.adjusted()
    rounded = number.quantize(Decimal(1).scaleb(-wanted), context=EXACT).normalize(EXACT)
    exponent = rounded.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def duration_text(seconds: Decimal, locale: str) -> str:
    """The two largest parts: `2 d 3 h`, `1 h 05 min`, `4 min 07 s`, `12.5 s`, `350 ms`."""
    if seconds < 0:
        return MINUS + duration_text(-seconds, locale)
    if seconds and seconds < 1:
        return f"{number_text(seconds * 1000, locale, decimals=0)} ms"
    if seconds < 60:
        return f"{number_text(seconds, locale, decimals=min(1, places_of(seconds)))} s"
    whole = int(number_text(seconds, "en_GB", decimals=0, grouped=False))
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s" if whole % 60 else f"{whole // 60} min"
    minutes = (whole + 30) // 60
    if minutes < 24 * 60:
        return f"{minutes // 60} h {minutes % 60:02d} min"
    hours = (minutes + 30) // 60
    return f"{number_text(Decimal(hours // 24), locale, decimals=0)} d {hours % 24} h"


def round_half_up(value: Decimal, decimals: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-decimals), context=EXACT)


def signed(number: str, *, before: str = "", after: str = "") -> str:
    """The minus goes in front of everything: `−€3.20`."""
    return f"{MINUS}{before}{number[1:]}{after}" if number.startswith(MINUS) else f"{before}{number}{after}"


@contextmanager
def rounding_half_up() -> Iterator[None]:
    with localcontext(EXACT):
        yield


@lru_cache(maxsize=256)
def _symbol(currency: str, locale: str) -> str:
    return str(get_currency_symbol(currency, locale=find_locale(locale)))


@lru_cache(maxsize=64)
def _time_pattern(locale: str) -> str:
    return str(find_locale(locale).time_formats["short"].pattern)


@lru_cache(maxsize=64)
def _date_pattern(locale: str) -> str:
    own: str = find_locale(locale).date_formats["medium"].pattern
    return own if own.startswith("y") else "d MMM yyyy"


def _regroup(digits: str, groups: tuple[int, int]) -> str:
    """Groups of other sizes, as in `12,34,567`; no grouping at all when the size is unreasonable."""
    first, others = groups
    if first > len(digits):
        return digits
    parts = [digits[-first:]]
    rest = digits[:-first]
    while rest:
        parts.append(rest[-others:])
        rest = rest[:-others]
    return ",".join(reversed(parts))
