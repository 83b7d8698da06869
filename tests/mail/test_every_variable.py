"""Each variable, filter and block that a template may use, with what it says on one day; none is left out."""

from __future__ import annotations

from typing import Any

import pytest

from core.mail.template_blocks import body_parts
from core.mail.template_engine import make_environment
from core.mail.template_failure import failure_samples
from core.mail.template_figures import Earlier, document_values
from core.mail.template_registry import BLOCKS_GROUP, FAILURE_GROUP, VARIABLES
from core.mail.templates import Job, render_many, sample_variables
from tests.mail.reports import airlines_table, make_document, make_section

NAMES = {"COL": "departures", "kpi.NAME": "kpi.departures", "params.NAME": "params.region"}
# The run of Monday 24 June 2013, 07:00 in New York, on the week before.
_WORDS = """
date = 2013-06-24
time = 07:00
datetime = 2013-06-24 07:00
weekday = Monday
iso_week = 26
timestamp = 1372071600
timezone = America/New_York
year = 2013
quarter = 2
month = 6
month_name = June
day = 24
hour = 7
today = 2013-06-24
yesterday = 2013-06-23
tomorrow = 2013-06-25
run_date = 2013-06-24
days_ago(7) = 2013-06-17
days_from_now(1) = 2013-06-25
last("monday") = 2013-06-17
this_week_start = 2013-06-24
this_week_end = 2013-06-30
this_month_start = 2013-06-01
this_month_end = 2013-06-30
this_quarter_start = 2013-04-01
this_quarter_end = 2013-06-30
this_year_start = 2013-01-01
this_year_end = 2013-12-31
last_week_start = 2013-06-17
last_week_end = 2013-06-23
last_month_start = 2013-05-01
last_month_end = 2013-05-31
last_quarter_start = 2013-01-01
last_quarter_end = 2013-03-31
last_year_start = 2012-01-01
last_year_end = 2012-12-31
week_start = 2013-06-24
week_end = 2013-06-30
month_start = 2013-06-01
month_end = 2013-06-30
quarter_start = 2013-04-01
quarter_end = 2013-06-30
year_start = 2013-01-01
year_end = 2013-12-31
month_to_date_start = 2013-06-01
period.label = 17\u201323 Jun 2013
period.start = 2013-06-17
period.end = 2013-06-23
period_start = 2013-06-17
period_end = 2013-06-23
period_end_exclusive = 2013-06-24
compare.label = 10\u201316 Jun 2013
report.name = Departures by airline
report.slug = departures-by-airline
report.description =
report.url = http://localhost:8501/schedule?id=00000000-0000-0000-0000-000000000001
report.owner = Sam Ortiz
report.tags = operations, weekly
workspace = Northwind Airports
run.id = 00000000-0000-0000-0000-000000000002
run.url = http://localhost:8501/execution?id=00000000-0000-0000-0000-000000000002
run.number = 12
run.duration = 0 s
run.started_at = 24 Jun 2013, 07:00
run.finished_at = 24 Jun 2013, 07:00
run.attempt = 1
run.status = success
run.trigger = schedule
rows = 6680
rows_delta = +33
columns = 7
is_empty = False
changed = True
first.COL = 1,189
sum("COL") = 6,642
avg("COL") = 603.8
min("COL") = 68
max("COL") = 1,189
kpi.NAME.value = 6,680
kpi.NAME.previous = 6,647
kpi.NAME.delta = +33
kpi.NAME.delta_pct = +0.5%
params.NAME = north
recipient.name = Dana Brooks
recipient.first_name = Dana
recipient.email = dana@example.com
sender.name = Northwind Reports
error.title = Departures by airline did not arrive
error.detail = The database did not answer.
next_try = 24 Jun 2013, 07:00
failures_in_row = 1
"""
SAYS = {name.strip(): text.strip() for name, _, text in (line.partition(" =") for line in _WORDS.strip().splitlines())}
FILTERS = {
    "date": ("{{ date|date('d MMM yyyy') }}", "24 Jun 2013"),
    "strftime": ("{{ date|strftime('%d.%m.%Y') }}", "24.06.2013"),
    "number": ("{{ 1234.56|number(1) }}", "1,234.6"),
    "percent": ("{{ 0.8625|percent(1) }}", "86.3%"),
    "currency": ("{{ 1234.5|currency('EUR') }}", "\u20ac1,234.50"),
    "compact": ("{{ 1200000|compact }}", "1.2M"),
    "duration": ("{{ 3900|duration }}", "1 h 05 min"),
    "delta": ("{{ 0.042|delta }}", "\u25b2 4.2%"),
    "default": ("{{ sum('airline')|default('none') }}", "none"),
    "d": ("{{ sum('airline')|d('none') }}", "none"),
    "slug": ("{{ report.name|slug }}", "departures-by-airline"),
    "upper": ("{{ workspace|upper }}", "NORTHWIND AIRPORTS"),
    "lower": ("{{ workspace|lower }}", "northwind airports"),
    "capitalize": ("{{ 'aB'|capitalize }}", "Ab"),
    "title": ("{{ 'two words'|title }}", "Two Words"),
    "trim": ("[{{ '  a '|trim }}]", "[a]"),
    "truncate": ("{{ 'a long sentence here'|truncate(10) }}", "a long..."),
    "wordwrap": ("{{ 'aaa bbb'|wordwrap(4) }}", "aaa\nbbb"),
    "replace": ("{{ 'a-b'|replace('-', '+') }}", "a+b"),
    "string": ("{{ 5|string }}", "5"),
    "abs": ("{{ (-5)|abs }}", "5"),
    "int": ("{{ '5'|int }}", "5"),
    "float": ("{{ '5'|float }}", "5.0"),
    "round": ("{{ 2.567|round(1) }}", "2.6"),
    "first": ("{{ report.tags|first }}", "operations"),
    "last": ("{{ report.tags|last }}", "weekly"),
    "length": ("{{ report.tags|length }}", "2"),
    "join": ("{{ report.tags|join('+') }}", "operations+weekly"),
    "sort": ("{{ ['b', 'a']|sort|join }}", "ab"),
    "sum": ("{{ [1, 2]|sum }}", "3"),
}
BLOCKS = {
    "kpis": ("kpis", ""),
    "chart": ("chart", ""),
    "table(10)": ("table", "10"),
    "files": ("files", ""),
    'button("Open")': ("button", "Open"),
}


