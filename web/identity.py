"""Who stands behind a request: a session cookie or, for the REST API, a bearer token."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import quote
from uuid import UUID

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.types import Scope

from core import crypto
from core.database import read_scope, session_scope
from core.schemas.accounts import Actor
from core.services import accounts, api_tokens
from core.services.accounts import SignedIn
from web import cookies

IDENTITY_PREFIX: Final = b"x-app-"
_STATE: Final = "rooster_signed_in"
_ACTOR: Final = "rooster_actor"


def client_ip(scope: Scope) -> str:
    client = scope.get("client")
    return client[0] if client else ""


async def find_session(scope: Scope) -> SignedIn | None:
    """The session of the request's cookie, while it is valid and its person is active."""
    token = cookies.read_cookie(scope, cookies.SESSION)
    return await run_in_threadpool(find_session_of, token) if token else None


def find_session_of(token: str) -> SignedIn | None:
    with read_scope() as session:
        return accounts.find_session(session, token)


def note_seen(session_id: UUID) -> None:
    """For the list of a person's browsers."""
    with session_scope() as session:
        accounts.touch_session(session, session_id=session_id)


@dataclass(frozen=True, slots=True)
class Bearer:
    """The person of a token; `is_personal` is one that they made for a script, the other kind lasts an hour."""

    actor: Actor
    may_write: bool = True
    is_personal: bool = False


async def find_bearer(scope: Scope) -> Bearer | None:
    """The person of `Authorization: Bearer`, with either kind of token."""
    token = bearer_token(scope)
    return await run_in_threadpool(_bearer_of, token) if token else None


def bearer_token(scope: Scope) -> str | None:
    """The token of the header; an empty text when the header is there but holds none."""
    header = Headers(scope=scope).get("authorization")
    if header is None:
        return None
    scheme, _, token = header.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _bearer_of(token: str) -> Bearer | None:
    if api_tokens.is_api_token(token):
        return _personal(token)
    with read_scope() as session:
        actor = accounts.find_actor_of_token(session, token)
    return Bearer(actor) if actor else None


def _personal(token: str) -> Bearer | None:
    with read_scope() as session:
        holder = api_tokens.find_holder(session, token)
    if holder is None:
        return None
    if holder.is_stale:
        with session_scope() as session:
            api_tokens.note_use(session, token_id=holder.token_id)
    return Bearer(holder.actor, may_write=holder.scope == "write", is_personal=True)


def strip_identity(scope: Scope) -> None:
    """Drop the identity headers that a client sent: only the wall may write them."""
    scope["headers"] = [
        (name, value)
        for name, value in scope["headers"]
        if not name.lower().replace(b"_", b"-").startswith(IDENTITY_PREFIX)
    ]


def attach_session(scope: Scope, signed_in: SignedIn) -> None:
    """Tell the routes and the pages who it is; the pages see it as `st.user`."""
    attach_actor(scope, signed_in.actor)
    scope["state"][_STATE] = signed_in
    scope["headers"] = [*scope["headers"], *_headers(signed_in)]


def attach_actor(scope: Scope, actor: Actor) -> None:
    scope["state"] = {**scope.get("state", {}), _ACTOR: replace(actor, ip=client_ip(scope))}


def actor_of(scope: Scope) -> Actor | None:
    found = scope.get("state", {}).get(_ACTOR)
    return found if isinstance(found, Actor) else None


def session_of(scope: Scope) -> SignedIn | None:
    found = scope.get("state", {}).get(_STATE)
    return found if isinstance(found, SignedIn) else None


def csrf_fits(signed_in: SignedIn, token: str) -> bool:
    return crypto.same(crypto.hash_token(token), signed_in.csrf_hash)


def _headers(signed_in: SignedIn) -> list[tuple[bytes, bytes]]:
    """Percent-encoded, since a header is ASCII and a name need not be; the session's id is what counts."""
    values = {
        "email": signed_in.actor.email,
        "name": signed_in.actor.name,
        "role": signed_in.actor.role,
    }
    named = {f"user-{key}": value for key, value in values.items()} | {"session": str(signed_in.session_id)}
    return [(IDENTITY_PREFIX + key.encode(), quote(value, safe="@ +").encode()) for key, value in named.items()]
