"""Links with which a person chooses a password: good once, for a while, and stored hashed."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, cast

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from core import clock, crypto
from core.errors import Conflict, NotFound
from core.models import AccountLink, User
from core.schemas.accounts import Actor, UserCreate
from core.schemas.people import LinkKind, NewPassword, UserInvite
from core.services import audit, login_throttle
from core.services.people import require_admin, to_actor
from core.services.sessions import end_all_sessions
from core.services.users import add_user, existing_user
from core.settings import get_settings

LIFETIMES: Final[dict[LinkKind, timedelta]] = {"invitation": timedelta(hours=72), "reset": timedelta(hours=1)}
# Whoever asks for links on behalf of somebody else must not fill their inbox.
_RESETS_PER_HOUR: Final = 3
_OVER: Final = "This link was used already or is over. Ask for a new one."


@dataclass(frozen=True, slots=True)
class NewLink:
    """`url` holds the token, which exists in clear text only here. `sender_id` is whose mail account may carry it."""

    kind: LinkKind
    user_id: uuid.UUID
    email: str
    name: str
    expires_at: datetime
    sender_id: uuid.UUID
    sender_name: str
    url: str = field(repr=False)


def invite_user(session: Session, *, actor: Actor, data: UserInvite) -> NewLink:
    """Somebody new, who chooses the password with the link; raises Forbidden or Conflict."""
    # Nobody knows this password: until the link is used there is no way in.
    user = add_user(session, actor=actor, data=UserCreate(**data.model_dump(), password=crypto.new_secret()))
    audit.record_user(session, actor, "invite", user, {"role": user.role})
    return _new_link(session, user, kind="invitation", sender=actor)


def make_link(session: Session, *, actor: Actor, user_id: uuid.UUID) -> NewLink:
    """A new link from an administrator: the invitation once more for somebody who never came, else a reset."""
    require_admin(actor)
    user = existing_user(session, user_id)
    if not user.is_active:
        raise Conflict(f"{user.email} is switched off. Switch the account on first.")
    kind: LinkKind = "reset" if user.last_login_at or not _was_invited(session, user) else "invitation"
    audit.record_user(session, actor, "invite" if kind == "invitation" else "reset_link", user)
    return _new_link(session, user, kind=kind, sender=actor)


def request_reset(session: Session, *, email: str, ip: str) -> NewLink | None:
    """For somebody who says that they forgot it. None for an unknown address, or after several in an hour."""
    wanted = select(User).where(User.email == email.strip().casefold(), User.is_active).with_for_update()
    user = session.scalar(wanted)
    if user is None or _recent_resets(session, user) >= _RESETS_PER_HOUR:
        return None
    actor = to_actor(user, ip=ip)
    audit.record_user(session, actor, "request_reset", user)
    return _new_link(session, user, kind="reset", sender=actor)


def find_link(session: Session, token: str) -> LinkKind | None:
    """What the link is for, while it is good."""
    row = session.scalar(
        select(AccountLink)
        .join(AccountLink.user)
        .where(
            AccountLink.token_hash == crypto.hash_token(token),
            AccountLink.used_at.is_(None),
            AccountLink.expires_at > clock.now(),
            User.is_active,
        )
    )
    return cast(LinkKind, row.kind) if row else None


def use_link(session: Session, *, token: str, data: NewPassword, ip: str) -> None:
    """Set the password and sign out everywhere; raises NotFound when the link is used, over or unknown."""
    user = _user_of(session, token)
    if user is None:
        raise NotFound(_OVER)
    actor = to_actor(user, ip=ip)
    user.password_hash = crypto.hash_password(data.password)
    end_all_sessions(session, actor=actor, user=user)
    _forget_open_links(session, user)
    login_throttle.forget_account(session, email=user.email)
    audit.record_user(session, actor, "set_password", user)
    session.flush()


def _user_of(session: Session, token: str) -> User | None:
    """Use the link up. The condition stands in the update: of two browsers at once only one gets it."""
    mine = AccountLink.token_hash == crypto.hash_token(token)
    good = (AccountLink.used_at.is_(None), AccountLink.expires_at > clock.now())
    used = session.execute(update(AccountLink).where(mine, *good).values(used_at=clock.now()))
    if used.rowcount != 1:  # type: ignore[attr-defined] # the stubs know no cursor
        return None
    return session.scalar(select(User).join(AccountLink, AccountLink.user_id == User.id).where(mine, User.is_active))


def _new_link(session: Session, user: User, *, kind: LinkKind, sender: Actor) -> NewLink:
    """A newer link makes the older ones worthless."""
    token, now = crypto.new_secret(), clock.now()
    expires_at = now + LIFETIMES[kind]
    old = (AccountLink.kind == "reset", AccountLink.expires_at < now - timedelta(days=1))
    session.execute(delete(AccountLink).where(AccountLink.user_id == user.id, *old))
    session.execute(
        update(AccountLink)
        .where(AccountLink.user_id == user.id, AccountLink.used_at.is_(None), AccountLink.expires_at > now)
        .values(expires_at=now)
    )
    session.add(AccountLink(user_id=user.id, kind=kind, token_hash=crypto.hash_token(token), expires_at=expires_at))
    session.flush()
    return NewLink(
        kind=kind,
        user_id=user.id,
        email=user.email,
        name=user.name,
        expires_at=expires_at,
        sender_id=sender.id,
        sender_name=sender.name,
        url=f"{get_settings().base_url.rstrip('/')}/set-password/{token}",
    )


def _was_invited(session: Session, user: User) -> bool:
    links = select(func.count()).where(AccountLink.user_id == user.id, AccountLink.kind == "invitation")
    used = session.scalar(links.where(AccountLink.used_at.is_not(None)))
    return bool(session.scalar(links)) and not used


def _recent_resets(session: Session, user: User) -> int:
    since = clock.now() - timedelta(hours=1)
    recent = select(func.count()).where(
        AccountLink.user_id == user.id, AccountLink.kind == "reset", AccountLink.created_at > since
    )
    return session.scalar(recent) or 0


def _forget_open_links(session: Session, user: User) -> None:
    session.execute(delete(AccountLink).where(AccountLink.user_id == user.id, AccountLink.used_at.is_(None)))
