"""A double click is one click, and what was not saved yet says so."""

from __future__ import annotations

import pytest

from core.database import read_scope, session_scope
from core.models import ScheduledReport
from core.schemas.accounts import Actor
from core.schemas.executions import ExecutionResponse
from core.schemas.scheduled_reports import ScheduledReportResponse
from core.services import executions, scheduled_reports
from tests.factories import make_dashboard, make_email_config, make_query_report, make_report
from tests.pages.conftest import Open, words

FORM, LIST = "pages/schedule.py", "pages/schedules.py"


@pytest.fixture
def report(alice: Actor, source_url: str) -> ScheduledReportResponse:
    return make_query_report(alice, url=source_url)


def runs_of(report: ScheduledReportResponse) -> list[ExecutionResponse]:
    with read_scope() as session:
        return executions.recent_of(session, report.id, 10)


def test_run_now_twice_is_one_run(alice: Actor, report: ScheduledReportResponse, open_page: Open) -> None:
    page = open_page(alice, FORM, id=report.id)
    page.button(key="do-Run now").click().run()
    page.button(key="do-Run now").click().run()
    assert len(runs_of(report)) == 1
    page.menu_button(key=f"actions-{report.id}").click("Run now").run()
    assert len(runs_of(report)) == 1


def test_a_later_click_is_another_run(
    alice: Actor, report: ScheduledReportResponse, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_page(alice, FORM, id=report.id)
    page.button(key="do-Run now").click().run()
    monkeypatch.setattr("pages.components.once._SECONDS", -1.0)
    page.button(key="do-Run now").click().run()
    assert len(runs_of(report)) == 2


def test_send_test_twice_is_one_test(alice: Actor, report: ScheduledReportResponse, open_page: Open) -> None:
    make_email_config(alice, smtp_port=1)
    page = open_page(alice, FORM, id=report.id)
    page.button(key="do-Send test").click().run()
    page.button(key="do-Send test").click().run()
    assert [run.trigger for run in runs_of(report)] == ["test"]


def test_creating_twice_makes_one_schedule(alice: Actor, report: ScheduledReportResponse, open_page: Open) -> None:
    page = open_page(alice, FORM, query=report.saved_query_id)
    for _ in range(2):
        page.button(key="save").click().run()
        page.switch_page(FORM)
        page.query_params.clear()
        page.query_params["query"] = str(report.saved_query_id)
        page.run()
    with read_scope() as session:
        assert scheduled_reports.list_scheduled_reports(session, actor=alice).total == 2


def test_an_edited_schedule_says_so_until_it_is_saved(
    alice: Actor, report: ScheduledReportResponse, open_page: Open
) -> None:
    page = open_page(alice, FORM, id=report.id)
    assert "Unsaved changes" not in words(page)
    page.text_input(key=f"{report.id}-subject").set_value("Numbers").run()
    assert "Unsaved changes" in words(page)
    page.button(key="save").click().run()
    seen = words(page)
    assert "Unsaved changes" not in seen
    assert "Daily sales is saved. It runs next" in seen


def test_an_edited_query_says_so(alice: Actor, report: ScheduledReportResponse, open_page: Open) -> None:
    page = open_page(alice, "pages/query.py", id=report.saved_query_id)
    page.button(key=f"result-{report.saved_query_id}-run").click().run()
    assert "Unsaved changes" not in words(page)
    page.text_input(key=f"{report.saved_query_id}-about").set_value("By region").run()
    assert "Unsaved changes" in words(page)


def test_an_edited_dashboard_says_so(alice: Actor, report: ScheduledReportResponse, open_page: Open) -> None:
    board = make_dashboard(alice, saved_query_ids=[report.saved_query_id])
    page = open_page(alice, "pages/dashboard.py", id=board.id)
    page.toggle(key=f"dashboard-editing-{board.id}").set_value(True).run()
    assert "Unsaved changes" not in words(page)
    prefix = f"tiles-{board.id}-{board.tiles[0].id}"
    page.selectbox(key=f"{prefix}-chart").set_value("bar").run()
    assert "Unsaved changes" in words(page)
    assert page.selectbox(key=f"{prefix}-x-known").options == ["region", "amount"]


def test_the_failing_ones_are_found_by_the_database(
    alice: Actor, report: ScheduledReportResponse, open_page: Open
) -> None:
    make_report(alice, saved_query_id=report.saved_query_id, name="Goes well")
    paused = make_report(alice, saved_query_id=report.saved_query_id, name="Paused", is_active=False)
    with session_scope() as session:
        for identity in (report.id, paused.id):
            session.get_one(ScheduledReport, identity).failures_in_row = 2
    page = open_page(alice, LIST, show="Failing")
    links = [link.label for link in page.page_link]
    assert report.name in links
    assert "Goes well" not in links
    assert {metric.label: metric.value for metric in page.metric}["Failing"] == "1"
    with read_scope() as session:
        counts = scheduled_reports.count_scheduled_reports(session, actor=alice)
    assert (counts.total, counts.active, counts.paused, counts.failing) == (3, 2, 1, 1)
