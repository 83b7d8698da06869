"""The sandbox that people's own subjects, bodies and file names run in.

Imported by the tiny child process, so nothing heavy may be imported here. The sandbox keeps templates from
reaching the machine; only the limits of the child keep them from eating its time and memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any

from babel.dates import format_date
from jinja2 import StrictUndefined, TemplateRuntimeError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from core.document.locales import compact_text, currency_text, date_text, find_locale, number_text, percent_text
from core.text import slug

MAX_TEMPLATE_BYTES = 50_000
MAX_OUTPUT_CHARS = 1_000_000

_BUILT_IN_FILTERS = (
    "abs capitalize d default first float int join last length lower replace round sort string sum title trim "
    "truncate upper wordwrap"
).split()
_BUILT_IN_TESTS = "defined divisibleby even odd none number string undefined eq ne lt le gt ge in true false".split()
_WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()


class Group:
    """Names after a dot: `report.name`. Reading is all it can do."""

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = dict(values)

    def __getattr__(self, name: str) -> Any:
        try:
            return self._values[name]
        except KeyError:
            raise AttributeError(name) from None

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __str__(self) -> str:
        return ", ".join(f"{name}: {value}" for name, value in self._values.items())


def make_environment(locale: str = "en_GB") -> ImmutableSandboxedEnvironment:
    """No loader, no globals, and only the filters that make sense for a sentence."""
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False, keep_trailing_newline=True)
    environment.globals.clear()
    environment.filters = {name: environment.filters[name] for name in _BUILT_IN_FILTERS} | _own_filters(locale)
    environment.tests = {name: environment.tests[name] for name in _BUILT_IN_TESTS}
    return environment


def render(template: str, variables: Mapping[str, Any], *, locale: str = "en_GB") -> str:
    """The template's text; raises Jinja's own errors, and TemplateRuntimeError when it grows too long."""
    values = with_functions(variables)
    pieces: list[str] = []
    length = 0
    for piece in _pieces(template, values, locale):
        length += len(piece)
        if length > MAX_OUTPUT_CHARS:
            raise TemplateRuntimeError(f"It makes a text of more than {MAX_OUTPUT_CHARS:,} characters")
        pieces.append(piece)
    return "".join(pieces)


def with_functions(variables: Mapping[str, Any]) -> dict[str, Any]:
    """The variables with their groups, and the functions that count from `today`."""
    values = {name: Group(value) if isinstance(value, Mapping) else value for name, value in variables.items()}
    today = values.get("today")
    if isinstance(today, date):
        values["days_ago"] = partial(_shifted, today, -1)
        values["days_from_now"] = partial(_shifted, today, 1)
        values["last"] = partial(_last_weekday, today)
    return values


FUNCTIONS = ("days_ago", "days_from_now", "last")


def _pieces(template: str, values: Mapping[str, Any], locale: str) -> Iterator[str]:
    return make_environment(locale).from_string(template).generate(values)


def _shifted(today: date, direction: int, days: int) -> date:
    return today + timedelta(days=direction * int(days))


def _last_weekday(today: date, weekday: str) -> date:
    """The latest such day before today."""
    wanted = _WEEKDAYS.index(weekday.lower())
    return today - timedelta(days=(today.weekday() - wanted - 1) % 7 + 1)


def _own_filters(locale: str) -> dict[str, Callable[..., Any]]:
    return {
        "date": partial(_date, locale),
        "strftime": _strftime,
        "number": partial(_number, locale),
        "percent": partial(_percent, locale),
        "currency": partial(_currency, locale),
        "compact": partial(_compact, locale),
        "slug": lambda value: slug(str(value)),
    }


def _date(locale: str, value: Any, pattern: str = "") -> str:
    day = _as_date(value)
    return format_date(day, format=pattern, locale=find_locale(locale)) if pattern else date_text(day, locale)


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


def _places(places: Any) -> int:
    return max(0, min(int(places), 12))


def _as_date(value: Any) -> date:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError as error:
        raise TemplateRuntimeError(f"'{str(value)[:40]}' is not a date") from error


def _decimal(value: Any) -> Decimal:
    try:
        number = Decimal(str(value))
    except InvalidOperation as error:
        raise TemplateRuntimeError(f"'{str(value)[:40]}' is not a number") from error
    if not number.is_finite() or abs(number.adjusted()) > 60:
        raise TemplateRuntimeError(f"'{str(value)[:40]}' is not a number that can be shown")
    return number
