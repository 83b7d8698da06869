"""What the pages say about runs: the first page, the history, one run."""

from __future__ import annotations

import re

import pytest

from core import host
from core.database import session_scope
from core.models import ReportExecution
from core.schemas.accounts import Actor
from core.schemas.executions import ExecutionResponse
from core.schemas.scheduled_reports import ScheduledReportResponse
from core.services import executions, workers
from tests.factories import make_query_report, make_report
from tests.pages.conftest import Open, words


@pytest.fixture
def report(alice: Actor, source_url: str) -> ScheduledReportResponse:
    return make_query_report(alice, url=source_url)


@pytest.fixture
def failed(alice: Actor, report: ScheduledReportResponse) -> ExecutionResponse:
    """A run whose mail account was missing."""
    with session_scope() as session:
        run = executions.request_run(session, actor=alice, report_id=report.id)
        row = session.get(ReportExecution, run.id)
        assert row is not None
        row.status, row.error_class = "failed", "missing_account"
        row.error_message = "There is no mail account to send from."
    return run


def test_the_first_page_shows_what_failed_and_what_comes_next(
    alice: Actor, failed: ExecutionResponse, open_page: Open
) -> None:
    page = open_page(alice)
    assert not page.exception
    seen = words(page)
    assert "1 run of the last 24 hours did not reach everybody" in seen
    assert "There is no mail account to send from." in seen
    assert "Coming next" in seen
    # Among what needs a look, what ran and what comes.
    assert seen.count(failed.report_name) == 3


def test_the_first_page_lists_the_last_runs_and_leads_to_them(
    alice: Actor, report: ScheduledReportResponse, open_page: Open
) -> None:
    with session_scope() as session:
        run = executions.request_run(session, actor=alice, report_id=report.id)
        row = session.get(ReportExecution, run.id)
        assert row is not None
        row.status, row.execution_time_ms = "success", 1300
    page = open_page(alice)
    assert not page.exception
    seen = words(page)
    assert "Needs a look" not in seen
    assert all(word in seen for word in ("Last runs", "Success", "1.3 s"))
    assert str(run.id) in "".join(link.proto.query_string for link in page.page_link)


def test_the_first_page_says_that_the_worker_is_alive(alice: Actor, open_page: Open) -> None:
    with session_scope() as session:
        workers.beat(session, identity=host.identity(), slots=2, version="0.1")
    seen = words(open_page(alice))
    assert re.search(r"Worker alive, last sign \d+ s ago\.", seen)
    assert "Nothing runs at the moment" not in seen


def test_a_failed_run_says_what_to_do_and_where(alice: Actor, failed: ExecutionResponse, open_page: Open) -> None:
    seen = words(open_page(alice, "pages/execution.py", id=failed.id))
    assert "What to do:" in seen
    assert "Open the e-mail settings" in seen
    assert "Retry" in seen


def test_retrying_makes_a_new_run_and_opens_it(alice: Actor, failed: ExecutionResponse, open_page: Open) -> None:
    page = open_page(alice, "pages/execution.py", id=failed.id)
    next(button for button in page.button if button.label == "Retry").click().run()
    assert page.query_params["id"] != str(failed.id)
    assert "Queued" in words(page)


def test_a_queued_run_can_be_cancelled(alice: Actor, report: ScheduledReportResponse, open_page: Open) -> None:
    with session_scope() as session:
        run = executions.request_run(session, actor=alice, report_id=report.id)
    page = open_page(alice, "pages/execution.py", id=run.id)
    next(button for button in page.button if button.label == "Cancel").click().run()
    assert "Cancelled" in words(page)


@pytest.mark.parametrize(("filters", "shown"), [({"status": "failed"}, True), ({"status": "success"}, False)])
def test_the_history_obeys_the_filters_of_its_address(
    filters: dict[str, str], shown: bool, alice: Actor, failed: ExecutionResponse, open_page: Open
) -> None:
    page = open_page(alice, "pages/history.py", **filters)
    assert page.selectbox(key="status").value == filters["status"]
    assert (failed.report_name in [link.label for link in page.page_link]) is shown


def test_the_history_of_one_report_leaves_out_the_others(
    alice: Actor, failed: ExecutionResponse, report: ScheduledReportResponse, open_page: Open
) -> None:
    other = make_report(alice, saved_query_id=report.saved_query_id, name="Another one")
    page = open_page(alice, "pages/history.py", report=other.id)
    assert failed.report_name not in [link.label for link in page.page_link]
