"""What Alice lends to Bob, and what Charlie never sees."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from core.database import read_scope, session_scope
from core.errors import Forbidden, InvalidInput, NotFound, SourceError, Stale
from core.schemas.accounts import Actor
from core.schemas.content import DashboardUpdate, PreviewRequest, SavedQueryUpdate
from core.schemas.scheduled_reports import ScheduledReportCreate, ScheduledReportResponse, ScheduledReportUpdate
from core.schemas.sharing import ShareInput
from core.services import (
    audit,
    dashboards,
    data_sources,
    executions,
    mail_preview,
    saved_queries,
    scheduled_reports,
    sharing,
)
from tests.factories import (
    make_dashboard,
    make_data_source,
    make_query_report,
    make_report,
    make_saved_query,
    report_fields,
)
from tests.fixtures_database import add_person

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def report(alice: Actor, source_url: str) -> ScheduledReportResponse:
    """Alice's, on a source that is hers alone."""
    return make_query_report(alice, url=source_url)


def lend(owner: Actor, object_type: str, object_id: UUID, **levels: Any) -> None:
    """`lend(alice, "dashboard", id, bob="read")`; nobody named takes it back."""
    shares = [ShareInput(email=f"{name}@example.test", level=level) for name, level in levels.items()]
    with session_scope() as session:
        sharing.set_shares(session, actor=owner, object_type=object_type, object_id=object_id, shares=shares)


def change(actor: Actor, report: ScheduledReportResponse, **fields: Any) -> ScheduledReportResponse:
    with session_scope() as session:
        return scheduled_reports.update_scheduled_report(
            session, actor=actor, report_id=report.id, data=ScheduledReportUpdate.model_validate(fields)
        )


def test_a_reader_sees_the_report_its_runs_and_what_it_is_made_of(
    alice: Actor, bob: Actor, report: ScheduledReportResponse
) -> None:
    assert report.saved_query_id is not None
    lend(alice, "scheduled_report", report.id, bob="read")
    with session_scope() as session:
        run = executions.request_run(session, actor=alice, report_id=report.id)
    with read_scope() as session:
        assert scheduled_reports.get_scheduled_report(session, actor=bob, report_id=report.id).access == "read"
        listed = scheduled_reports.list_scheduled_reports(session, actor=bob).items
        assert [(item.id, item.access) for item in listed] == [(report.id, "read")]
        assert [item.id for item in executions.list_executions(session, actor=bob).items] == [run.id]
        assert executions.get_execution(session, actor=bob, execution_id=run.id).id == run.id
        query = saved_queries.get_saved_query(session, actor=bob, saved_query_id=report.saved_query_id)
        assert query.access == "read"


def test_a_reader_changes_and_runs_nothing(alice: Actor, bob: Actor, report: ScheduledReportResponse) -> None:
    lend(alice, "scheduled_report", report.id, bob="read")
    with session_scope() as session:
        run = executions.request_run(session, actor=alice, report_id=report.id)
    with pytest.raises(Forbidden, match="shared with you to read"):
        change(bob, report, name="Mine")
    for refused in (
        lambda session: executions.request_run(session, actor=bob, report_id=report.id),
        lambda session: executions.cancel_execution(session, actor=bob, execution_id=run.id),
        lambda session: scheduled_reports.set_active(session, actor=bob, report_id=report.id, is_active=False),
        lambda session: scheduled_reports.delete_scheduled_report(session, actor=bob, report_id=report.id),
        lambda session: sharing.set_shares(
            session, actor=bob, object_type="scheduled_report", object_id=report.id, shares=[]
        ),
    ):
        with pytest.raises(Forbidden), session_scope() as session:
            refused(session)


def test_an_editor_changes_and_runs_it_but_says_not_to_whom_it_goes(
    alice: Actor, bob: Actor, report: ScheduledReportResponse
) -> None:
    lend(alice, "scheduled_report", report.id, bob="edit")
    changed = change(bob, report, name="Sales, better", recipients=report.recipients)
    assert (changed.name, changed.access, changed.user_id) == ("Sales, better", "edit", alice.id)
    with pytest.raises(Forbidden, match="Only the owner of 'Sales, better' changes who gets it"):
        change(bob, report, bcc=["bob@example.test"])
    with session_scope() as session:
        run = executions.request_run(session, actor=bob, report_id=report.id)
    with read_scope() as session:
        assert executions.get_execution(session, actor=alice, execution_id=run.id).id == run.id
    with pytest.raises(Forbidden, match="Only the owner"), session_scope() as session:
        scheduled_reports.delete_scheduled_report(session, actor=bob, report_id=report.id)


