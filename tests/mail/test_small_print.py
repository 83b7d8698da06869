"""The foot of a mail, and the line that inboxes show of it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from core.document.model import ReportDocument, SectionHead
from tests.mail.reports import COLUMNS, make_document, make_kpis, make_section, report_mail

LATER = (("first_day", "2013-06-17"),)


def bodies(document: ReportDocument) -> list[str]:
    """The HTML as its reader sees it, and the text."""
    mail = report_mail(document)
    html, text = (mail.get_body((kind,)).get_content() for kind in ("html", "plain"))
    return [re.sub(r"<[^>]+>", " ", html).replace("&#39;", "'"), text]


def section(title: str, **changes: Any) -> Any:
    parts = {name: changes.pop(name) for name in ("parameters", "columns") if name in changes}
    return make_section(head=SectionHead(title, title, **{"columns": COLUMNS, **parts}), **changes)


def preheader(document: ReportDocument) -> str:
    found = re.search(r"<body.*?<div[^>]*>(.*?)</div>", report_mail(document).get_body(("html",)).get_content(), re.S)
    assert found
    return found[1]


def test_both_bodies_say_as_of_when_the_data_is_and_with_which_parameters() -> None:
    for body in bodies(make_document(section("Flights", parameters=(("carrier", "UA"), *LATER)))):
        assert "Data as of 24 Jun 2013, " in body
        assert "Parameters: carrier = UA, first_day = 2013-06-17" in body


def test_parameters_that_all_sections_share_stand_once() -> None:
    for body in bodies(make_document(section("Flights", parameters=LATER), section("Weather", parameters=LATER))):
        assert body.count("first_day = 2013-06-17") == 1
        assert "Parameters: first_day" in body


def test_parameters_that_differ_name_their_section() -> None:
    other = section("Weather", parameters=(("airport", "JFK"),))
    for body in bodies(make_document(section("Flights", parameters=LATER), other, section("Routes"))):
        assert "Flights: parameters: first_day = 2013-06-17" in body
        assert "Weather: parameters: airport = JFK" in body
        assert "Routes: " not in body


def test_a_parameter_of_any_length_leaves_the_foot_small() -> None:
    for body in bodies(make_document(section("Flights", parameters=(("airlines", "UA, " * 5_000),)))):
        assert body.count("UA, ") < 100


def test_columns_hidden_by_settings_are_named_and_their_values_stay_out() -> None:
    columns = (*COLUMNS[:-1], replace(COLUMNS[-1], hidden=True, label="Salary"))
    for body in bodies(make_document(section("Flights", columns=columns))):
        assert "Not shown: Salary (hidden by the query's settings)" in body


def test_nothing_is_said_of_what_is_not_there() -> None:
    for body in bodies(make_document(section("Flights"))):
        assert "Parameters" not in body
        assert "hidden by" not in body


def test_inboxes_show_what_is_missing_before_the_figures() -> None:
    failed = section("Weather", error="The table is gone.", preview=None)
    assert preheader(make_document(section("Flights", kpis=make_kpis()), failed)).startswith("1 part missing \u00b7 ")


@pytest.mark.parametrize("count", [2, 3])
def test_a_dashboard_without_figures_on_top_shows_the_first_of_each_section(count: int) -> None:
    shown = preheader(make_document(*(section(f"Part {n}", kpis=make_kpis()) for n in range(count))))
    assert shown.count(make_kpis()[0].label) == count
    assert make_kpis()[1].label not in shown
