"""Who did what, when. Entries outlive the objects and the people they name."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from core import clock
from core.models import AuditEntry, User
from core.schemas.accounts import Actor
from core.schemas.audit import AuditEntryResponse
from core.schemas.base import Page


def record(
    session: Session,
    *,
    actor: Actor | None,
    action: str,
    object_type: str,
    object_id: uuid.UUID | None,
    object_name: str,
    detail: Mapping[str, Any] | None = None,
    ip: str = "",
) -> None:
    """Add an entry. `detail` holds plain JSON and never a secret."""
    session.add(
        AuditEntry(
            at=clock.now(),
            actor_id=actor.id if actor else None,
            action=action,
            object_type=object_type,
            object_id=object_id,
            object_name=object_name[:200],
            detail=dict(detail or {}),
            ip=(actor.ip if actor else ip)[:64],
        )
    )


def record_user(
    session: Session, actor: Actor | None, action: str, user: User, detail: Mapping[str, Any] | None = None
) -> None:
    """Something was done to a person's account."""
    record(
        session,
        actor=actor,
        action=action,
        object_type="user",
        object_id=user.id,
        object_name=user.email,
        detail=detail,
    )


def list_entries(
    session: Session, *, actor: Actor, object_id: uuid.UUID | None = None, offset: int = 0, limit: int = 50
) -> Page[AuditEntryResponse]:
    """Newest first: one's own deeds, or everybody's for an administrator."""
    query = _visible_to(actor)
    if object_id is not None:
        query = query.where(AuditEntry.object_id == object_id)
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    rows = session.scalars(query.order_by(AuditEntry.at.desc(), AuditEntry.id).offset(offset).limit(limit))
    return Page([AuditEntryResponse.model_validate(row) for row in rows], total)


def _visible_to(actor: Actor) -> Select[AuditEntry]:
    query = select(AuditEntry)
    return query if actor.is_admin else query.where(AuditEntry.actor_id == actor.id)
