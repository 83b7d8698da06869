"""A page on which nothing moves still notices what happens, and leaves alone what somebody is doing on it."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from core import clock, host
from core.models import DataSource, ReportExecution, SavedQuery, ScheduledReport, User, Worker
from tests.fixtures_web import PASSWORD, WebServer

# How the server was started makes no difference here, and each look takes fifteen seconds.
pytestmark = [pytest.mark.browser, pytest.mark.parametrize("web_server", ["uvicorn"], indirect=True)]
_PATIENCE_MS = 60_000


@pytest.fixture
def page(browser: Browser, web_server: WebServer) -> Iterator[Page]:
    context = browser.new_context(base_url=web_server.url)
    context.set_default_timeout(_PATIENCE_MS)
    page = context.new_page()
    page.goto("/login")
    page.get_by_label("E-mail address").fill("dana@example.test")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Sign out")).to_be_visible(timeout=_PATIENCE_MS)
    yield page
    context.close()


@pytest.fixture
def report_id(web_server: WebServer) -> Iterator[UUID]:
    """A report that is not due for long; what belongs to it goes with it."""
    with web_server.database() as session:
        dana = session.query(User).filter_by(email="dana@example.test").one()
        source = DataSource(
            owner_id=dana.id, name=f"Source {uuid4()}", kind="sqlite", url_encrypted="", url_masked="", key_id=""
        )
        query = SavedQuery(owner_id=dana.id, name=f"Query {uuid4()}", data_source=source, sql="SELECT 1")
        report = ScheduledReport(
            owner_id=dana.id,
            name="Quiet report",
            saved_query=query,
            schedule_config={"type": "daily", "time": "07:00", "timezone": "UTC"},
            recipients=["dana@example.test"],
            formats=["csv"],
        )
        session.add(report)
        session.flush()
        identity = report.id
    yield identity
    with web_server.database() as session:
        session.query(ReportExecution).filter_by(scheduled_report_id=identity).delete()
        session.delete(session.get_one(ScheduledReport, identity))
        session.query(Worker).delete()


def row_of_the_run(page: Page) -> Locator:
    """Other tests of this server may have left runs of their own."""
    return page.locator("[class*='st-key-row-']").filter(has_text="Quiet report")


def begin_a_run(web_server: WebServer, report_id: UUID) -> UUID:
    with web_server.database() as session:
        report = session.get_one(ScheduledReport, report_id)
        row = ReportExecution(
            scheduled_report_id=report.id,
            owner_id=report.owner_id,
            trigger="schedule",
            status="queued",
            scheduled_for=clock.now(),
            not_before=clock.now(),
            snapshot={"name": report.name},
        )
        session.add(row)
        session.flush()
        return row.id


def test_the_history_sees_a_run_begin_and_end(page: Page, web_server: WebServer, report_id: UUID) -> None:
    page.goto("/history")
    expect(page.get_by_role("heading", name="History", level=1)).to_be_visible(timeout=_PATIENCE_MS)
    row = row_of_the_run(page)
    expect(row).to_have_count(0)
    run = begin_a_run(web_server, report_id)
    expect(row.get_by_text("Queued")).to_be_visible(timeout=_PATIENCE_MS)
    with web_server.database() as session:
        session.get_one(ReportExecution, run).status = "success"
    expect(row.get_by_text("Success")).to_be_visible(timeout=_PATIENCE_MS)


@pytest.mark.usefixtures("report_id")
def test_the_first_page_sees_a_worker_come_and_go(page: Page, web_server: WebServer) -> None:
    page.goto("/")
    expect(page.get_by_text("Nothing runs at the moment")).to_be_visible(timeout=_PATIENCE_MS)
    name, boot, pid, started = host.identity().split("|")
    with web_server.database() as session:
        facts = {"host": name, "boot_id": boot, "pid": int(pid), "process_started": started}
        now = clock.now()
        session.add(Worker(**facts, started_at=now, heartbeat_at=now, version="0.1", slots=1))
    expect(page.get_by_text("Worker alive, last sign")).to_be_visible(timeout=_PATIENCE_MS)
    with web_server.database() as session:
        session.query(Worker).delete()
    expect(page.get_by_text("Nothing runs at the moment")).to_be_visible(timeout=_PATIENCE_MS)


def test_a_look_leaves_an_open_list_and_what_is_typed_alone(page: Page, web_server: WebServer, report_id: UUID) -> None:
    page.goto("/history")
    status = page.get_by_role("combobox", name="Status")
    status.click()
    page.keyboard.type("fail")
    begin_a_run(web_server, report_id)
    expect(row_of_the_run(page).get_by_text("Queued")).to_be_visible(timeout=_PATIENCE_MS)
    expect(status).to_have_value("fail")
    expect(page.get_by_role("option", name="Failed")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_text("No run matches these filters.")).to_be_visible(timeout=_PATIENCE_MS)