def test_an_editor_cannot_make_the_report_read_with_its_owners_rights_what_they_may_not_see(
    alice: Actor, bob: Actor, report: ScheduledReportResponse, source_url: str
) -> None:
    lend(alice, "scheduled_report", report.id, bob="edit")
    source = make_data_source(alice, url=source_url)
    secret = make_saved_query(alice, data_source_id=source.id, name="Salaries")
    with pytest.raises(NotFound):
        change(bob, report, saved_query_id=secret.id)
    own = make_saved_query(bob, data_source_id=make_data_source(bob, url=source_url).id, name="Bob's")
    with pytest.raises(InvalidInput, match="'Bob's' belongs to somebody else"):
        change(bob, report, saved_query_id=own.id)


def test_a_shared_query_reads_with_its_owners_rights(alice: Actor, bob: Actor, report: ScheduledReportResponse) -> None:
    assert report.saved_query_id is not None
    lend(alice, "saved_query", report.saved_query_id, bob="read")
    with read_scope() as session:
        prepared = saved_queries.prepare_preview(
            session, actor=bob, saved_query_id=report.saved_query_id, request=PreviewRequest()
        )
        source_id = saved_queries.get_saved_query(
            session, actor=bob, saved_query_id=report.saved_query_id
        ).data_source_id
    assert len(saved_queries.run_preview(prepared).rows) == 4
    draft: dict[str, Any] = {"data_source_id": source_id, "sql": "SELECT 1 AS one", "parameters": [], "values": {}}
    with read_scope() as session, pytest.raises(NotFound):
        saved_queries.prepare_draft(session, actor=bob, **draft)
    with read_scope() as session, pytest.raises(Forbidden):
        saved_queries.prepare_draft(session, actor=bob, saved_query_id=report.saved_query_id, **draft)
    lend(alice, "saved_query", report.saved_query_id, bob="edit")
    with read_scope() as session:
        assert saved_queries.prepare_draft(session, actor=bob, saved_query_id=report.saved_query_id, **draft)


def test_things_are_made_of_what_their_owner_owns(alice: Actor, bob: Actor, report: ScheduledReportResponse) -> None:
    assert report.saved_query_id is not None
    lend(alice, "saved_query", report.saved_query_id, bob="edit")
    with pytest.raises(InvalidInput, match="save a copy first"):
        make_dashboard(bob, saved_query_ids=[report.saved_query_id])
    with pytest.raises(InvalidInput, match="save a copy first"):
        make_report(bob, saved_query_id=report.saved_query_id)


def test_a_dashboard_opens_the_queries_on_it(alice: Actor, bob: Actor, report: ScheduledReportResponse) -> None:
    assert report.saved_query_id is not None
    board = make_dashboard(alice, saved_query_ids=[report.saved_query_id])
    lend(alice, "dashboard", board.id, bob="edit")
    with session_scope() as session:
        tiles = [{"saved_query_id": report.saved_query_id, "title": "One"}] * 2
        data = DashboardUpdate.model_validate({"tiles": tiles})
        changed = dashboards.update_dashboard(session, actor=bob, dashboard_id=board.id, data=data)
    assert (len(changed.tiles), changed.access) == (2, "edit")
    with pytest.raises(Forbidden), session_scope() as session:
        saved_queries.update_saved_query(
            session, actor=bob, saved_query_id=report.saved_query_id, data=SavedQueryUpdate(name="Mine")
        )
    with read_scope() as session, pytest.raises(NotFound):
        scheduled_reports.get_scheduled_report(session, actor=bob, report_id=report.id)


def test_a_reader_previews_the_mail_as_it_would_leave(
    alice: Actor, bob: Actor, report: ScheduledReportResponse
) -> None:
    lend(alice, "scheduled_report", report.id, bob="read")
    data = ScheduledReportCreate.model_validate(report_fields(saved_query_id=report.saved_query_id))
    with read_scope() as session:
        prepared = mail_preview.prepare_mail_preview(session, actor=bob, data=data)
    assert prepared.plan.head.owner_email == alice.email
    assert "North" in mail_preview.run_mail_preview(prepared).text


def test_what_was_taken_back_is_gone(alice: Actor, bob: Actor, charlie: Actor, report: ScheduledReportResponse) -> None:
    lend(alice, "scheduled_report", report.id, bob="edit")
    lend(alice, "scheduled_report", report.id, charlie="read")
    with read_scope() as session:
        assert scheduled_reports.list_scheduled_reports(session, actor=bob).total == 0
        with pytest.raises(NotFound, match="There is no such scheduled report"):
            scheduled_reports.get_scheduled_report(session, actor=bob, report_id=report.id)
        named = sharing.list_shares(session, actor=charlie, object_type="scheduled_report", object_id=report.id)
        assert [(share.email, share.level) for share in named] == [(charlie.email, "read")]
        entries = audit.list_entries(session, actor=alice, object_id=report.id).items
    assert [entry.action for entry in entries].count("share") == 2


