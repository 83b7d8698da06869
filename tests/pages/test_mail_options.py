"""What few people change about a schedule: tags, the options of its mails, words for a failure."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from core.database import read_scope
from core.schemas.accounts import Actor
from core.schemas.scheduled_reports import ScheduledReportResponse
from core.services import scheduled_reports
from tests.factories import make_query_report
from tests.pages.conftest import Open, words

FORM = "pages/schedule.py"
LIST = "pages/schedules.py"
SETTINGS = {
    "tags": ["sales", "weekly"],
    "keep_thread": True,
    "dark_chart": False,
    "link_days": 30,
    "failure_subject": "Broken: {{ report.name }}",
    "failure_body": "{{ error.detail }}",
}


@pytest.fixture
def report(alice: Actor, source_url: str) -> ScheduledReportResponse:
    return make_query_report(alice, url=source_url)


def saved(actor: Actor) -> ScheduledReportResponse:
    with read_scope() as session:
        return scheduled_reports.list_scheduled_reports(session, actor=actor).items[0]


def settings_of(report: ScheduledReportResponse) -> dict[str, object]:
    return {name: getattr(report, name) for name in SETTINGS}


def save(page: AppTest) -> None:
    page.button(key="save").click().run()
    assert not page.error


def test_each_option_is_saved(alice: Actor, report: ScheduledReportResponse, open_page: Open) -> None:
    page, key = open_page(alice, FORM, id=report.id), str(report.id)
    page.multiselect(key=f"{key}-tags").set_value(["Sales", "weekly"]).run()
    page.checkbox(key=f"{key}-thread").check().run()
    page.checkbox(key=f"{key}-dark").uncheck().run()
    page.number_input(key=f"{key}-link-days").set_value(30).run()
    page.text_input(key=f"{key}-failure-subject").set_value(SETTINGS["failure_subject"]).run()
    page.text_area(key=f"{key}-failure-body").set_value(SETTINGS["failure_body"]).run()
    assert "Unsaved changes" in words(page)
    save(page)
    assert settings_of(saved(alice)) == SETTINGS


def test_saving_something_else_keeps_them_all(alice: Actor, source_url: str, open_page: Open) -> None:
    report = make_query_report(alice, url=source_url, **SETTINGS)
    page = open_page(alice, FORM, id=report.id)
    assert "Unsaved changes" not in words(page)
    page.text_input(key=f"{report.id}-name").set_value("Renamed").run()
    save(page)
    assert settings_of(saved(alice)) == SETTINGS


def test_with_one_thread_the_usual_subject_has_no_date(
    alice: Actor, report: ScheduledReportResponse, open_page: Open
) -> None:
    page, key = open_page(alice, FORM, id=report.id), str(report.id)
    assert page.text_input(key=f"{key}-subject").placeholder == "{{ report.name }} \u00b7 {{ period.label }}"
    page.checkbox(key=f"{key}-thread").check().run()
    assert page.text_input(key=f"{key}-subject").placeholder == "{{ report.name }}"


def test_a_wrong_tag_is_named_at_once_and_refused(
    alice: Actor, report: ScheduledReportResponse, open_page: Open
) -> None:
    page = open_page(alice, FORM, id=report.id)
    page.multiselect(key=f"{report.id}-tags").set_value(['"quoted"']).run()
    assert "is no tag" in words(page)
    page.button(key="save").click().run()
    assert page.error[0].value.startswith(r"Tags\:")


def test_a_mistake_in_the_words_for_a_failure_is_named_with_a_suggestion(
    alice: Actor, report: ScheduledReportResponse, open_page: Open
) -> None:
    page, key = open_page(alice, FORM, id=report.id), str(report.id)
    page.text_area(key=f"{key}-failure-body").set_value("{{ error.detial }}").run()
    assert "Did you mean" in words(page)
    page.text_area(key=f"{key}-failure-body").set_value("{{ rows }}").run()
    assert "A run that failed has no data" in words(page)


def test_the_picker_of_the_notice_says_what_a_failure_would_say(
    alice: Actor, report: ScheduledReportResponse, open_page: Open
) -> None:
    page, key = open_page(alice, FORM, id=report.id), str(report.id)
    options = page.selectbox(key=f"{key}-failure-subject-picker").options
    assert f"Failure \u00b7 error.title = {report.name} did not arrive"[:60] in " ".join(options)
    assert not [option for option in options if option.startswith(("Data \u00b7", "Blocks"))]
    page.selectbox(key=f"{key}-failure-subject-picker").set_value("next_try").run()
    assert page.text_input(key=f"{key}-failure-subject").value == "{{ next_try }}"
    assert not [option for option in page.selectbox(key=f"{key}-subject-picker").options if "Failure" in option]


def test_the_notice_is_shown_without_running_anything(
    alice: Actor, report: ScheduledReportResponse, open_page: Open
) -> None:
    page, key = open_page(alice, FORM, id=report.id), str(report.id)
    page.segmented_control(key=f"{key}-mail-shown-mail").set_value("Failure notice").run()
    assert "did not arrive" in words(page)
    page.text_input(key=f"{key}-failure-subject").set_value("Oh no, {{ report.name }}").run()
    assert "Oh no, " in words(page)
    page.text_input(key=f"{key}-failure-subject").set_value("{{ oh }}").run()
    assert "has a mistake" in words(page)
    assert not page.exception


def test_the_list_shows_tags_and_filters_by_them(alice: Actor, source_url: str, open_page: Open) -> None:
    make_query_report(alice, url=source_url, name="One", tags=["finance"])
    make_query_report(alice, url=source_url, name="Two", tags=["board"])
    page = open_page(alice, LIST)
    assert list(page.pills(key="tag").options) == ["board", "finance"]
    assert ":gray-badge[finance]" in words(page)
    page.pills(key="tag").set_value("finance").run()
    assert ":gray-badge[finance]" in words(page)
    assert ":gray-badge[board]" not in words(page)
    assert page.query_params["tag"] in ("finance", ["finance"])
    linked = open_page(alice, LIST, tag="board")
    assert ":gray-badge[finance]" not in words(linked)
    stale = open_page(alice, LIST, tag="gone")
    assert ":gray-badge[finance]" in words(stale)


def test_without_tags_the_list_has_no_filter_for_them(
    alice: Actor, report: ScheduledReportResponse, open_page: Open
) -> None:
    assert report.tags == []
    assert not open_page(alice, LIST).pills
