"""The moves of an execution, each one conditional on the fence: a worker that was thought dead changes nothing.

queued -> running -> delivering -> success | partial | failed | uncertain
running -(worker died, attempts left)-> queued, (none left)-> failed
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final

from sqlalchemy import Select, Update, and_, bindparam, exists, func, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from core import clock
from core.database import db_now
from core.models import Attempt, ReportExecution, ScheduledReport
from core.services import backoff
from core.services.notices import plan_notice
from core.states import OCCUPYING_STATUSES, Trigger

LEASE: Final = timedelta(seconds=60)
# How much before its instant a run may be claimed: the child gets ready and waits for the exact moment.
LEAD: Final = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A run that is ours until the lease ends."""

    execution_id: uuid.UUID
    fence: int
    report_id: uuid.UUID
    report_name: str
    scheduled_for: datetime
    trigger: Trigger
    time_limit_s: int | None


@dataclass(frozen=True, slots=True)
class Beat:
    """What a heartbeat finds: whether the run is still ours, and whether somebody wants it stopped."""

    is_ours: bool
    cancel_requested: bool = False


def note(
    session: Session,
    event: str,
    *,
    execution_id: uuid.UUID | None = None,
    delivery_id: uuid.UUID | None = None,
    fence: int = 0,
    worker: str = "",
    **detail: Any,
) -> None:
    """Add a line to the timeline."""
    session.add(
        Attempt(
            execution_id=execution_id,
            delivery_id=delivery_id,
            fence=fence,
            worker=worker,
            event=event,
            at=clock.now(),
            detail=detail,
        )
    )


def moved(session: Session, statement: Update) -> bool:
    """Run a conditional update of one row; did it change?"""
    result = session.execute(statement.execution_options(synchronize_session=False))
    assert isinstance(result, CursorResult)
    return result.rowcount == 1


def ours(execution_id: uuid.UUID, fence: int) -> Update:
    """The update of a running execution that only the holder of the fence can do."""
    return update(ReportExecution).where(
        ReportExecution.id == execution_id, ReportExecution.fence == fence, ReportExecution.status == "running"
    )


def claim(session: Session, *, owner: str, slots: int, execution_id: uuid.UUID | None = None) -> Claimed | None:
    """Take a queued run: the one named, or the oldest that may start. None when there is nothing to take.

    `slots` limits what `owner` runs at once, so that a consumer's threads stay free for the clock and the mail.
    """
    if _running_of(session, owner) >= slots:
        return None
    while (row := _choose(session, execution_id)) is not None:
        if row.trigger != "schedule" or row.scheduled_report.is_active:
            return take(session, row, owner=owner)
        _skip_paused(session, row)
    return None


def take(session: Session, row: ReportExecution, *, owner: str) -> Claimed | None:
    """Move a queued row to `running`; None when the report is already being run."""
    fence = row.fence + 1
    statement = (
        update(ReportExecution)
        .where(ReportExecution.id == row.id, ReportExecution.status == "queued", ReportExecution.fence == row.fence)
        .values(
            status="running",
            attempt=ReportExecution.attempt + 1,
            fence=fence,
            lease_owner=owner,
            lease_until=db_now(session) + LEASE,
            error_class=None,
            error_message=None,
            progress={},
        )
    )
    try:
        with session.begin_nested():
            if not moved(session, statement):
                return None
    except IntegrityError:
        return None  # the report's other run got there first: the unique index says so
    note(session, "claimed", execution_id=row.id, fence=fence, worker=owner)
    report = row.scheduled_report
    limit = row.snapshot.get("time_limit_s")
    trigger: Trigger = row.trigger  # type: ignore[assignment] # the column holds nothing else
    return Claimed(row.id, fence, report.id, report.name, row.scheduled_for, trigger, limit)


def beat(session: Session, execution_id: uuid.UUID, fence: int) -> Beat:
    """Renew the lease."""
    statement = ours(execution_id, fence).values(lease_until=db_now(session) + LEASE)
    if not moved(session, statement):
        return Beat(is_ours=False)
    wanted = session.scalar(select(ReportExecution.cancel_requested).where(ReportExecution.id == execution_id))
    return Beat(is_ours=True, cancel_requested=bool(wanted))


def is_known(session: Session, report_id: uuid.UUID) -> bool:
    """Is there such a report still? Its runs go with it."""
    return session.scalar(select(ScheduledReport.id).where(ScheduledReport.id == report_id)) is not None


def start(session: Session, execution_id: uuid.UUID, fence: int, *, at: datetime) -> bool:
    """The work begins now; False when the run is not ours any more."""
    if not moved(session, ours(execution_id, fence).values(started_at=at, data_as_of=at)):
        return False
    note(session, "started", execution_id=execution_id, fence=fence)
    return True