def test_a_viewer_reads_what_is_shared_and_makes_nothing(
    alice: Actor, report: ScheduledReportResponse, source_url: str
) -> None:
    viewer = add_person("Vic", "viewer")
    lend(alice, "scheduled_report", report.id, vic="edit")
    with read_scope() as session:
        assert scheduled_reports.get_scheduled_report(session, actor=viewer, report_id=report.id).name == report.name
    with pytest.raises(Forbidden, match="Ask an administrator"):
        change(viewer, report, name="Mine")
    with pytest.raises(Forbidden):
        make_data_source(viewer, url=source_url)
    with pytest.raises(Forbidden), session_scope() as session:
        executions.request_run(session, actor=viewer, report_id=report.id)


@pytest.mark.parametrize(("name", "sentence"), [("nobody", "Nobody signs in here"), ("alice", "It is yours already")])
def test_it_refuses_shares_with_nobody_and_with_oneself(
    alice: Actor, report: ScheduledReportResponse, name: str, sentence: str
) -> None:
    with pytest.raises(InvalidInput, match=sentence) as refused:
        lend(alice, "scheduled_report", report.id, **{name: "read"})
    assert refused.value.field == "0.email"


def test_a_deleted_object_leaves_no_share(alice: Actor, bob: Actor, report: ScheduledReportResponse) -> None:
    lend(alice, "scheduled_report", report.id, bob="read")
    with session_scope() as session:
        scheduled_reports.delete_scheduled_report(session, actor=alice, report_id=report.id)
    with read_scope() as session:
        assert sharing.shared_ids(session, sharing.SHAREABLE["scheduled_report"], bob) == []


def test_a_change_made_for_an_older_version_is_refused(alice: Actor, report: ScheduledReportResponse) -> None:
    assert change(alice, report, name="First").version == report.version + 1
    with pytest.raises(Stale, match="'First' was changed by somebody else meanwhile"), session_scope() as session:
        scheduled_reports.update_scheduled_report(
            session,
            actor=alice,
            report_id=report.id,
            data=ScheduledReportUpdate(name="Second"),
            expected_version=report.version,
        )


def test_a_source_lent_by_name_is_used_by_that_person_alone(
    alice: Actor, bob: Actor, charlie: Actor, source_url: str
) -> None:
    source = make_data_source(alice, url=source_url)
    lend(alice, "data_source", source.id, bob="use")
    query = make_saved_query(bob, data_source_id=source.id)
    with session_scope() as session:
        prepared = saved_queries.prepare_preview(
            session, actor=bob, saved_query_id=query.id, request=PreviewRequest(limit=1)
        )
        seen = data_sources.get_data_source(session, actor=bob, data_source_id=source.id)
        assert (seen.is_owner, seen.url) == (False, "sqlite://***")
        with pytest.raises(NotFound):
            data_sources.get_data_source(session, actor=charlie, data_source_id=source.id)
    assert len(saved_queries.run_preview(prepared).rows) == 1


def test_a_source_that_is_taken_back_is_out_of_reach_at_once(alice: Actor, bob: Actor, source_url: str) -> None:
    source = make_data_source(alice, url=source_url)
    lend(alice, "data_source", source.id, bob="use")
    make_saved_query(bob, data_source_id=source.id)
    lend(alice, "data_source", source.id)
    with read_scope() as session:
        assert data_sources.list_data_sources(session, actor=bob).items == []
        assert sharing.cut_off(session, actor=alice, data_source_id=source.id) == ["Bob"]
        with pytest.raises(SourceError, match="does not exist any more"):
            data_sources.open_by_id(session, source.id, owner_id=bob.id)


@pytest.mark.parametrize(("object_type", "level"), [("data_source", "read"), ("saved_query", "use")])
def test_each_kind_is_shared_in_its_own_way(
    alice: Actor, bob: Actor, source_url: str, object_type: str, level: str
) -> None:
    source = make_data_source(alice, url=source_url)
    object_id = source.id if object_type == "data_source" else make_saved_query(alice, data_source_id=source.id).id
    with pytest.raises(InvalidInput, match=f"'{level}' is no way to share this"):
        lend(alice, object_type, object_id, **{bob.name.lower(): level})
