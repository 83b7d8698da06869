"""From "it is due" to a row: one execution per slot, whoever looks and however often."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from core.models import ReportExecution, ScheduledReport
from core.schedule import next_run
from core.schemas.schedule import ScheduleConfig
from core.services.backoff import EXECUTION_ATTEMPTS
from core.services.snapshots import freeze

# Enough for a year of downtime of a daily report; older slots are not worth a row.
MOST_MISSED_SLOTS: Final = 400
BATCH: Final = 500


@dataclass(frozen=True, slots=True)
class Materialised:
    """What one look at one report made: the run to ring, if any, and how many slots were missed."""

    report_name: str
    execution_id: uuid.UUID | None = None
    skipped: int = 0


@dataclass(slots=True)
class _Slots:
    run: datetime | None = None
    missed: list[datetime] = field(default_factory=list)


def list_due(session: Session, *, until: datetime) -> list[uuid.UUID]:
    """Ids of active reports whose next run is at or before `until`, the longest overdue first."""
    query = (
        select(ScheduledReport.id)
        .where(ScheduledReport.is_active, ScheduledReport.next_run_at <= until)
        .order_by(ScheduledReport.next_run_at)
        .limit(BATCH)
    )
    return list(session.scalars(query))


def list_upcoming_instants(session: Session, *, after: datetime, until: datetime) -> list[datetime]:
    """The distinct instants at which something becomes due, for exact wake-ups."""
    query = (
        select(ScheduledReport.next_run_at)
        .where(ScheduledReport.is_active, ScheduledReport.next_run_at > after, ScheduledReport.next_run_at <= until)
        .distinct()
        .order_by(ScheduledReport.next_run_at)
    )
    return [instant for instant in session.scalars(query) if instant is not None]


def materialise(session: Session, report_id: uuid.UUID, *, until: datetime) -> Materialised | None:
    """Make the rows of everything a report owes up to `until` and move its next run on.

    The latest slot runs when it is at most the report's grace late; all others become `skipped`. None when
    somebody else was quicker.
    """
    report = session.get(ScheduledReport, report_id)
    if report is None or not report.is_active or report.next_run_at is None or report.next_run_at > until:
        return None
    config = ScheduleConfig.model_validate(report.schedule_config)
    slots, following = _owed(config, report.next_run_at, until=until, grace=timedelta(seconds=report.grace_s))
    if not _move_on(session, report, following):
        return None
    for slot in slots.missed:
        _insert(session, report, slot, skipped=True)
    made = _insert(session, report, slots.run, skipped=False) if slots.run else None
    return Materialised(report.name, execution_id=made, skipped=len(slots.missed))


def postpone(session: Session, report_id: uuid.UUID, *, by: timedelta, reason: str) -> None:
    """Keep a report that cannot even be scheduled from stopping the others; its owner sees the reason."""
    report = session.get(ScheduledReport, report_id)
    if report is None or report.next_run_at is None:
        return
    report.next_run_at += by
    report.paused_reason = reason


def _owed(config: ScheduleConfig, first: datetime, *, until: datetime, grace: timedelta) -> tuple[_Slots, datetime]:
    """The slots from `first` to `until`, and the first one after them."""
    due = [first]
    while (following := next_run(config, due[-1])) <= until:
        due.append(following)
        due = due[-MOST_MISSED_SLOTS:]
    if until - due[-1] > grace:
        return _Slots(missed=due), following
    return _Slots(run=due[-1], missed=due[:-1]), following


def _move_on(session: Session, report: ScheduledReport, following: datetime) -> bool:
    """Compare and set: of two schedulers that look at once, one moves the date."""
    statement = (
        update(ScheduledReport)
        .where(ScheduledReport.id == report.id, ScheduledReport.next_run_at == report.next_run_at)
        .values(next_run_at=following)
        .execution_options(synchronize_session=False)
    )
    moved = session.execute(statement)
    assert isinstance(moved, CursorResult)
    session.expire(report, ["next_run_at"])
    return moved.rowcount == 1


def _insert(session: Session, report: ScheduledReport, slot: datetime, *, skipped: bool) -> uuid.UUID | None:
    values: dict[str, Any] = {
        "id": uuid.uuid4(),
        "scheduled_report_id": report.id,
        "owner_id": report.owner_id,
        "trigger": "schedule",
        "scheduled_for": slot,
        "status": "skipped" if skipped else "queued",
        "max_attempts": EXECUTION_ATTEMPTS,
        "not_before": slot,
        "snapshot": freeze(report),
    }
    if skipped:
        values |= {
            "error_class": "misfire",
            "error_message": "Rooster was not running at this time, and the run would have been too late.",
            "finished_at": slot,
        }
    insert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgresql_insert
    statement = insert(ReportExecution).values(**values).on_conflict_do_nothing().returning(ReportExecution.id)
    return session.scalar(statement)
