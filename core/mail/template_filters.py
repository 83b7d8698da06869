"""The filters of people's templates: numbers and dates in the workspace's language, rounded half up.

Imported by the tiny child process, so nothing heavy may be imported here.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any, Final

from babel.dates import format_date, format_datetime
from jinja2 import TemplateRuntimeError, Undefined

from core.document.locales import (
    MINUS,
    compact_text,
    currency_text,
    date_text,
    duration_text,
    find_locale,
    number_text,
    percent_text,
)
from core.mail.template_values import Anything, Figure, Moment
from core.text import slug

UP: Final = "\u25b2"
DOWN: Final = "\u25bc"
_SIGNS: Final = f"+-{MINUS}"
_SOME_DAY: Final = date(2013, 6, 24)


def own_filters(locale: str) -> dict[str, Callable[..., Any]]:
    """The filters by their names."""
    return {
        "date": partial(_date, locale),
        "strftime": _strftime,
        "number": partial(_number, locale),
        "percent": partial(_percent, locale),
        "currency": partial(_currency, locale),
        "compact": partial(_compact, locale),
        "duration": partial(_duration, locale),
        "delta": partial(_delta, locale),
        "default": _default,
        "d": _default,
        "slug": lambda value: slug(str(value)),
    }


def _date(locale: str, value: Any, pattern: str = "") -> str:
    found = _as_date(value)
    if not pattern:
        return date_text(date(found.year, found.month, found.day), locale)
    write = format_datetime if isinstance(found, Moment) else format_date
    return write(found, format=pattern, locale=find_locale(locale))


def _strftime(value: Any, pattern: str) -> str:
    return _as_date(value).strftime(pattern)


def _number(locale: str, value: Any, places: int = 0) -> str:
    return number_text(_decimal(value), locale, decimals=_places(places))


def _percent(locale: str, value: Any, places: int = 1) -> str:
    return percent_text(_decimal(value), locale, decimals=_places(places))


def _currency(locale: str, value: Any, code: str = "EUR") -> str:
    return currency_text(_decimal(value), locale, currency=code.upper(), decimals=None)


def _compact(locale: str, value: Any) -> str:
    return compact_text(_decimal(value), locale)


def _duration(locale: str, value: Any) -> str:
    """Seconds in words: `1 h 05 min`."""
    seconds = Decimal(str(value.total_seconds())) if isinstance(value, timedelta) else _decimal(value)
    return duration_text(seconds, locale)


def _delta(locale: str, value: Any) -> str:
    """`▲ 4.2%`: a figure in its own words, any other number as a share; nothing where there is no comparison."""
    if value is None:
        return ""
    number = _decimal(value)
    words = value.text.lstrip(_SIGNS) if isinstance(value, Figure) else percent_text(abs(number), locale, decimals=1)
    if not number:
        return words
    return f"{UP if number > 0 else DOWN} {words}"


def _default(value: Any, fallback: Any = "", boolean: bool = False) -> Any:
    """Also for what is there but has no value, such as a change on the first run."""
    if value is None or isinstance(value, Undefined) or (boolean and not value):
        return fallback
    return value


def _places(places: Any) -> int:
    return max(0, min(int(places), 12))


def _as_date(value: Any) -> date:
    if isinstance(value, Anything):
        return _SOME_DAY
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError as error:
        raise TemplateRuntimeError(f"'{str(value)[:40]}' is not a date") from error


def _decimal(value: Any) -> Decimal:
    try:
        number = Decimal(value.exact if isinstance(value, Figure) else str(value))
    except InvalidOperation as error:
        raise TemplateRuntimeError(f"'{str(value)[:40]}' is not a number") from error
    if not number.is_finite() or abs(number.adjusted()) > 60:
        raise TemplateRuntimeError(f"'{str(value)[:40]}' is not a number that can be shown")
    return number
