"""What the plain routes share: the actor, the ids in a path, and errors as one sentence."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec
from uuid import UUID

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from core.errors import RoosterError
from core.schemas.accounts import Actor
from web import identity
from web.statuses import status_of

Arguments = ParamSpec("Arguments")


async def ask(answer: Callable[Arguments, Response], *arguments: Arguments.args, **named: Arguments.kwargs) -> Response:
    """Run it in a thread; an error for people becomes plain text with the right status."""
    try:
        return await run_in_threadpool(answer, *arguments, **named)
    except RoosterError as error:
        return PlainTextResponse(error.message, status_code=status_of(error))


def current_actor(request: Request) -> Actor:
    actor = identity.actor_of(request.scope)
    assert actor is not None, "the wall lets nobody else through"
    return actor


def uuid_of(request: Request, name: str) -> UUID:
    """The id in the path; text that is no id names nothing."""
    try:
        return UUID(request.path_params[name])
    except ValueError:
        return UUID(int=0)


def number(request: Request, name: str, *, default: int) -> int:
    """A small number of the query; anything else names nothing that exists."""
    text = request.query_params.get(name, str(default))
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else -1
