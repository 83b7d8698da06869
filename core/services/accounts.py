"""People: signing in, their profile, tokens for the API."""

from __future__ import annotations

import secrets
import threading
import uuid
from datetime import timedelta
from functools import lru_cache
from typing import Final

import jwt
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import clock, crypto
from core.errors import InvalidInput, LoginFailed, NotFound
from core.models import User
from core.schemas.accounts import Actor, PasswordChange, ProfileUpdate, TokenResponse, UserResponse
from core.services import audit, login_throttle
from core.services.common import check_present
from core.services.keys import key_ring
from core.services.people import find_actor, show_user, to_actor, version_of
from core.services.sessions import (
    NewSession,
    SignedIn,
    create_session,
    end_other_sessions,
    end_session,
    find_session,
    find_session_by_id,
    list_sessions,
    touch_session,
)
from core.services.users import create_user, get_user

__all__ = [
    "NewSession",
    "SignedIn",
    "authenticate",
    "change_password",
    "create_session",
    "create_user",
    "end_other_sessions",
    "end_session",
    "find_actor",
    "find_actor_of_token",
    "find_session",
    "find_session_by_id",
    "get_user",
    "has_users",
    "issue_token",
    "list_sessions",
    "touch_session",
    "update_profile",
]

TOKEN_LIFETIME: Final = timedelta(hours=1)
_ALGORITHM: Final = "HS256"
_WRONG: Final = "The e-mail address or the password is wrong."
# Each verification takes 19 MiB; a crowd at the door must not take all memory.
_verifying = threading.BoundedSemaphore(4)


def authenticate(session: Session, *, email: str, password: str, ip: str) -> UserResponse:
    """The person with this password; raises LoginFailed or Throttled.

    Unknown, switched off and wrong look the same and cost the same. A failure is committed here, because
    the exception rolls the caller's transaction back and would take the count with it.
    """
    # PostgreSQL takes no NUL, and no address holds one.
    address = email.replace("\0", "").strip().casefold()
    login_throttle.count_attempt(session, email=address, ip=ip)
    user = session.scalar(select(User).where(User.email == address))
    # Made before anybody knows whether it is needed: the first log-in of a process pays for it, whoever it is.
    nobody = _dummy_hash()
    fits = _verify(password, user.password_hash if user else nobody)
    if user is None or not fits or not user.is_active:
        _record_log_in(session, user, action="log_in_failed", ip=ip)
        session.commit()
        raise LoginFailed(_WRONG)
    login_throttle.forget_success(session, email=address, ip=ip)
    user.last_login_at = clock.now()
    _record_log_in(session, user, action="log_in", ip=ip)
    session.flush()
    return show_user(user)


def _record_log_in(session: Session, user: User | None, *, action: str, ip: str) -> None:
    # What was typed for an unknown account is not kept: people type their password there.
    audit.record(
        session,
        actor=to_actor(user, ip=ip) if user else None,
        action=action,
        object_type="user",
        object_id=user.id if user else None,
        object_name=user.email if user else "",
        ip=ip,
    )


def _verify(password: str, phc: str) -> bool:
    with _verifying:
        return crypto.verify_password(password, phc)


@lru_cache(maxsize=1)
def _dummy_hash() -> str:
    return crypto.hash_password(secrets.token_urlsafe(16))


def has_users(session: Session) -> bool:
    return bool(session.scalar(select(func.count()).select_from(User)))


def update_profile(
    session: Session, *, actor: Actor, data: ProfileUpdate, expected_version: int | None = None
) -> UserResponse:
    """One's own name and time zone; what is left out stays. Raises Stale when an administrator was faster."""
    user = _myself(session, actor)
    session.refresh(user, with_for_update=True)
    check_present(version_of(user), expected_version, what="Your profile")
    changed = {name: value for name, value in data.model_dump().items() if value is not None}
    for name, value in changed.items():
        setattr(user, name, value)
    audit.record(
        session,
        actor=actor,
        action="update",
        object_type="user",
        object_id=user.id,
        object_name=user.email,
        detail={"fields": sorted(changed)},
    )
    session.flush()
    return show_user(user)


def change_password(
    session: Session, *, actor: Actor, data: PasswordChange, keep_session: uuid.UUID | None = None
) -> None:
    """A new password signs out every browser but `keep_session`.

    Raises InvalidInput for a wrong present one and Throttled after many: whoever found an open browser or a token may
    not try them all. The count is committed, as in `authenticate`.
    """
    user = _myself(session, actor)
    login_throttle.count_attempt(session, email=user.email, ip=actor.ip)
    if not _verify(data.current_password, user.password_hash):
        session.commit()
        raise InvalidInput("The present password is wrong.", field="current_password")
    login_throttle.forget_success(session, email=user.email, ip=actor.ip)
    user.password_hash = crypto.hash_password(data.new_password)
    user.credentials_changed_at = clock.now()
    end_other_sessions(session, actor=actor, keep=keep_session)
    audit.record(
        session, actor=actor, action="change_password", object_type="user", object_id=user.id, object_name=user.email
    )


def _myself(session: Session, actor: Actor) -> User:
    user = session.get(User, actor.id)
    if user is None:
        raise NotFound("There is no such person.")
    return user


def issue_token(actor: Actor) -> TokenResponse:
    """A JWT for the API, good for an hour."""
    now = clock.now()
    # With its fractions: a token made right after a new password must not look older than it.
    claims = {"sub": str(actor.id), "jti": uuid.uuid4().hex, "iat": now.timestamp(), "exp": now + TOKEN_LIFETIME}
    token = jwt.encode(claims, key_ring().derive("jwt"), algorithm=_ALGORITHM)
    return TokenResponse(access_token=token, expires_in=int(TOKEN_LIFETIME.total_seconds()))


def find_actor_of_token(session: Session, token: str) -> Actor | None:
    """The active person whom a JWT names; None when it is forged, over, or older than their password."""
    required = {"require": ["sub", "jti", "iat", "exp"]}
    try:
        claims = jwt.decode(token, key_ring().derive("jwt"), algorithms=[_ALGORITHM], options=required)  # type: ignore[arg-type] # the stubs want every option
        user_id, issued_at = uuid.UUID(claims["sub"]), float(claims["iat"])
    except (jwt.InvalidTokenError, ValueError):
        return None
    user = session.scalar(select(User).where(User.id == user_id, User.is_active))
    if user is None or (user.credentials_changed_at and issued_at < user.credentials_changed_at.timestamp()):
        return None
    return to_actor(user)
