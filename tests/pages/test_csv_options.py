"""The options of the CSV files on the page of a schedule."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from core.database import read_scope
from core.schemas.accounts import Actor
from core.schemas.scheduled_reports import ScheduledReportResponse
from core.services import scheduled_reports
from tests.factories import make_data_source, make_report, make_saved_query
from tests.pages.conftest import Open, words

PAGE = "pages/schedule.py"


@pytest.fixture
def report(alice: Actor, source_url: str) -> ScheduledReportResponse:
    query = make_saved_query(alice, data_source_id=make_data_source(alice, url=source_url).id)
    return make_report(alice, saved_query_id=query.id, formats=["csv"], format_options={})


def example(page: AppTest) -> str:
    return str(page.code[0].value)


def stored(alice: Actor, report: ScheduledReportResponse) -> dict[str, object]:
    with read_scope() as session:
        found = scheduled_reports.get_scheduled_report(session, actor=alice, report_id=report.id)
    return found.format_options


def test_the_options_are_there_only_for_a_report_with_csv_files(
    alice: Actor, report: ScheduledReportResponse, open_page: Open
) -> None:
    page = open_page(alice, PAGE, id=report.id)
    assert [part.label for part in page.expander if part.label == "CSV options"] == ["CSV options"]
    page.button_group(key=f"{report.id}-formats").set_value(["excel"]).run()
    assert [part.label for part in page.expander if part.label == "CSV options"] == []


def test_a_line_shows_what_the_options_give(alice: Actor, report: ScheduledReportResponse, open_page: Open) -> None:
    page = open_page(alice, PAGE, id=report.id)
    assert example(page) == '"Köln, Süd",-1234.5,2026-03-02,2026-03-02T07:30:00+01:00,,\'=1+1'
    page.button(key=f"{report.id}-csv-europe").click().run()
    page.selectbox(key=f"{report.id}-csv-date_format").set_value("DD.MM.YYYY").run()
    assert example(page) == "Köln, Süd;-1234,5;02.03.2026;02.03.2026 07:30:00;;'=1+1"
    assert "Unsaved changes" in words(page)


def test_what_is_chosen_is_saved_and_comes_back(alice: Actor, report: ScheduledReportResponse, open_page: Open) -> None:
    page = open_page(alice, PAGE, id=report.id)
    page.button(key=f"{report.id}-csv-europe").click().run()
    page.selectbox(key=f"{report.id}-csv-compression").set_value("zip").run()
    page.button(key="save").click().run()
    assert stored(alice, report) == {"csv": {"delimiter": ";", "decimal": ",", "compression": "zip"}}
    again = open_page(alice, PAGE, id=report.id)
    assert again.selectbox(key=f"{report.id}-csv-compression").value == "zip"
    assert "Unsaved changes" not in words(again)
    again.button(key=f"{report.id}-csv-usual").click().run()
    again.button(key="save").click().run()
    assert stored(alice, report) == {}


def test_what_does_not_fit_together_is_said_at_once_and_not_saved(
    alice: Actor, report: ScheduledReportResponse, open_page: Open
) -> None:
    page = open_page(alice, PAGE, id=report.id)
    page.selectbox(key=f"{report.id}-csv-decimal").set_value(",").run()
    assert "Decimals with a comma need another CSV delimiter" in words(page)
    page.button(key="save").click().run()
    assert stored(alice, report) == {}
    assert not page.exception


def test_options_of_the_api_are_shown_as_what_they_mean(alice: Actor, source_url: str, open_page: Open) -> None:
    query = make_saved_query(alice, data_source_id=make_data_source(alice, url=source_url).id)
    options = {"csv": {"preset": "excel-europe", "header": "names"}, "excel": {"highlights": False}}
    report = make_report(alice, saved_query_id=query.id, formats=["csv"], format_options=options)
    page = open_page(alice, PAGE, id=report.id)
    assert page.selectbox(key=f"{report.id}-csv-delimiter").value == ";"
    assert "Unsaved changes" not in words(page)


def test_the_highlights_of_workbooks_can_be_switched_off(alice: Actor, source_url: str, open_page: Open) -> None:
    query = make_saved_query(alice, data_source_id=make_data_source(alice, url=source_url).id)
    report = make_report(alice, saved_query_id=query.id, formats=["excel"], format_options={})
    page = open_page(alice, PAGE, id=report.id)
    page.checkbox(key=f"{report.id}-excel-highlights").uncheck().run()
    assert "Unsaved changes" in words(page)
    page.button(key="save").click().run()
    assert stored(alice, report) == {"excel": {"highlights": False}}


def test_the_example_of_the_file_names_follows_the_compression(
    alice: Actor, report: ScheduledReportResponse, open_page: Open
) -> None:
    page = open_page(alice, PAGE, id=report.id)
    page.selectbox(key=f"{report.id}-csv-compression").set_value("gzip").run()
    assert ".csv.gz" in words(page)


def test_files_that_companies_refuse_are_named_beside_the_choice(
    alice: Actor, report: ScheduledReportResponse, open_page: Open
) -> None:
    page = open_page(alice, PAGE, id=report.id)
    assert "no HTML files by mail" not in words(page)
    assert "no zip archives by mail" in page.selectbox(key=f"{report.id}-csv-compression").help
    page.button_group(key=f"{report.id}-formats").set_value(["csv", "html"]).run()
    assert "no HTML files by mail" in words(page)
