"""What a newcomer to the sample workspace tries first."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock
from core.models import DataSource, ScheduledReport, Workspace
from core.schemas.accounts import Actor

FRESH: Final = timedelta(days=14)


def find_first_report(session: Session, *, actor: Actor) -> uuid.UUID | None:
    """The actor's oldest report while they are new: the sample is young, and nothing of their own is connected."""
    loaded_at = session.scalar(select(Workspace.sample_loaded_at).limit(1))
    if loaded_at is None or loaded_at < clock.now() - FRESH:
        return None
    sources = session.scalars(select(DataSource.options).where(DataSource.owner_id == actor.id)).all()
    if not sources or not all(options.get("sample") for options in sources):
        return None
    oldest = select(ScheduledReport.id).where(ScheduledReport.owner_id == actor.id)
    return session.scalar(oldest.order_by(ScheduledReport.created_at, ScheduledReport.id).limit(1))
