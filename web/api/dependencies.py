"""What most routes take: the actor, a page of a list, and the shapes of refusals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Final, TypeVar

from fastapi import Depends, HTTPException, Query, Request, Response
from fastapi.security import OAuth2PasswordBearer
from pydantic import BaseModel

from core.schemas.accounts import Actor
from core.schemas.base import Page
from web import identity

Item = TypeVar("Item")
MAX_LIMIT: Final = 200

# For the document only: the wall has checked the token, or the session cookie, before a request arrives here.
_scheme = OAuth2PasswordBearer(tokenUrl="auth/token", auto_error=False)


class Problem(BaseModel):
    """A refusal in plain words."""

    detail: str


class Fault(BaseModel):
    """One thing that breaks a rule; `loc` says where it stands."""

    loc: list[str | int]
    msg: str
    type: str


class Faults(BaseModel):
    """What was sent breaks rules."""

    detail: list[Fault]


FAULTS: Final[dict[int | str, dict[str, Any]]] = {422: {"model": Faults, "description": "What was sent breaks a rule"}}
REFUSALS: Final[dict[int | str, dict[str, Any]]] = {
    status: {"model": Problem, "description": text}
    for status, text in {
        400: "The other side refused, for example the database",
        401: "Neither a token nor a session",
        403: "Your role or your token does not allow this, or a session without the header X-CSRF-Token",
        404: "It does not exist, or it belongs to somebody else",
        409: "Its present state forbids this",
        412: "It was changed since the version in If-Match",
        413: "The body is larger than 1 MiB",
        429: "A limit is reached",
    }.items()
}


async def _current_actor(request: Request, _token: Annotated[str | None, Depends(_scheme)]) -> Actor:
    actor = identity.actor_of(request.scope)
    if actor is None:
        raise HTTPException(401, "Sign in first.", headers={"www-authenticate": "Bearer"})
    return actor


CurrentActor = Annotated[Actor, Depends(_current_actor)]


@dataclass(frozen=True, slots=True)
class Window:
    """Which part of a list."""

    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = 50


ListWindow = Annotated[Window, Depends()]
Search = Annotated[str, Query(max_length=200)]


def counted(response: Response, page: Page[Item]) -> list[Item]:
    """The items as the body, the total as a header."""
    response.headers["x-total-count"] = str(page.total)
    return page.items
