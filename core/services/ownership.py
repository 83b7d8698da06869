"""What belongs to whom, and handing all of it over."""

from __future__ import annotations

import uuid
from typing import Any, Final

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from core.errors import Conflict, NotFound
from core.models import Dashboard, DataSource, ReportExecution, SavedQuery, ScheduledReport, User
from core.schemas.accounts import Actor
from core.schemas.people import TransferResult
from core.services import audit
from core.services.people import require_admin
from core.text import join_words

# What people own, by the names of the API. The history follows its reports.
OWNED: Final[dict[str, tuple[type[Any], str]]] = {
    "data_sources": (DataSource, "data source"),
    "saved_queries": (SavedQuery, "saved query"),
    "dashboards": (Dashboard, "dashboard"),
    "scheduled_reports": (ScheduledReport, "report"),
}
_NAMED: Final = 5


def transfer_objects(session: Session, *, actor: Actor, from_user: uuid.UUID, to_user: uuid.UUID) -> TransferResult:
    """Everything of one person belongs to another one from now on; for administrators.

    The mail account stays: reports leave through the new owner's. Raises Forbidden, NotFound or Conflict.
    """
    require_admin(actor)
    giver, taker = _both(session, from_user, to_user)
    _check_taker(giver, taker)
    moved = {key: _hand_over(session, model, giver, taker) for key, (model, _) in OWNED.items()}
    history = update(ReportExecution).where(ReportExecution.owner_id == giver.id).values(owner_id=taker.id)
    session.execute(history)
    audit.record(
        session,
        actor=actor,
        action="transfer",
        object_type="user",
        object_id=giver.id,
        object_name=giver.email,
        detail={"to": taker.email, **moved},
    )
    return TransferResult(moved=moved)


def count_owned(session: Session, *, actor: Actor, user_id: uuid.UUID) -> dict[str, int]:
    """How many of each kind a person owns; for administrators."""
    require_admin(actor)
    return {
        key: session.scalar(select(func.count()).where(model.owner_id == user_id)) or 0
        for key, (model, _) in OWNED.items()
    }


def refuse_while_owning(session: Session, user: User) -> None:
    """Raises Conflict that names what the person owns."""
    parts = [part for model, noun in OWNED.values() if (part := _names(session, model, noun, user.id))]
    if parts:
        raise Conflict(f"{user.email} owns {join_words(parts)}. Transfer them to somebody else first.")


def _both(session: Session, from_user: uuid.UUID, to_user: uuid.UUID) -> tuple[User, User]:
    # In one order, so that two transfers cannot wait for each other.
    wanted = select(User).where(User.id.in_((from_user, to_user))).order_by(User.id).with_for_update()
    found = {user.id: user for user in session.scalars(wanted)}
    if from_user not in found or to_user not in found:
        raise NotFound("There is no such person.")
    return found[from_user], found[to_user]


def _check_taker(giver: User, taker: User) -> None:
    if giver.id == taker.id:
        raise Conflict("Choose somebody else: these things are theirs already.")
    if not taker.is_active:
        raise Conflict(f"{taker.email} is switched off and can own nothing new.")
    if taker.role == "viewer":
        raise Conflict(f"{taker.email} is a viewer, and viewers own nothing. Make them an analyst first.")


def _hand_over(session: Session, model: type[Any], giver: User, taker: User) -> int:
    # A form that somebody has open was filled in by another owner: it must not overwrite.
    statement = update(model).where(model.owner_id == giver.id).values(owner_id=taker.id, version=model.version + 1)
    return int(session.execute(statement).rowcount)  # type: ignore[attr-defined] # the stubs know no cursor


def _names(session: Session, model: type[Any], noun: str, owner_id: uuid.UUID) -> str:
    names = list(session.scalars(select(model.name).where(model.owner_id == owner_id).order_by(model.name)))
    if not names:
        return ""
    shown = [f"'{name}'" for name in names[:_NAMED]]
    more = [f"{len(names) - _NAMED} more"] if len(names) > _NAMED else []
    plural = noun if len(names) == 1 else f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"the {plural} {join_words([*shown, *more])}"
