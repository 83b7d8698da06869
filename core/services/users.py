"""The people who may use this installation, looked after by its administrators."""

from __future__ import annotations

import uuid
from typing import Any, Final

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core import crypto
from core.errors import Conflict, NotFound
from core.models import AccountLink, EmailConfiguration, ScheduledReport, User
from core.schemas.accounts import Actor, UserCreate, UserResponse
from core.schemas.base import Page
from core.schemas.people import UserUpdate
from core.services import audit
from core.services.common import changes, check_present, containing, read_page
from core.services.ownership import refuse_while_owning
from core.services.people import require_admin, show_user, version_of
from core.services.sessions import end_all_sessions

_GONE: Final = "There is no such person."


def list_users(
    session: Session, *, actor: Actor, search: str = "", offset: int = 0, limit: int = 50
) -> Page[UserResponse]:
    """Everybody by name, the switched off last; for administrators, else Forbidden."""
    require_admin(actor)
    query = select(User).where(containing(search, User.name, User.email)) if search.strip() else select(User)
    order = (User.is_active.desc(), User.name, User.email)
    return read_page(session, query, show=show_user, order=order, offset=offset, limit=limit)


def get_user(session: Session, *, actor: Actor, user_id: uuid.UUID) -> UserResponse:
    """Oneself, or anybody for an administrator; raises NotFound."""
    user = session.get(User, user_id) if actor.is_admin or actor.id == user_id else None
    if user is None:
        raise NotFound(_GONE)
    return show_user(user)


def create_user(session: Session, *, actor: Actor | None, data: UserCreate) -> UserResponse:
    """A new person. Only administrators may, else Forbidden; `actor` is None for the command line."""
    user = add_user(session, actor=actor, data=data)
    audit.record_user(session, actor, "create", user, {"role": user.role})
    return show_user(user)


def add_user(session: Session, *, actor: Actor | None, data: UserCreate) -> User:
    """The row alone; raises Forbidden or Conflict."""
    if actor is not None:
        require_admin(actor)
    user = User(password_hash=crypto.hash_password(data.password))
    _write(session, user, data.model_dump(exclude={"password"}))
    return user


def update_user(
    session: Session, *, actor: Actor, user_id: uuid.UUID, data: UserUpdate, expected_version: int | None = None
) -> UserResponse:
    """Any part of it; for administrators. Raises Forbidden, NotFound, Conflict or Stale."""
    require_admin(actor)
    user = existing_user(session, user_id)
    changed = changes(data)
    if changed.get("role", "admin") != "admin" or changed.get("is_active") is False:
        _keep_an_administrator(session, user)
    _check_unchanged(session, user, expected_version)
    before = {name: getattr(user, name) for name in changed if name != "password"}
    _apply(session, actor, user, changed)
    _record_changes(session, actor, user, before, new_password="password" in changed)
    return show_user(user)


def delete_user(session: Session, *, actor: Actor, user_id: uuid.UUID, expected_version: int | None = None) -> None:
    """With their sessions, tokens and mail account; what they did stays in the audit.

    Raises Forbidden, NotFound, Stale, or Conflict for the last administrator and for somebody who owns things.
    """
    require_admin(actor)
    user = existing_user(session, user_id)
    _keep_an_administrator(session, user)
    _check_unchanged(session, user, expected_version)
    refuse_while_owning(session, user)
    end_all_sessions(session, actor=actor, user=user)
    audit.record_user(session, actor, "delete", user, {"role": user.role})
    session.execute(delete(EmailConfiguration).where(EmailConfiguration.owner_id == user.id))
    session.delete(user)
    try:
        session.flush()
    except IntegrityError as error:
        raise Conflict(f"{user.email} still owns something. Look at it and try again.") from error


def sign_out_everywhere(session: Session, *, actor: Actor, user_id: uuid.UUID) -> None:
    """End all sessions and short-lived tokens of a person; for administrators."""
    require_admin(actor)
    end_all_sessions(session, actor=actor, user=existing_user(session, user_id))


def existing_user(session: Session, user_id: uuid.UUID) -> User:
    user = session.get(User, user_id)
    if user is None:
        raise NotFound(_GONE)
    return user


def _check_unchanged(session: Session, user: User, expected: int | None) -> None:
    """Locked after the administrators, whom others lock as well."""
    session.refresh(user, with_for_update=True)
    check_present(version_of(user), expected, what=user.email)


def _apply(session: Session, actor: Actor, user: User, changed: dict[str, Any]) -> None:
    if "password" in changed:
        user.password_hash = crypto.hash_password(changed["password"])
    _write(session, user, {name: value for name, value in changed.items() if name != "password"})
    if changed.get("is_active") is False:
        _pause_reports(session, user)
    if "password" in changed or changed.get("is_active") is False:
        end_all_sessions(session, actor=actor, user=user)
    if changed.keys() & {"email", "password"} or changed.get("is_active") is False:
        # A link that is under way was meant for the account as it was.
        session.execute(delete(AccountLink).where(AccountLink.user_id == user.id, AccountLink.used_at.is_(None)))
    session.flush()


def _write(session: Session, user: User, values: dict[str, Any]) -> None:
    email = str(values.get("email", user.email)).casefold()
    try:
        with session.begin_nested():
            for name, value in {**values, "email": email}.items():
                setattr(user, name, value)
            session.add(user)
    except IntegrityError as error:
        raise Conflict(f"There is already an account for {email}.") from error


def _keep_an_administrator(session: Session, user: User) -> None:
    """Locked in one order: two administrators who demote each other at once must not both succeed."""
    wanted = select(User.id).where(User.role == "admin", User.is_active).order_by(User.id).with_for_update()
    left = set(session.scalars(wanted))
    if left == {user.id}:
        raise Conflict(f"{user.email} is the last administrator. Make somebody else an administrator first.")


def _pause_reports(session: Session, user: User) -> None:
    """Nobody would see what they do, and their owner may see nothing any more."""
    reason = f"{user.name} was switched off. Transfer the report to somebody who can resume it."
    theirs = update(ScheduledReport).where(ScheduledReport.owner_id == user.id, ScheduledReport.is_active)
    session.execute(
        theirs.values(
            is_active=False,
            next_run_at=None,
            paused_reason=reason,
            schedule_version=ScheduledReport.schedule_version + 1,
            version=ScheduledReport.version + 1,
        )
    )


def _record_changes(session: Session, actor: Actor, user: User, before: dict[str, Any], *, new_password: bool) -> None:
    """One entry for each thing that somebody will look for by its name."""
    differing = {name: value for name, value in before.items() if getattr(user, name) != value}
    if "role" in differing:
        audit.record_user(session, actor, "change_role", user, {"from": differing.pop("role"), "to": user.role})
    if "is_active" in differing:
        differing.pop("is_active")
        audit.record_user(session, actor, "switch_on" if user.is_active else "switch_off", user)
    if new_password:
        audit.record_user(session, actor, "set_password", user)
    if differing:
        audit.record_user(session, actor, "update", user, {"fields": sorted(differing)})