def values() -> dict[str, Any]:
    counted = airlines_table()["departures"].to_pylist()
    totals = {"sum": sum(counted), "avg": sum(counted) / len(counted), "min": min(counted), "max": max(counted)}
    section = make_section(totals={(how, "departures"): value for how, value in totals.items()})
    return sample_variables({"region": "north"}, data=document_values(make_document(section), Earlier(rows=6647)))


def said(templates: list[str], *, kind: Any = "body") -> list[str]:
    known = failure_samples(values()) if kind == "failure_body" else values()
    return render_many([Job(template, known, kind) for template in templates])


def as_written(name: str) -> str:
    for placeholder, real in NAMES.items():
        name = name.replace(placeholder, real)
    return f"{{{{ {name} }}}}"


def listed(*, failure: bool) -> list[str]:
    groups = {FAILURE_GROUP} if failure else {one.group for one in VARIABLES} - {FAILURE_GROUP, BLOCKS_GROUP}
    return [one.name for one in VARIABLES if one.group in groups]


def test_no_variable_filter_or_block_is_left_out():
    assert set(SAYS) == {*listed(failure=False), *listed(failure=True)}
    assert set(FILTERS) == set(make_environment().filters)
    assert set(BLOCKS) == {one.name for one in VARIABLES if one.group == BLOCKS_GROUP}


@pytest.mark.parametrize("failure", [False, True], ids=["mail", "failure"])
def test_each_variable_says_what_it_promises(failure):
    names = listed(failure=failure)
    texts = said([as_written(name) for name in names], kind="failure_body" if failure else "body")
    assert dict(zip(names, texts, strict=True)) == {name: SAYS[name] for name in names}


def test_each_filter_does_what_it_promises():
    texts = said([template for template, _expected in FILTERS.values()])
    assert dict(zip(FILTERS, texts, strict=True)) == {name: expected for name, (_template, expected) in FILTERS.items()}


def test_each_block_is_a_part_of_the_text():
    texts = said([f"{{{{ {name} }}}}" for name in BLOCKS])
    found = {
        name: [(part.kind, part.detail) for part in body_parts(text)] for name, text in zip(BLOCKS, texts, strict=True)
    }
    assert found == {name: [part] for name, part in BLOCKS.items()}


def test_a_figure_that_is_missing_is_a_dash_and_a_default_stands_in_for_it():
    assert said(['{{ sum("airline") }}', '{{ sum("airline")|default("none") }}']) == ["\u2014", "none"]
