"""What people do with executions: ask for one, watch, stop, fetch its files."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session, selectinload

from core import clock
from core.errors import Conflict, NotFound
from core.formats import FORMAT_KEYS
from core.models import Attempt, GeneratedFile, ReportExecution, ScheduledReport
from core.schemas.accounts import Actor
from core.schemas.base import Access, Page
from core.schemas.executions import ExecutionDetail, ExecutionResponse
from core.schemas.scheduled_reports import LastExecution
from core.services import audit, delivery_ledger, ledger, sharing, storage
from core.services.backoff import EXECUTION_ATTEMPTS
from core.services.execution_counts import count_executions
from core.services.execution_views import execution_detail, execution_view
from core.services.people import require_editor
from core.services.snapshots import freeze
from core.states import ACTIVE_STATUSES, ExecutionStatus, Trigger

Chosen = TypeVar("Chosen")

GONE = "This execution does not exist."
NO_FILE = "This file does not exist, or it was deleted after its time."


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file on the disk and what people see of it."""

    path: Path
    name: str
    media_type: str
    size: int


def request_run(
    session: Session, *, actor: Actor, report_id: uuid.UUID, request_id: str | None = None
) -> ExecutionResponse:
    """Queue a run of a report, paused or not. The same `request_id` again gives the same run."""
    report = find_report(session, actor, report_id, level="edit")
    known = find_requested(session, report_id=report.id, request_id=request_id) if request_id is not None else None
    if known is not None:
        return execution_view(session.get_one(ReportExecution, known))
    if not report.recipients:
        raise Conflict(f"Nobody gets '{report.name}' any more. Put a reader in before you run it.")
    row = new_execution(session, report, actor=actor, trigger="manual", request_id=request_id)
    audit.record(
        session,
        actor=actor,
        action="run",
        object_type="scheduled_report",
        object_id=report.id,
        object_name=report.name,
        detail={"execution_id": str(row.id)},
    )
    return execution_view(row)


def find_requested(session: Session, *, report_id: uuid.UUID, request_id: str) -> uuid.UUID | None:
    """The run that was asked for under this id; whose report it is was checked already."""
    return session.scalar(
        select(ReportExecution.id).where(
            ReportExecution.scheduled_report_id == report_id, ReportExecution.request_id == request_id
        )
    )


def new_execution(
    session: Session, report: ScheduledReport, *, actor: Actor, trigger: Trigger, request_id: str | None = None
) -> ReportExecution:
    """A queued row, as if the report were due now."""
    now = clock.now()
    row = ReportExecution(
        scheduled_report_id=report.id,
        owner_id=report.owner_id,
        trigger=trigger,
        requested_by=actor.id,
        request_id=request_id,
        scheduled_for=now,
        not_before=now,
        max_attempts=1 if trigger == "test" else EXECUTION_ATTEMPTS,
        snapshot=freeze(report, only_to=actor if trigger == "test" else None),
        files=[],
        deliveries=[],
    )
    session.add(row)
    session.flush()
    ledger.note(session, "queued", execution_id=row.id, by=actor.email)
    return row


def list_executions(
    session: Session,
    *,
    actor: Actor,
    status: ExecutionStatus | None = None,
    scheduled_report_id: uuid.UUID | None = None,
    since: datetime | None = None,
    offset: int = 0,
    limit: int = 50,
) -> Page[ExecutionResponse]:
    """Newest first, over all reports that the actor may read or over one."""
    query = select(ReportExecution.id)
    shared: list[uuid.UUID] = []
    if status is not None:
        query = query.where(ReportExecution.status == status)
    if scheduled_report_id is not None:
        find_report(session, actor, scheduled_report_id)
        query = query.where(ReportExecution.scheduled_report_id == scheduled_report_id)
    else:
        shared = sharing.shared_ids(session, ScheduledReport, actor)
        query = query.where(_readable(actor, shared))
    if since is not None:
        query = query.where(ReportExecution.created_at >= since)
    key = (actor.id, frozenset(shared), scheduled_report_id, status, since)
    total = count_executions(session, query, key=key)
    # The ids of the page come from an index alone; only then are its rows read.
    page = _in_order(query).offset(offset).limit(limit)
    rows = session.scalars(newest_first(select(ReportExecution).where(ReportExecution.id.in_(page))))
    return Page([execution_view(row) for row in rows], total)


def get_execution(session: Session, *, actor: Actor, execution_id: uuid.UUID) -> ExecutionDetail:
    """One execution with its timeline; NotFound for somebody else's."""
    return detail_of(session, find_execution(session, actor, execution_id))


def recent_of(session: Session, report_id: uuid.UUID, number: int) -> list[ExecutionResponse]:
    """The newest executions of a report whose owner was checked already."""
    query = select(ReportExecution).where(ReportExecution.scheduled_report_id == report_id)
    return [execution_view(row) for row in session.scalars(newest_first(query).limit(number))]


