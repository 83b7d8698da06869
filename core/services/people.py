"""Turning a person's row into what the rest of the house sees of them."""

from __future__ import annotations

import uuid
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import Forbidden
from core.models import User
from core.schemas.accounts import Actor, Role, UserResponse
from core.text import fingerprint


def to_actor(user: User, *, ip: str = "") -> Actor:
    return Actor(
        id=user.id,
        email=user.email,
        name=user.name,
        role=cast(Role, user.role),
        timezone=user.timezone,
        locale=user.locale,
        ip=ip,
    )


def find_actor(session: Session, *, user_id: uuid.UUID) -> Actor | None:
    """The person behind an id, when they are active."""
    user = session.scalar(select(User).where(User.id == user_id, User.is_active))
    return to_actor(user) if user else None


def show_user(user: User) -> UserResponse:
    """As everybody is answered; the version changes with everything that a form about a person shows."""
    version = version_of(user)
    shown = {name: getattr(user, name) for name in UserResponse.model_fields if name != "version"}
    return UserResponse(**shown, version=version)


def version_of(user: User) -> int:
    return fingerprint(user.email, user.name, user.role, user.timezone, user.is_active)


def require_editor(actor: Actor) -> None:
    """Viewers read what was shared with them and change nothing; raises Forbidden."""
    if actor.role == "viewer":
        raise Forbidden(
            "You may look at what was shared with you, but not change or run anything. Ask an administrator."
        )


def require_admin(actor: Actor) -> None:
    """People and what everybody shares are the administrators' alone; raises Forbidden."""
    if not actor.is_admin:
        raise Forbidden("Only an administrator may do this.")
