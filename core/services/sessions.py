"""Signed-in browsers: a random token in the cookie, its hash in the database, twelve hours and no more."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from core import clock, crypto
from core.errors import NotFound
from core.models import User, UserSession
from core.schemas.accounts import Actor, SessionResponse
from core.schemas.base import Page
from core.services import audit
from core.services.common import read_page
from core.services.people import require_admin, to_actor

LIFETIME: Final = timedelta(hours=12)
_SEEN_EVERY: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class NewSession:
    """`token` and `csrf` exist in clear text only here."""

    token: str
    csrf: str
    id: uuid.UUID
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class SignedIn:
    actor: Actor
    session_id: uuid.UUID
    csrf_hash: str
    expires_at: datetime


def create_session(
    session: Session, *, user_id: uuid.UUID, ip: str, user_agent: str, replaces: str | None = None
) -> NewSession:
    """Sign a person in. `replaces` is the token the browser came with: it is worth nothing afterwards."""
    token, csrf, now = crypto.new_secret(), crypto.new_secret(), clock.now()
    if replaces:
        _revoke(session, UserSession.token_hash == crypto.hash_token(replaces))
    row = UserSession(
        user_id=user_id,
        token_hash=crypto.hash_token(token),
        csrf_hash=crypto.hash_token(csrf),
        expires_at=now + LIFETIME,
        last_seen_at=now,
        ip=ip[:64],
        user_agent=user_agent[:300],
    )
    session.add(row)
    session.flush()
    return NewSession(token=token, csrf=csrf, id=row.id, expires_at=row.expires_at)


def find_session(session: Session, token: str) -> SignedIn | None:
    """Who holds this token; None when it is unknown, over, ended, or its person is switched off."""
    row = session.scalar(_alive().where(UserSession.token_hash == crypto.hash_token(token)))
    return _signed_in(row) if row else None


def find_session_by_id(session: Session, *, session_id: uuid.UUID) -> SignedIn | None:
    """The same for the id of a session whose token was checked before, as the pages hold it."""
    row = session.scalar(_alive().where(UserSession.id == session_id))
    return _signed_in(row) if row else None


def touch_session(session: Session, *, session_id: uuid.UUID) -> None:
    """Note that the browser was seen, at most once a minute. The end of the session does not move."""
    now = clock.now()
    stale = (UserSession.id == session_id, UserSession.last_seen_at < now - _SEEN_EVERY)
    session.execute(update(UserSession).where(*stale).values(last_seen_at=now))


def end_session(session: Session, *, actor: Actor, session_id: uuid.UUID) -> None:
    """Sign a browser out: one's own, or anybody's for an administrator; raises NotFound."""
    row = session.get(UserSession, session_id)
    if row is None or row.revoked_at is not None or not (actor.is_admin or row.user_id == actor.id):
        raise NotFound("There is no such session.")
    _revoke(session, UserSession.id == session_id)
    action = "log_out" if row.user_id == actor.id else "end_session"
    _record(session, actor, action, session_id=session_id, email=row.user.email)


def end_other_sessions(session: Session, *, actor: Actor, keep: uuid.UUID | None) -> None:
    """Sign out everywhere else, for example after a new password."""
    others = [UserSession.user_id == actor.id]
    if keep is not None:
        others.append(UserSession.id != keep)
    count = _revoke(session, *others)
    if count:
        _record(session, actor, "end_sessions", session_id=None, email=actor.email, count=count)


def end_all_sessions(session: Session, *, actor: Actor, user: User) -> None:
    """Sign a person out everywhere, the short-lived tokens of the API included."""
    user.credentials_changed_at = clock.now()
    count = _revoke(session, UserSession.user_id == user.id)
    if count:
        _record(session, actor, "end_sessions", session_id=None, email=user.email, count=count)


def list_sessions(
    session: Session,
    *,
    actor: Actor,
    current: uuid.UUID | None = None,
    user_id: uuid.UUID | None = None,
    offset: int = 0,
    limit: int = 50,
) -> Page[SessionResponse]:
    """A person's signed-in browsers, last seen first: one's own, or for an administrator those of `user_id`.

    `current` marks the asking one. Raises Forbidden.
    """
    if user_id is not None and user_id != actor.id:
        require_admin(actor)
    theirs = _alive().where(UserSession.user_id == (user_id or actor.id))
    order = (UserSession.last_seen_at.desc(), UserSession.id)

    def show(row: UserSession) -> SessionResponse:
        return SessionResponse.model_validate(row).model_copy(update={"is_current": row.id == current})

    return read_page(session, theirs, show=show, order=order, offset=offset, limit=limit)


def _record(
    session: Session, actor: Actor, action: str, *, session_id: uuid.UUID | None, email: str, count: int = 1
) -> None:
    audit.record(
        session,
        actor=actor,
        action=action,
        object_type="session",
        object_id=session_id,
        object_name=email,
        detail={} if count == 1 else {"sessions": count},
    )


def _signed_in(row: UserSession) -> SignedIn:
    return SignedIn(
        actor=to_actor(row.user, ip=row.ip), session_id=row.id, csrf_hash=row.csrf_hash, expires_at=row.expires_at
    )


def _alive() -> Select[UserSession]:
    return (
        select(UserSession)
        .join(UserSession.user)
        .where(UserSession.revoked_at.is_(None), UserSession.expires_at > clock.now(), User.is_active)
    )


def _revoke(session: Session, *conditions: object) -> int:
    statement = update(UserSession).where(UserSession.revoked_at.is_(None), *conditions)  # type: ignore[arg-type]
    return int(session.execute(statement.values(revoked_at=clock.now())).rowcount)  # type: ignore[attr-defined]