def report_progress(session: Session, execution_id: uuid.UUID, fence: int, progress: dict[str, Any]) -> bool:
    return moved(session, ours(execution_id, fence).values(progress=progress))


def requeue(session: Session, execution_id: uuid.UUID, fence: int, *, error_class: str, message: str) -> bool:
    """Another try after a pause, or the end when the tries are used up. False when it is not ours any more."""
    row = session.get(ReportExecution, execution_id, populate_existing=True)
    if row is None or row.fence != fence or row.status != "running":
        return False
    if row.attempt >= row.max_attempts:
        return fail(session, execution_id, fence, error_class=error_class, message=message)
    put_back(
        session, row, not_before=clock.now() + backoff.pause(row.attempt), error_class=error_class, message=message
    )
    return True


def fail(session: Session, execution_id: uuid.UUID, fence: int, *, error_class: str, message: str) -> bool:
    """The run ends without a report."""
    return _end(session, execution_id, fence, status="failed", error_class=error_class, message=message)


def cancel(session: Session, execution_id: uuid.UUID, fence: int) -> bool:
    """The run was stopped by a person."""
    message = "The run was stopped before it was finished. Nothing was sent."
    return _end(session, execution_id, fence, status="cancelled", error_class="cancelled", message=message)


def put_back(session: Session, row: ReportExecution, *, not_before: datetime, error_class: str, message: str) -> None:
    values = {
        "status": "queued",
        "fence": row.fence + 1,
        "lease_until": None,
        "lease_owner": None,
        "not_before": not_before,
        "error_class": error_class,
        "error_message": message,
    }
    if moved(session, ours(row.id, row.fence).values(**values)):
        note(session, "put back", execution_id=row.id, fence=row.fence, reason=message)


def _end(session: Session, execution_id: uuid.UUID, fence: int, *, status: str, error_class: str, message: str) -> bool:
    now = clock.now()
    values = {
        "status": status,
        "error_class": error_class,
        "error_message": message,
        "finished_at": now,
        "lease_until": None,
        "lease_owner": None,
    }
    if not moved(session, ours(execution_id, fence).values(**values)):
        return False
    note(session, status, execution_id=execution_id, fence=fence, error_class=error_class, reason=message)
    row = session.get(ReportExecution, execution_id, populate_existing=True)
    if row is not None:
        after_end(session, row, now=now)
    return True


def after_end(session: Session, row: ReportExecution, *, now: datetime) -> None:
    """What the report remembers of a run that ended; a test leaves no trace on it."""
    if row.started_at is not None:
        row.execution_time_ms = int((now - row.started_at).total_seconds() * 1000)
    if row.trigger == "test":
        return
    report = session.get(ScheduledReport, row.scheduled_report_id)
    if report is None:
        return
    if row.started_at is not None:
        report.last_run_at = row.started_at
    if row.status in ("failed", "partial"):
        report.failures_in_row += 1
    elif row.status == "success":
        report.failures_in_row = 0
    plan_notice(session, row, now=now)


def _running_of(session: Session, owner: str) -> int:
    query = select(func.count()).where(
        ReportExecution.lease_owner == owner, ReportExecution.status == "running", ReportExecution.trigger != "test"
    )
    return session.scalar(query) or 0


def _choose(session: Session, execution_id: uuid.UUID | None) -> ReportExecution | None:
    query = _startable() if execution_id is None else _startable().where(ReportExecution.id == execution_id)
    return session.scalar(query, {"latest": clock.now() + LEAD})


@cache
def _startable() -> Select[ReportExecution]:
    """The run whose turn it is, of those that may start by `:latest`. Kept, since putting it together takes longer
    than asking it."""
    other, same_owner = aliased(ReportExecution), aliased(ReportExecution)
    busy = exists().where(
        and_(
            other.scheduled_report_id == ReportExecution.scheduled_report_id,
            other.status.in_(OCCUPYING_STATUSES),
            other.trigger != "test",
        )
    )
    load = (
        select(func.count())
        .where(same_owner.owner_id == ReportExecution.owner_id, same_owner.status == "running")
        .scalar_subquery()
    )
    return (
        select(ReportExecution)
        .where(ReportExecution.status == "queued", ReportExecution.not_before <= bindparam("latest"), ~busy)
        # The one who has the fewest runs goes first, so that nobody's fifty reports hold up another's one.
        .order_by(load, ReportExecution.not_before, ReportExecution.created_at)
        .limit(1)
        .with_for_update(skip_locked=True, of=ReportExecution)
    )


def _skip_paused(session: Session, row: ReportExecution) -> None:
    row.status = "skipped"
    row.error_class = "paused"
    row.error_message = "The report was paused when this run was due."
    row.finished_at = clock.now()
    note(session, "skipped", execution_id=row.id, fence=row.fence, reason=row.error_message)
