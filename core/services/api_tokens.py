"""Tokens that people make for their own scripts: shown once, stored hashed, revoked at any time."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, cast

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from core import clock, crypto
from core.errors import Forbidden, LimitReached, NotFound
from core.models import ApiToken, User
from core.schemas.accounts import Actor
from core.schemas.base import Page
from core.schemas.people import ApiTokenCreate, ApiTokenCreated, ApiTokenResponse, Scope
from core.services import audit
from core.services.common import read_page
from core.services.people import to_actor

PREFIX: Final = "rst_"
_MOST: Final = 50
_NOTED_EVERY: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class TokenHolder:
    """Who sent a token and what it may do; `is_stale` asks for `note_use`."""

    actor: Actor
    token_id: uuid.UUID
    scope: Scope
    is_stale: bool


def is_api_token(text: str) -> bool:
    """One of ours, rather than a JWT?"""
    return text.startswith(PREFIX)


def create_token(session: Session, *, actor: Actor, data: ApiTokenCreate) -> ApiTokenCreated:
    """The only time that the token is seen. Raises Forbidden for a viewer who wants to write, or LimitReached."""
    if actor.role == "viewer" and data.scope == "write":
        raise Forbidden("You may read only, so your tokens may too. Choose the scope read.")
    count = session.scalar(select(func.count()).where(ApiToken.user_id == actor.id)) or 0
    if count >= _MOST:
        raise LimitReached(f"{_MOST} tokens are the limit. Revoke one that is not needed any more.")
    token = PREFIX + crypto.new_secret()
    row = ApiToken(
        user_id=actor.id,
        name=data.name,
        token_hash=crypto.hash_token(token),
        scope=data.scope,
        expires_at=data.expires_at,
    )
    session.add(row)
    session.flush()
    _record(session, actor, "create", row)
    return ApiTokenCreated(**ApiTokenResponse.model_validate(row).model_dump(), token=token)


def list_tokens(session: Session, *, actor: Actor, offset: int = 0, limit: int = 50) -> Page[ApiTokenResponse]:
    """One's own, newest first."""
    query = select(ApiToken).where(ApiToken.user_id == actor.id)
    order = (ApiToken.created_at.desc(), ApiToken.id)
    return read_page(session, query, show=ApiTokenResponse.model_validate, order=order, offset=offset, limit=limit)


def revoke_token(session: Session, *, actor: Actor, token_id: uuid.UUID) -> None:
    """It is worth nothing from now on; raises NotFound."""
    row = session.scalar(select(ApiToken).where(ApiToken.id == token_id, ApiToken.user_id == actor.id))
    if row is None:
        raise NotFound("There is no such token.")
    _record(session, actor, "revoke", row)
    session.delete(row)
    session.flush()


def find_holder(session: Session, token: str) -> TokenHolder | None:
    """Who holds this token; None when it is unknown, over, or its person is switched off."""
    now = clock.now()
    row = session.scalar(
        select(ApiToken)
        .join(ApiToken.user)
        .where(
            ApiToken.token_hash == crypto.hash_token(token),
            or_(ApiToken.expires_at.is_(None), ApiToken.expires_at > now),
            User.is_active,
        )
    )
    if row is None:
        return None
    stale = row.last_used_at is None or row.last_used_at < now - _NOTED_EVERY
    return TokenHolder(to_actor(row.user), row.id, cast(Scope, row.scope), stale)


def note_use(session: Session, *, token_id: uuid.UUID) -> None:
    """At most once a minute: a script that asks all the time must not write all the time."""
    now = clock.now()
    stale = or_(ApiToken.last_used_at.is_(None), ApiToken.last_used_at < now - _NOTED_EVERY)
    session.execute(update(ApiToken).where(ApiToken.id == token_id, stale).values(last_used_at=now))


def _record(session: Session, actor: Actor, action: str, row: ApiToken) -> None:
    audit.record(
        session,
        actor=actor,
        action=action,
        object_type="api_token",
        object_id=row.id,
        object_name=row.name,
        detail={"scope": row.scope},
    )
