"""Taking back what dead workers held, so that a run goes on within seconds."""

from __future__ import annotations

import uuid
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock, host
from core.database import db_now
from core.models import ReportExecution
from core.services import backoff
from core.services.ledger import fail, put_back


def take_back(session: Session) -> list[uuid.UUID]:
    """Free what belongs to dead workers: at once those of this host, others when their lease has ended.

    Returns the ids to ring.
    """
    expired = ReportExecution.lease_until < db_now(session)
    rows = session.scalars(select(ReportExecution).where(ReportExecution.status == "running")).all()
    late = set(session.scalars(select(ReportExecution.id).where(ReportExecution.status == "running", expired)))
    dead = [row for row in rows if row.id in late or (row.lease_owner and host.is_gone(row.lease_owner))]
    return [row.id for row in dead if _revive(session, row)]


def recover_one(session: Session, execution_id: uuid.UUID, fence: int) -> bool:
    """The child of a run died: another try when there is one left. True when the id is to be rung."""
    row = session.get(ReportExecution, execution_id, populate_existing=True)
    if row is None or row.fence != fence or row.status != "running":
        return False
    return _revive(session, row)


def _revive(session: Session, row: ReportExecution) -> bool:
    if row.trigger == "test":
        message = "The test run stopped with the process that ran it. Send the test again."
        fail(session, row.id, row.fence, error_class="worker_died", message=message)
        return False
    if row.attempt >= row.max_attempts:
        message = f"The worker died {row.attempt} times while it ran this report. Look at the size of its result."
        fail(session, row.id, row.fence, error_class="crash_loop", message=message)
        return False
    # The first time at once: a deploy or a power cut is nobody's fault. Then with pauses: it may be the report's.
    wait = timedelta(0) if row.attempt <= 1 else backoff.pause(row.attempt)
    message = "The worker died in the middle of this run; it is started again."
    put_back(session, row, not_before=clock.now() + wait, error_class="worker_died", message=message)
    return True
