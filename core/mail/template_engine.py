"""The sandbox that people's own subjects, bodies and file names run in.

Imported by the tiny child process, so nothing heavy may be imported here. The sandbox keeps templates from
reaching the machine; only the limits of the child keep them from eating its time and memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import lru_cache, partial
from typing import Any, Final, Literal

from jinja2 import StrictUndefined, Template, TemplateRuntimeError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from core.mail.template_blocks import blocks
from core.mail.template_filters import own_filters
from core.mail.template_values import Anything, Group, Open, OpenGroup
from core.text import did_you_mean

MAX_TEMPLATE_BYTES = 50_000
MAX_OUTPUT_CHARS = 1_000_000
MISSING: Final = "\u2014"

_BUILT_IN_FILTERS = (
    "abs capitalize first float int join last length lower replace round sort string sum title trim truncate upper "
    "wordwrap"
).split()
_BUILT_IN_TESTS = "defined divisibleby even odd none number string undefined eq ne lt le gt ge in true false".split()
_WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()

Aggregation = Literal["sum", "avg", "min", "max"]
AGGREGATES: Final[tuple[Aggregation, ...]] = ("sum", "avg", "min", "max")
FUNCTIONS: Final = ("days_ago", "days_from_now", "last", *AGGREGATES)
# Variables under names that no template can write.
TOTALS: Final = "$totals"
COLUMNS: Final = "$columns"
WITH_BLOCKS: Final = "$blocks"


def make_environment(locale: str = "en_GB") -> ImmutableSandboxedEnvironment:
    """No loader, no globals, and only the filters that make sense for a sentence."""
    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, autoescape=False, keep_trailing_newline=True, finalize=_shown
    )
    environment.globals.clear()
    environment.filters = {name: environment.filters[name] for name in _BUILT_IN_FILTERS} | own_filters(locale)
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
    """The variables with their groups, the functions, and in a body the blocks."""
    values = {name: _grouped(value) for name, value in variables.items() if not name.startswith("$")}
    today = values.get("today")
    if isinstance(today, date):
        values["days_ago"] = partial(_shifted, today, -1)
        values["days_from_now"] = partial(_shifted, today, 1)
        values["last"] = partial(_last_weekday, today)
    totals, columns = variables.get(TOTALS, {}), variables.get(COLUMNS)
    for how in AGGREGATES:
        values[how] = partial(_total, totals if isinstance(totals, Open) else totals.get(how, {}), columns)
    return values | blocks() if variables.get(WITH_BLOCKS) else values


def _pieces(template: str, values: Mapping[str, Any], locale: str) -> Iterator[str]:
    return _compiled(template, locale).generate(values)


@lru_cache(maxsize=64)
def _compiled(template: str, locale: str) -> Template:
    """Kept: a mail to many fills in the same words for each, and our own are the same for all reports."""
    return make_environment(locale).from_string(template)


def _shown(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return MISSING if value is None else value


def _grouped(value: Any) -> Any:
    if isinstance(value, Open):
        return OpenGroup(value.kind)
    if isinstance(value, Mapping):
        return Group({name: _grouped(inner) for name, inner in value.items()})
    return value


def _total(known: Mapping[str, Any] | Open, columns: list[str] | None, column: Any) -> Any:
    """The aggregate of a column, worked out over all rows before the template is run."""
    if not isinstance(known, Open) and column in known:
        return known[column]
    if columns is None or column in columns:
        return Anything() if isinstance(known, Open) else None
    suggestion = did_you_mean(str(column), columns).replace("'", "`")
    raise TemplateRuntimeError(f"There is no column `{column}`.{suggestion}")


def _shifted(today: date, direction: int, days: int) -> date:
    return today + timedelta(days=direction * int(days))


def _last_weekday(today: date, weekday: str) -> date:
    """The latest such day before today."""
    name = str(weekday).lower()
    if name not in _WEEKDAYS:
        suggestion = did_you_mean(name, _WEEKDAYS).replace("'", "`")
        raise TemplateRuntimeError(f"There is no weekday `{weekday}`.{suggestion}")
    return today - timedelta(days=(today.weekday() - _WEEKDAYS.index(name) - 1) % 7 + 1)