def last_of(session: Session, report_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, LastExecution]:
    """The newest execution of each report that is not a test, in one query."""
    # Looked up in the index report by report: a window over all executions would read each of them.
    newest = (
        select(ReportExecution.id)
        .where(ReportExecution.scheduled_report_id == ScheduledReport.id, ReportExecution.trigger != "test")
        .order_by(ReportExecution.created_at.desc(), ReportExecution.scheduled_for.desc())
        .limit(1)
        .correlate(ScheduledReport)
        .scalar_subquery()
    )
    ids = select(newest).where(ScheduledReport.id.in_(list(report_ids)))
    rows = session.scalars(select(ReportExecution).where(ReportExecution.id.in_(ids)))
    return {row.scheduled_report_id: LastExecution.model_validate(row) for row in rows}


def cancel_execution(session: Session, *, actor: Actor, execution_id: uuid.UUID) -> ExecutionDetail:
    """Stop a run: a queued one at once, a running one within seconds, mails that have not left stay here."""
    row = find_execution(session, actor, execution_id, level="edit")
    if row.status not in ACTIVE_STATUSES:
        raise Conflict(f"This execution is over already ({row.status}); there is nothing to stop.")
    row.cancel_requested = True
    if row.status == "queued":
        row.status, row.error_class, row.finished_at = "cancelled", "cancelled", clock.now()
        row.error_message = "The run was stopped before it began."
    for mail in row.deliveries:
        if mail.status == "pending":
            mail.status = "cancelled"
    ledger.note(session, "stop requested", execution_id=row.id, fence=row.fence, by=actor.email)
    audit.record(
        session,
        actor=actor,
        action="cancel",
        object_type="execution",
        object_id=row.id,
        object_name=row.snapshot.get("name", ""),
    )
    session.flush()
    if row.status == "delivering":
        delivery_ledger.settle(session, row.id)
    return detail_of(session, row)


def get_file(session: Session, *, actor: Actor, execution_id: uuid.UUID, format: str, part: int = 1) -> StoredFile:
    """A generated file; NotFound when it is somebody else's, was cleaned up, or never was."""
    row = find_execution(session, actor, execution_id)
    if format not in FORMAT_KEYS:
        raise NotFound(NO_FILE)
    file = session.scalar(
        select(GeneratedFile).where(
            GeneratedFile.execution_id == row.id,
            GeneratedFile.format == format,
            GeneratedFile.part == part,
            GeneratedFile.deleted_at.is_(None),
        )
    )
    if file is None:
        raise NotFound(NO_FILE)
    path = storage.resolve(file.path)
    if not path.is_file():
        raise NotFound("This file is not on the disk any more. Run the report again.")
    return StoredFile(path, file.name, file.media_type, file.size)


def find_report(session: Session, actor: Actor, report_id: uuid.UUID, *, level: Access = "read") -> ScheduledReport:
    """The report, when the actor may do so much with it; raises NotFound or Forbidden."""
    if level != "read":
        require_editor(actor)
    row: ScheduledReport = sharing.require(session, ScheduledReport, actor=actor, object_id=report_id, level=level)
    return row


def find_execution(
    session: Session, actor: Actor, execution_id: uuid.UUID, *, level: Access = "read"
) -> ReportExecution:
    """A run of a report with which the actor may do so much; raises NotFound or Forbidden."""
    if level != "read":
        require_editor(actor)
    shared = sharing.shared_ids(session, ScheduledReport, actor)
    query = select(ReportExecution).where(ReportExecution.id == execution_id, _readable(actor, shared))
    row = session.scalar(_loaded(query))
    if row is None:
        raise NotFound(GONE)
    if level != "read":
        find_report(session, actor, row.scheduled_report_id, level=level)
    return row


def _readable(actor: Actor, shared: Sequence[uuid.UUID]) -> ColumnElement[bool]:
    """Runs of one's own reports and of shared ones. Their ids are looked up first: most people have none, and then the
    index by owner does it all."""
    own = ReportExecution.owner_id == actor.id
    return or_(own, ReportExecution.scheduled_report_id.in_(shared)) if shared else own


def detail_of(session: Session, row: ReportExecution) -> ExecutionDetail:
    attempts: Sequence[Attempt] = session.scalars(
        select(Attempt).where(Attempt.execution_id == row.id).order_by(Attempt.at, Attempt.created_at)
    ).all()
    return execution_detail(row, attempts)


def newest_first(query: Select[ReportExecution]) -> Select[ReportExecution]:
    return _in_order(_loaded(query))


def _in_order(query: Select[Chosen]) -> Select[Chosen]:
    return query.order_by(ReportExecution.created_at.desc(), ReportExecution.id.desc())


def _loaded(query: Select[ReportExecution]) -> Select[ReportExecution]:
    """Files and deliveries in one further query each, however many executions there are."""
    return query.options(selectinload(ReportExecution.files), selectinload(ReportExecution.deliveries))
