"""Scheduled reports on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from pydantic import ValidationError
from sqlalchemy import select

from core.database import read_scope, session_scope
from core.errors import InvalidInput, LimitReached, NotFound, TemplateError
from core.models import ScheduledReport
from core.schemas.accounts import Actor
from core.schemas.content import DashboardResponse, SavedQueryResponse
from core.schemas.schedule import SchedulePreviewRequest
from core.schemas.scheduled_reports import ScheduledReportResponse, ScheduledReportUpdate
from core.services import audit, executions, scheduled_reports, storage
from core.settings import get_settings
from tests.factories import make_dashboard, make_data_source, make_email_config, make_report, make_saved_query

pytestmark = pytest.mark.usefixtures("database")

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
WEEKLY = {"type": "weekly", "time": "09:30", "day_of_week": 4, "timezone": "UTC"}


@pytest.fixture
def query(alice: Actor, source_url: str) -> SavedQueryResponse:
    source = make_data_source(alice, url=source_url)
    return make_saved_query(alice, data_source_id=source.id)


@pytest.fixture
def board(alice: Actor, query: SavedQueryResponse) -> DashboardResponse:
    return make_dashboard(alice, saved_query_ids=[query.id])


@pytest.fixture
def report(alice: Actor, query: SavedQueryResponse) -> ScheduledReportResponse:
    return make_report(alice, saved_query_id=query.id)


def _change(actor: Actor, report: ScheduledReportResponse, **fields: Any) -> ScheduledReportResponse:
    with session_scope() as session:
        return scheduled_reports.update_scheduled_report(
            session, actor=actor, report_id=report.id, data=ScheduledReportUpdate.model_validate(fields)
        )


def _switch(actor: Actor, report: ScheduledReportResponse, *, is_active: bool) -> ScheduledReportResponse:
    with session_scope() as session:
        return scheduled_reports.set_active(session, actor=actor, report_id=report.id, is_active=is_active)


def _version(report: ScheduledReportResponse) -> int:
    with read_scope() as session:
        return session.scalars(select(ScheduledReport.schedule_version).where(ScheduledReport.id == report.id)).one()


def test_a_report_knows_its_next_run(alice: Actor, query: SavedQueryResponse) -> None:
    with time_machine.travel(NOON, tick=False):
        made = make_report(alice, saved_query_id=query.id)
    assert made.next_run_at == datetime(2026, 3, 3, 6, 0, tzinfo=UTC)
    assert (made.subject_name, made.schedule_text) == ("Sales by region", "Every day at 07:00, Europe/Berlin")
    assert (made.last_run_at, made.last_execution) == (None, None)


def test_a_schedule_without_a_zone_runs_in_its_owners(
    alice: Actor, bob: Actor, query: SavedQueryResponse, source_url: str
) -> None:
    daily = {"type": "daily", "time": "07:00"}
    hers = make_report(alice, saved_query_id=query.id, schedule_config=daily)
    assert hers.schedule_config.timezone == "Europe/Berlin"
    source = make_data_source(bob, url=source_url)
    his = make_report(bob, saved_query_id=make_saved_query(bob, data_source_id=source.id).id, schedule_config=daily)
    assert his.schedule_config.timezone == "UTC"


@pytest.mark.parametrize(
    ("over", "error", "sentence"),
    [
        ({"parameters": {"sinse": "today"}}, InvalidInput, "no parameter 'sinse'. Did you mean 'since'"),
        ({"parameters": {"since": "soon"}}, InvalidInput, "'since': 'soon' is neither a date"),
        ({"email_subject": "{{ dat }}"}, TemplateError, "dat"),
        ({"email_body": "{% if %}"}, TemplateError, "mistake in line 1"),
        ({"format_options": {"csv": {"delimeter": ";"}}}, ValidationError, "no option 'delimeter'"),
        ({"format_options": {"xml": {}}}, ValidationError, "no options for 'xml'"),
    ],
)
def test_it_refuses(
    alice: Actor,
    query: SavedQueryResponse,
    report: ScheduledReportResponse,
    over: dict[str, Any],
    error: Any,
    sentence: str,
) -> None:
    with pytest.raises(error, match=sentence):
        make_report(alice, saved_query_id=query.id, **over)
    with pytest.raises(error, match=sentence):
        _change(alice, report, **over)


def test_templates_may_name_the_parameters(alice: Actor, query: SavedQueryResponse) -> None:
    made = make_report(alice, saved_query_id=query.id, email_subject="Since {{ params.since }} - {{ date }}")
    assert made.email_subject == "Since {{ params.since }} - {{ date }}"


def test_a_change_in_part_keeps_the_rest_and_the_next_run(alice: Actor, report: ScheduledReportResponse) -> None:
    with time_machine.travel(NOON + timedelta(days=900), tick=False):
        changed = _change(alice, report, name="Sales, daily", formats=["excel", "pdf"])
    assert (changed.name, changed.formats, changed.recipients) == ("Sales, daily", ["excel", "pdf"], report.recipients)
    assert changed.next_run_at == report.next_run_at
    assert _version(report) == 1


def test_the_next_run_moves_with_the_schedule(alice: Actor, report: ScheduledReportResponse) -> None:
    with time_machine.travel(NOON, tick=False):
        changed = _change(alice, report, schedule_config=WEEKLY)
    assert changed.next_run_at == datetime(2026, 3, 6, 9, 30, tzinfo=UTC)
    assert _version(report) == 2


def test_the_merged_whole_is_checked(alice: Actor, report: ScheduledReportResponse, board: DashboardResponse) -> None:
    with pytest.raises(InvalidInput, match="exactly one of dashboard_id and saved_query_id"):
        _change(alice, report, dashboard_id=board.id)
    changed = _change(alice, report, dashboard_id=board.id, saved_query_id=None)
    assert (changed.dashboard_id, changed.saved_query_id, changed.subject_name) == (board.id, None, board.name)
    with pytest.raises(InvalidInput, match="more than one of recipients, cc and bcc"):
        _change(alice, report, cc=report.recipients)


def test_a_paused_report_has_no_next_run_until_it_is_taken_up(alice: Actor, report: ScheduledReportResponse) -> None:
    paused = _switch(alice, report, is_active=False)
    assert (paused.is_active, paused.next_run_at) == (False, None)
    assert _change(alice, report, schedule_config=WEEKLY).next_run_at is None
    with time_machine.travel(NOON, tick=False):
        resumed = _change(alice, report, is_active=True)
    assert resumed.next_run_at == datetime(2026, 3, 6, 9, 30, tzinfo=UTC)
    with read_scope() as session:
        entries = audit.list_entries(session, actor=alice, object_id=report.id)
    assert sorted(entry.action for entry in entries.items) == ["create", "pause", "update", "update"]


def test_the_limit_holds_for_making_and_for_taking_up(
    alice: Actor, query: SavedQueryResponse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ROOSTER_MAX_REPORTS_PER_USER", "2")
    get_settings.cache_clear()
    first = make_report(alice, saved_query_id=query.id)
    make_report(alice, saved_query_id=query.id)
    with pytest.raises(LimitReached, match=r"2 active reports, which is the limit \(ROOSTER_MAX_REPORTS_PER_USER\)"):
        make_report(alice, saved_query_id=query.id)
    asleep = make_report(alice, saved_query_id=query.id, is_active=False)
    with pytest.raises(LimitReached):
        _switch(alice, asleep, is_active=True)
    _switch(alice, first, is_active=False)
    assert _switch(alice, asleep, is_active=True).is_active


def test_a_missing_mail_account_is_a_warning(
    alice: Actor, query: SavedQueryResponse, report: ScheduledReportResponse
) -> None:
    assert "page E-mail settings" in report.warnings[0]
    make_email_config(alice)
    assert make_report(alice, saved_query_id=query.id).warnings == []


def test_a_copy_is_paused(alice: Actor, report: ScheduledReportResponse) -> None:
    with session_scope() as session:
        copy = scheduled_reports.duplicate_scheduled_report(session, actor=alice, report_id=report.id)
    assert (copy.name, copy.is_active, copy.next_run_at) == ("Daily sales (copy)", False, None)
    assert (copy.recipients, copy.saved_query_id) == (report.recipients, report.saved_query_id)


def test_deleting_takes_executions_and_files_along(alice: Actor, report: ScheduledReportResponse) -> None:
    with session_scope() as session:
        run = executions.request_run(session, actor=alice, report_id=report.id)
    folder = storage.execution_folder(report.id, run.id)
    folder.mkdir(parents=True)
    with session_scope() as session:
        scheduled_reports.delete_scheduled_report(session, actor=alice, report_id=report.id)
        assert folder.exists(), "nothing is removed before the commit"
    assert not storage.report_folder(report.id).exists()
    with read_scope() as session:
        assert executions.list_executions(session, actor=alice).total == 0


def test_the_list_is_filtered_sorted_and_searched(alice: Actor, query: SavedQueryResponse) -> None:
    make_report(alice, saved_query_id=query.id, name="Late", schedule_config={**WEEKLY, "type": "weekly"})
    make_report(alice, saved_query_id=query.id, name="Asleep", is_active=False)
    with time_machine.travel(NOON, tick=False):
        make_report(alice, saved_query_id=query.id, name="Soon")

    def names(**filters: Any) -> list[str]:
        with read_scope() as session:
            found = scheduled_reports.list_scheduled_reports(session, actor=alice, **filters)
            return [item.name for item in found.items]

    assert names() == ["Soon", "Late", "Asleep"]
    assert names(is_active=False) == ["Asleep"]
    assert names(search="LAT") == ["Late"]
    assert names(sort="name", offset=1, limit=1) == ["Late"]


def test_a_detail_shows_its_last_runs(alice: Actor, report: ScheduledReportResponse) -> None:
    with session_scope() as session:
        run = executions.request_run(session, actor=alice, report_id=report.id)
    with read_scope() as session:
        found = scheduled_reports.get_scheduled_report(session, actor=alice, report_id=report.id)
    assert [execution.id for execution in found.executions] == [run.id]
    assert found.last_execution is not None
    assert found.last_execution.status == "queued"


def test_charlie_sees_nothing(charlie: Actor, report: ScheduledReportResponse, query: SavedQueryResponse) -> None:
    with session_scope() as session:
        assert scheduled_reports.list_scheduled_reports(session, actor=charlie).total == 0
        change = ScheduledReportUpdate(name="Mine")
        for call in (
            lambda: scheduled_reports.get_scheduled_report(session, actor=charlie, report_id=report.id),
            lambda: scheduled_reports.update_scheduled_report(session, actor=charlie, report_id=report.id, data=change),
            lambda: scheduled_reports.set_active(session, actor=charlie, report_id=report.id, is_active=False),
            lambda: scheduled_reports.duplicate_scheduled_report(session, actor=charlie, report_id=report.id),
            lambda: scheduled_reports.delete_scheduled_report(session, actor=charlie, report_id=report.id),
        ):
            with pytest.raises(NotFound, match=r"^There is no such scheduled report\.$"):
                call()
    with pytest.raises(NotFound, match=r"^There is no such saved query\.$"):
        make_report(charlie, saved_query_id=query.id)


def test_a_schedule_can_be_looked_at_without_being_saved() -> None:
    request = SchedulePreviewRequest.model_validate({"schedule_config": WEEKLY, "count": 3})
    with time_machine.travel(NOON, tick=False):
        shown = scheduled_reports.preview_schedule(request)
    assert shown.description == "Every Friday at 09:30, UTC"
    assert [run.local for run in shown.runs][:2] == ["2026-03-06T09:30:00", "2026-03-13T09:30:00"]
