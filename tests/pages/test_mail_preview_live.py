"""The preview of the mail follows the form without asking the database again."""

from __future__ import annotations

import sqlite3

import pytest
from streamlit.testing.v1 import AppTest

from core.database import read_scope
from core.schemas.accounts import Actor
from core.schemas.scheduled_reports import ScheduledReportResponse
from core.services import scheduled_reports
from tests.factories import make_query_report
from tests.pages.conftest import Open, words


@pytest.fixture
def report(alice: Actor, source_url: str) -> ScheduledReportResponse:
    return make_query_report(alice, url=source_url)


@pytest.fixture
def page(alice: Actor, report: ScheduledReportResponse, open_page: Open) -> AppTest:
    """The form, previewed once."""
    page = open_page(alice, "pages/schedule.py", id=report.id)
    page.button(key=f"{report.id}-mail-preview").click().run()
    assert not page.exception
    return page


def test_new_words_are_shown_without_running_the_query(
    report: ScheduledReportResponse, page: AppTest, source_url: str
) -> None:
    sqlite3.connect(source_url.removeprefix("sqlite:///")).execute("DROP TABLE sales")
    page.text_input(key=f"{report.id}-subject").set_value("{{ rows }} rows for {{ recipient.email }}").run()
    assert "**Subject:** 4 rows for dana@example.test" in words(page)
    page.multiselect(key=f"{report.id}-to").set_value(["lee@example.test"]).run()
    assert "**Subject:** 4 rows for lee@example.test" in words(page)


def test_a_mistake_stands_below_its_field_and_the_last_mail_stays(
    report: ScheduledReportResponse, page: AppTest
) -> None:
    page.text_input(key=f"{report.id}-subject").set_value("For {{ peroid.label }}").run()
    seen = words(page)
    assert "There is no variable `peroid`. Did you mean `period`?" in seen
    assert "**Subject:** Daily sales" in seen


def test_other_parameters_ask_for_another_preview(report: ScheduledReportResponse, page: AppTest) -> None:
    key = f"{report.id}-{report.saved_query_id}-since"
    page.selectbox(key=key).set_value("today").run()
    assert "Preview the mail again" in words(page)
    assert "**Subject:**" not in words(page)


def test_a_mistake_is_named_before_any_preview(alice: Actor, report: ScheduledReportResponse, open_page: Open) -> None:
    page = open_page(alice, "pages/schedule.py", id=report.id)
    page.text_area(key=f"{report.id}-body").set_value("Hello {{ nobody }}").run()
    assert "There is no variable `nobody`" in words(page)


def test_the_picker_shows_what_a_variable_says_now(report: ScheduledReportResponse, page: AppTest) -> None:
    options = page.selectbox(key=f"{report.id}-subject-picker").options
    assert "Report \u00b7 report.name = Daily sales" in options
    assert "Data \u00b7 rows = 4" in options
    assert "Data \u00b7 first.region = East" in options
    assert any(option.startswith('Data \u00b7 sum("amount") = ') for option in options)
    assert any(option.startswith("Data \u00b7 kpi.rows.value = 4") for option in options)
    assert "Person \u00b7 recipient.email = dana@example.test" in options
    assert "Parameters \u00b7 params.since = 2026-01-05" in options
    assert not [option for option in options if option.startswith("Blocks")]
    assert [option for option in page.selectbox(key=f"{report.id}-body-picker").options if "table(10)" in option]


def test_a_total_that_is_typed_after_the_preview_is_shown_without_running_the_query(
    report: ScheduledReportResponse, page: AppTest, source_url: str
) -> None:
    sqlite3.connect(source_url.removeprefix("sqlite:///")).execute("DROP TABLE sales")
    page.text_input(key=f"{report.id}-subject").set_value('{{ max("region") }}, {{ first.region }}').run()
    assert "**Subject:** West, East" in words(page)
    page.text_input(key=f"{report.id}-subject").set_value("{{ first.regoin }}").run()
    assert "There is no variable `first.regoin`. Did you mean `first.region`?" in words(page)


def test_the_names_of_the_files_are_a_template_with_an_example(
    alice: Actor, report: ScheduledReportResponse, page: AppTest
) -> None:
    field = f"{report.id}-file-name"
    page.text_input(key=field).set_value("Sales: {{ rows }} rows").run()
    assert "Sales_ 4 rows.csv" in words(page)
    page.text_input(key=field).set_value("{{ recipient.email }}").run()
    assert "The files are the same for everybody" in words(page)
    page.text_input(key=field).set_value("{{ params.since }}").run()
    assert "Unsaved changes" in words(page)
    page.button(key="save").click().run()
    assert not page.error
    with read_scope() as session:
        saved = scheduled_reports.get_scheduled_report(session, actor=alice, report_id=report.id)
    assert saved.format_options["file_name"] == "{{ params.since }}"
