"""How a language writes numbers and dates: separators and patterns from Babel, rounding half up for all.

Babel rounds half to even, so numbers are rounded here and only dressed by the rules it knows.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, time
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import format_compact_decimal, get_currency_precision, get_currency_symbol

from core.errors import InvalidInput

MINUS = "\u2212"
# Wide enough for Arrow's widest decimal (76 digits) and for a float below the limit of plain notation.
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
    return format_date(day, format="EEE d", locale=find_locale(locale))


def day_text(day: date, locale: str) -> str:
    """`17 Jun`, for the axis of a chart over more than a week."""
    year_first = _date_pattern(locale).startswith("y")
    return format_date(day, format="MMM d" if year_first else "d MMM", locale=find_locale(locale))


def month_text(day: date, locale: str) -> str:
    """`Jun 2013`, for the axis of a chart over many months."""
    return format_date(day, format="MMM y", locale=find_locale(locale))


def time_text(moment: time) -> str:
    """`07:00`, with seconds when there are any."""
    return f"{moment:%H:%M:%S}" if moment.second else f"{moment:%H:%M}"


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
