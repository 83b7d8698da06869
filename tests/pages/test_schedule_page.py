"""The form of one schedule."""

from __future__ import annotations

import pytest

from core.database import read_scope
from core.schemas.accounts import Actor
from core.schemas.content import SavedQueryResponse
from core.schemas.scheduled_reports import ScheduledReportResponse
from core.services import scheduled_reports
from tests.factories import make_dashboard, make_data_source, make_email_config, make_query_report, make_saved_query
from tests.pages.conftest import Open, words

FORM = "pages/schedule.py"


@pytest.fixture
def query(alice: Actor, source_url: str) -> SavedQueryResponse:
    return make_saved_query(alice, data_source_id=make_data_source(alice, url=source_url).id)


def reports_of(actor: Actor) -> list[ScheduledReportResponse]:
    with read_scope() as session:
        return scheduled_reports.list_scheduled_reports(session, actor=actor).items


def test_it_creates_a_weekly_schedule(alice: Actor, query: SavedQueryResponse, open_page: Open) -> None:
    make_email_config(alice)
    page = open_page(alice, FORM, query=query.id)
    page.text_input(key="new-name").set_value("Monday numbers")
    page.segmented_control(key="new-type").set_value("weekly").run()
    page.pills(key="new-days").set_value([0, 2]).run()
    page.button(key="save").click().run()
    assert not page.error
    saved = reports_of(alice)[0]
    assert (saved.name, saved.saved_query_id) == ("Monday numbers", query.id)
    assert saved.schedule_config.weekdays == (0, 2)
    assert saved.schedule_config.timezone == "Europe/Berlin"
    assert saved.recipients == [alice.email]
    assert saved.parameters == {"since": "2026-01-05"}


@pytest.mark.usefixtures("query")
def test_the_preview_follows_the_form(alice: Actor, open_page: Open) -> None:
    page = open_page(alice, FORM)
    assert "Every day at 07:00, Europe/Berlin" in words(page)
    page.segmented_control(key="new-type").set_value("monthly").run()
    assert "month at 07:00, Europe/Berlin" in words(page)
    assert "UTC+01:00" in words(page)
    assert "UTC+02:00" in words(page)


@pytest.mark.usefixtures("query")
def test_a_clock_change_is_flagged(alice: Actor, open_page: Open) -> None:
    page = open_page(alice, FORM)
    page.segmented_control(key="new-type").set_value("monthly").run()
    assert "clock" in words(page).lower()


@pytest.mark.usefixtures("query")
def test_a_refusal_is_shown_and_nothing_is_saved(alice: Actor, open_page: Open) -> None:
    page = open_page(alice, FORM)
    page.button(key="save").click().run()
    assert [error.value for error in page.error] == [r"Name\: fill this in."]
    page.text_input(key="new-name").set_value("Numbers")
    page.multiselect(key="new-to").set_value([]).run()
    page.button(key="save").click().run()
    assert [error.value for error in page.error] == [r"Recipients\: name at least one recipient."]
    assert reports_of(alice) == []


@pytest.mark.usefixtures("query")
def test_a_wrong_address_is_named_at_once(alice: Actor, open_page: Open) -> None:
    page = open_page(alice, FORM)
    page.multiselect(key="new-to").set_value(["dana@example.test", "lee at example"]).run()
    assert "is not a valid e-mail address" in words(page)


def test_editing_keeps_what_the_form_does_not_show(alice: Actor, source_url: str, open_page: Open) -> None:
    report = make_query_report(alice, url=source_url, description="For the board", is_active=False)
    page = open_page(alice, FORM, id=report.id)
    page.text_input(key=f"{report.id}-name").set_value("Renamed").run()
    page.button(key="save").click().run()
    saved = reports_of(alice)[0]
    assert (saved.name, saved.description, saved.is_active) == ("Renamed", "For the board", False)


def test_a_query_can_be_exchanged_for_a_dashboard(alice: Actor, source_url: str, open_page: Open) -> None:
    report = make_query_report(alice, url=source_url)
    board = make_dashboard(alice, saved_query_ids=[report.saved_query_id])
    page = open_page(alice, FORM, id=report.id)
    page.segmented_control(key=f"{report.id}-kind").set_value("Dashboard").run()
    page.button(key="save").click().run()
    saved = reports_of(alice)[0]
    assert (saved.dashboard_id, saved.saved_query_id) == (board.id, None)


@pytest.mark.usefixtures("query")
def test_a_variable_is_inserted_into_the_subject(alice: Actor, open_page: Open) -> None:
    page = open_page(alice, FORM)
    page.selectbox(key="new-subject-picker").set_value("period.label").run()
    assert page.text_input(key="new-subject").value == "{{ period.label }}"


@pytest.mark.parametrize("identity", ["00000000-0000-4000-8000-000000000000", "not-an-id"])
def test_a_link_to_nothing_says_so(alice: Actor, identity: str, open_page: Open) -> None:
    page = open_page(alice, FORM, id=identity)
    assert not page.exception
    assert len(page.error) == 1
    assert not page.text_input
