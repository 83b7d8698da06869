"""The list of schedules and its menu."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from core.database import read_scope
from core.schemas.accounts import Actor
from core.schemas.scheduled_reports import ScheduledReportResponse
from core.services import executions, scheduled_reports
from tests.factories import make_query_report, make_report
from tests.pages.conftest import Open, words

LIST = "pages/schedules.py"


@pytest.fixture
def report(alice: Actor, source_url: str) -> ScheduledReportResponse:
    return make_query_report(alice, url=source_url)


def choose(page: AppTest, report: ScheduledReportResponse, action: str) -> AppTest:
    """Pick an entry of the row's menu."""
    return page.menu_button(key=f"actions-{report.id}").click(action).run()


def reports_of(actor: Actor) -> list[ScheduledReportResponse]:
    with read_scope() as session:
        return scheduled_reports.list_scheduled_reports(session, actor=actor).items


def test_it_says_what_runs_when(alice: Actor, report: ScheduledReportResponse, open_page: Open) -> None:
    seen = words(open_page(alice, LIST))
    assert report.name in seen
    assert "Every day at 07:00" in seen
    assert "Active" in seen


def test_pausing_and_resuming_changes_the_state(alice: Actor, report: ScheduledReportResponse, open_page: Open) -> None:
    page = choose(open_page(alice, LIST), report, "Pause")
    assert not reports_of(alice)[0].is_active
    assert "Daily sales is paused." in words(page)
    choose(page, report, "Resume")
    assert reports_of(alice)[0].is_active


def test_duplicating_makes_a_second_one(alice: Actor, report: ScheduledReportResponse, open_page: Open) -> None:
    choose(open_page(alice, LIST), report, "Duplicate")
    assert len(reports_of(alice)) == 2


def test_running_now_queues_a_run(alice: Actor, report: ScheduledReportResponse, open_page: Open) -> None:
    page = choose(open_page(alice, LIST), report, "Run now")
    assert "is queued" in words(page)
    with read_scope() as session:
        assert [run.trigger for run in executions.recent_of(session, report.id, 10)] == ["manual"]


def test_deleting_asks_first(alice: Actor, report: ScheduledReportResponse, open_page: Open) -> None:
    page = choose(open_page(alice, LIST), report, "Delete")
    assert len(reports_of(alice)) == 1
    page.button(key="confirm-yes").click().run()
    assert reports_of(alice) == []


def test_cancelling_the_question_deletes_nothing(
    alice: Actor, report: ScheduledReportResponse, open_page: Open
) -> None:
    page = choose(open_page(alice, LIST), report, "Delete")
    page.button(key="confirm-no").click().run()
    assert len(reports_of(alice)) == 1


def test_the_filter_leaves_out_the_others(alice: Actor, report: ScheduledReportResponse, open_page: Open) -> None:
    page = open_page(alice, LIST)
    page.segmented_control(key="show").set_value("Paused").run()
    assert report.name not in words(page)
    assert "No schedule matches" in words(page)


def test_a_filter_that_shortens_the_list_leads_back_to_its_first_page(
    alice: Actor, report: ScheduledReportResponse, open_page: Open
) -> None:
    for number in range(11):
        make_report(alice, saved_query_id=report.saved_query_id, name=f"Number {number:02}")
    page = open_page(alice, LIST)
    assert "Showing 1\u201310 of 12 schedules" in words(page)
    page.get("pagination")[0].set_value(2).run()
    assert "Showing 11\u201312 of 12 schedules" in words(page)
    page.text_input(key="search").set_value("Daily").run()
    assert report.name in words(page)


def test_a_name_is_shown_as_it_was_written(alice: Actor, source_url: str, open_page: Open) -> None:
    make_query_report(alice, url=source_url, name="**Q3** [x](https://evil.test) :red[y]")
    labels = [link.value for link in open_page(alice, LIST).page_link]
    assert r"\*\*Q3\*\* \[x\](https\://evil.test) \:red\[y\]" in labels
