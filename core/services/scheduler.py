"""What the clock does: find what is due, make it a row, say what is to be rung and when to look again."""

from __future__ import annotations

import logging
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock
from core.database import read_scope, session_scope
from core.errors import RoosterError
from core.models import ReportExecution
from core.services import delivery_ledger, due, recovery

# The minute tick sets wake-ups this far ahead; more than a minute, since ticks are not on time themselves.
HORIZON: Final = timedelta(seconds=75)
POSTPONED: Final = timedelta(hours=1)

log = logging.getLogger("rooster.scheduler")


@dataclass(frozen=True, slots=True)
class Found:
    """One look at the clock: runs to ring now, instants at which something becomes due soon."""

    execution_ids: tuple[uuid.UUID, ...]
    upcoming: tuple[datetime, ...]


def look(*, until: datetime | None = None) -> Found:
    """Make rows of everything due up to `until` (now by default). A report that cannot be scheduled stops no other."""
    limit = until or clock.now()
    with read_scope() as session:
        report_ids = due.list_due(session, until=limit)
    made = [execution_id for report_id in report_ids if (execution_id := _materialise(report_id, limit)) is not None]
    return Found(tuple(made), list_upcoming(after=limit))


def list_upcoming(*, after: datetime) -> tuple[datetime, ...]:
    """The instants after `after`, a minute or so ahead, at which something becomes due."""
    with read_scope() as session:
        return tuple(due.list_upcoming_instants(session, after=after, until=clock.now() + HORIZON))


def sweep() -> list[uuid.UUID]:
    """Repair what was lost: dead workers' runs and mails, rings that never arrived. Returns the ids to ring."""
    with session_scope() as session:
        recovery.take_back(session)
        delivery_ledger.take_back_deliveries(session)
        for execution_id in delivery_ledger.list_unsettled(session):
            delivery_ledger.settle(session, execution_id)
    with read_scope() as session:
        return list(dict.fromkeys([*_queued(session), *delivery_ledger.list_waiting(session)]))


def is_anything_queued() -> bool:
    """Does a run wait for a free slot?"""
    with read_scope() as session:
        return bool(_queued(session, limit=1))


def _queued(session: Session, *, limit: int = due.BATCH) -> list[uuid.UUID]:
    query = (
        select(ReportExecution.id)
        .where(ReportExecution.status == "queued", ReportExecution.not_before <= clock.now())
        .order_by(ReportExecution.not_before)
        .limit(limit)
    )
    return list(session.scalars(query))


def _materialise(report_id: uuid.UUID, until: datetime) -> uuid.UUID | None:
    try:
        with session_scope() as session:
            found = due.materialise(session, report_id, until=until)
    except (RoosterError, ValidationError, ValueError) as error:
        log.exception("Report %s cannot be scheduled; it is tried again in an hour", report_id)
        with session_scope() as session:
            due.postpone(session, report_id, by=POSTPONED, reason=f"The schedule cannot be read: {error}")
        return None
    if found is None:
        return None
    if found.skipped:
        log.warning("Report %s: %d missed runs recorded as skipped", found.report_name, found.skipped)
    if found.execution_id:
        log.info("Enqueued report %s for execution", found.report_name)
    return found.execution_id
