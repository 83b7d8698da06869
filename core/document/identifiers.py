"""Numbers that name something and measure nothing: ids, flight numbers, years, clock readings. Told by their names.

Singular words name (`account`, `year_built`, `day_of_week`), plural ones count (`accounts`, `years_of_service`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

import pyarrow as pa

CALENDAR = frozenset("year yr month day hour minute week weekday quarter dow isoweek".split())
_YEAR = frozenset({"year", "yr"})
_YEARS = (1900, 2100)
_ENDINGS = frozenset(
    "id no nr num number code year yr zip postcode flight account tailnum key uuid guid sku isbn ean iban phone "
    "index".split()
)
# With these, an integer that ends in "time" is a clock reading such as 1745.
_CLOCK_WORDS = frozenset("dep arr sched scheduled start end departure arrival open close".split())
# What happened in the year that a name begins with: `year_built` is one, `year_sales` is not.
_HAPPENED = (
    "built|made|born|founded|established|opened|closed|published|released|renovated|joined|started|ended|hired|"
    "registered|issued|introduced|completed|constructed|manufactured|acquired|retired"
)
# Two words written as one. A list, since `paid`, `grid` and `humid` end in "id" as well.
_OWNERS = (
    "account|article|birth|booking|build|case|category|client|company|contract|customer|device|employee|event|fiscal|"
    "flight|group|invoice|item|line|model|object|order|parent|patient|payment|person|product|project|record|report|"
    "row|session|ship|store|student|supplier|ticket|transaction|trip|user|vendor"
)
_JOINED = re.compile(rf"({_OWNERS})(id|no|nr|num|number|code|key|year|yr)|(year|yr)({_HAPPENED})")
_NUMBERED = re.compile(r"([a-z]+)[0-9]+")
# A column with one of these counts or measures, also when it is about a year and its values look like years.
_QUANTITIES = frozenset("total sum count counts amount qty quantity growth change".split())


def is_identifier(words: Sequence[str], kind: pa.DataType, numbers: Sequence[Decimal], *, measures: bool) -> bool:
    """Whether a numeric column of this name only names. `numbers` is a sample; `measures` when a word says so."""
    said = core_words(words)
    if not said or {"per", "over"} & set(said):
        return False
    if said[-1] in _ENDINGS:
        # Beside `year_2012`, a column `year_2013` may also hold what happened in that year.
        return said[-1] not in _YEAR or not words[-1][-1].isdigit() or _within_years(numbers)
    if len(said) == 1 and said[0] in CALENDAR or _begins_with_calendar(said):
        return True
    if set(said) & _YEAR and not measures and not set(said) & _QUANTITIES and numbers and _within_years(numbers):
        return True
    return pa.types.is_integer(kind) and said[-1] == "time" and bool(_CLOCK_WORDS & set(said))


def is_calendar_name(words: Sequence[str]) -> bool:
    """Whether an identifier is a part of a date, so that a chart may run along it."""
    said = core_words(words)
    return bool(said) and (said[-1] in CALENDAR or _begins_with_calendar(said))


def core_words(words: Sequence[str]) -> list[str]:
    """`orderid` becomes order, id; `flight`, `num1` lose the digit, and so does `id_2`, but not `no2` or `month_1`."""
    said = [part for word in words for part in _apart(word)]
    if len(said) > 1 and said[-1].isdigit() and said[-2] in _ENDINGS:
        return said[:-1]
    numbered = _NUMBERED.fullmatch(said[-1]) if said else None
    if numbered and numbered[1] in _ENDINGS - {"no"}:
        return [*said[:-1], numbered[1]]
    return said


def _apart(word: str) -> list[str]:
    joined = _JOINED.fullmatch(_NUMBERED.sub(r"\1", word))
    return [part for part in joined.groups() if part] if joined else [word]


def _begins_with_calendar(said: Sequence[str]) -> bool:
    """`day_of_week`, `year_of_birth`, `year_built`."""
    if len(said) < 2 or said[0] not in CALENDAR:
        return False
    return said[1] == "of" or (said[0] in _YEAR and len(said) == 2 and re.fullmatch(_HAPPENED, said[1]) is not None)


def _within_years(numbers: Sequence[Decimal]) -> bool:
    return all(_YEARS[0] <= number <= _YEARS[1] and number == int(number) for number in numbers)
