"""What the first screen says."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import clock
from core.models import ReportExecution, ScheduledReport
from core.schemas.accounts import Actor
from core.schemas.executions import ExecutionResponse
from core.schemas.overview import Overview
from core.services import first_steps, scheduled_reports, workers
from core.services.execution_views import execution_view
from core.services.executions import newest_first

DAY: Final = timedelta(hours=24)
SHOWN: Final = 5
# Not a success, and worth a person's eye: skipped runs are the clock's doing, cancelled ones a person's.
NEEDS_A_LOOK: Final = ("failed", "partial", "uncertain", "skipped")


def get_overview(session: Session, *, actor: Actor) -> Overview:
    """The actor's own reports, and the worker that serves everybody."""
    counts = _counts(session, actor)
    upcoming = scheduled_reports.list_scheduled_reports(
        session, actor=actor, is_active=True, sort="next_run_at", offset=0, limit=SHOWN
    )
    return Overview(
        arrived_24h=counts.get("success", 0),
        failed_24h=sum(counts.get(status, 0) for status in NEEDS_A_LOOK),
        running=counts.get("running", 0) + counts.get("delivering", 0),
        waiting=counts.get("queued", 0),
        active_reports=_active_reports(session, actor),
        attention=_attention(session, actor),
        recent=_recent(session, actor),
        upcoming=upcoming.items,
        worker=workers.get_worker_state(session),
        first_report_id=first_steps.find_first_report(session, actor=actor),
    )


def _counts(session: Session, actor: Actor) -> dict[str, int]:
    query = (
        select(ReportExecution.status, func.count().label("number"))
        .where(
            ReportExecution.owner_id == actor.id,
            ReportExecution.created_at > clock.now() - DAY,
            ReportExecution.trigger != "test",
        )
        .group_by(ReportExecution.status)
    )
    return {row.status: row.number for row in session.execute(query)}


def _active_reports(session: Session, actor: Actor) -> int:
    query = select(func.count()).where(ScheduledReport.owner_id == actor.id, ScheduledReport.is_active)
    return session.scalar(query) or 0


def _attention(session: Session, actor: Actor) -> list[ExecutionResponse]:
    query = select(ReportExecution).where(
        ReportExecution.owner_id == actor.id,
        ReportExecution.status.in_(NEEDS_A_LOOK),
        ReportExecution.created_at > clock.now() - DAY,
        ReportExecution.trigger != "test",
    )
    return [execution_view(row) for row in session.scalars(newest_first(query).limit(SHOWN))]


def _recent(session: Session, actor: Actor) -> list[ExecutionResponse]:
    query = select(ReportExecution).where(ReportExecution.owner_id == actor.id)
    return [execution_view(row) for row in session.scalars(newest_first(query).limit(SHOWN))]
