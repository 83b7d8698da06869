"""Lending things and seeing what was lent, as people do it."""

from __future__ import annotations

from typing import Any

import pytest

from core.database import read_scope, session_scope
from core.schemas.accounts import Actor
from core.schemas.scheduled_reports import ScheduledReportResponse, ScheduledReportUpdate
from core.schemas.sharing import ShareInput
from core.services import scheduled_reports, sharing
from tests.factories import make_query_report
from tests.pages.conftest import Open, words


@pytest.fixture
def report(alice: Actor, source_url: str) -> ScheduledReportResponse:
    return make_query_report(alice, url=source_url, name="Sales")


def lend(alice: Actor, report: ScheduledReportResponse, email: str, level: Any) -> None:
    shares = [ShareInput(email=email, level=level)]
    with session_scope() as session:
        sharing.set_shares(session, actor=alice, object_type="scheduled_report", object_id=report.id, shares=shares)


def test_the_owner_shares_a_schedule(
    alice: Actor, bob: Actor, report: ScheduledReportResponse, open_page: Open
) -> None:
    page = open_page(alice, "pages/schedule.py", id=report.id)
    page.text_input(key=f"share-with-{report.id}").set_value("BOB@example.test").run()
    page.button(key=f"share-now-{report.id}").click().run()
    assert not page.exception
    with read_scope() as session:
        found = sharing.list_shares(session, actor=bob, object_type="scheduled_report", object_id=report.id)
    assert [(share.email, share.level) for share in found] == [(bob.email, "read")]
    page.button(key=f"unshare-{report.id}-{bob.email}").click().run()
    with read_scope() as session:
        assert sharing.list_shares(session, actor=alice, object_type="scheduled_report", object_id=report.id) == []


def test_sharing_with_nobody_is_refused_in_words(
    alice: Actor, report: ScheduledReportResponse, open_page: Open
) -> None:
    page = open_page(alice, "pages/schedule.py", id=report.id)
    page.text_input(key=f"share-with-{report.id}").set_value("nobody@example.test").run()
    page.button(key=f"share-now-{report.id}").click().run()
    assert "Nobody signs in here as nobody@example" in words(page)


def test_a_reader_sees_the_schedule_and_saves_nothing(
    alice: Actor, bob: Actor, report: ScheduledReportResponse, open_page: Open
) -> None:
    lend(alice, report, bob.email, "read")
    assert "Sales" in words(open_page(bob, "pages/schedules.py"))
    page = open_page(bob, "pages/schedule.py", id=report.id)
    assert "Shared with you to look at" in words(page)
    page.text_input(key=f"{report.id}-name").set_value("Mine").run()
    page.button(key="save").click().run()
    assert "was shared with you to read" in words(page)


def test_a_reader_runs_a_query_as_it_was_saved(
    alice: Actor, bob: Actor, report: ScheduledReportResponse, open_page: Open
) -> None:
    lend(alice, report, bob.email, "read")
    page = open_page(bob, "pages/query.py", id=report.saved_query_id)
    page.button(key=f"result-{report.saved_query_id}-run").click().run()
    assert not page.exception
    assert not page.error
    assert "4 rows" in words(page)


def test_what_somebody_else_saved_meanwhile_is_not_overwritten(
    alice: Actor, bob: Actor, report: ScheduledReportResponse, open_page: Open
) -> None:
    lend(alice, report, bob.email, "edit")
    page = open_page(alice, "pages/schedule.py", id=report.id)
    with session_scope() as session:
        scheduled_reports.update_scheduled_report(
            session, actor=bob, report_id=report.id, data=ScheduledReportUpdate(description="Bob was here")
        )
    page.text_input(key=f"{report.id}-name").set_value("Sales, weekly").run()
    page.button(key="save").click().run()
    assert "was changed by somebody else meanwhile" in words(page)
    with read_scope() as session:
        stored = scheduled_reports.get_scheduled_report(session, actor=alice, report_id=report.id)
    assert (stored.name, stored.description) == ("Sales", "Bob was here")
    again = open_page(alice, "pages/schedule.py", id=report.id)
    again.text_input(key=f"{report.id}-name").set_value("Sales, weekly").run()
    again.button(key="save").click().run()
    assert not again.error
    with read_scope() as session:
        stored = scheduled_reports.get_scheduled_report(session, actor=alice, report_id=report.id)
    assert (stored.name, stored.description) == ("Sales, weekly", "Bob was here")
