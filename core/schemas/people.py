"""Looking after people: accounts, invitations, links, API tokens."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, field_validator

from core import clock
from core.schemas.accounts import Password, Role
from core.schemas.base import Email, Flag, Id, Input, Instant, Moment, Name, Output
from core.schemas.schedule import TimeZone

LinkKind = Literal["invitation", "reset"]
Scope = Literal["read", "write"]


class UserUpdate(Input):
    """Any part of it. A new password, or `is_active` false, signs the person out everywhere."""

    email: Email | None = None
    name: Name | None = None
    password: Password | None = None
    role: Role | None = None
    timezone: TimeZone | None = None
    is_active: Flag | None = None


class UserInvite(Input):
    """Somebody new who chooses the password through a link."""

    email: Email
    name: Name
    role: Role = "analyst"
    timezone: TimeZone = "UTC"


class NewPassword(Input):
    password: Password


class LinkResult(Output):
    """What became of a link. `url` is there only when no mail took it: hand it over, it is shown once."""

    email: str
    kind: LinkKind
    expires_at: Instant
    sent: bool
    url: str | None = Field(default=None, repr=False)
    detail: str


class Transfer(Input):
    """The id of the person who owns the things from now on."""

    to: Id


class TransferResult(Output):
    """How many of each kind changed hands, by the names of the API."""

    moved: dict[str, int]


class ApiTokenCreate(Input):
    """A `read` token may only GET; without `expires_at` it is good until it is revoked."""

    name: Annotated[Name, Field(max_length=100)]
    scope: Scope = "read"
    expires_at: Moment | None = None

    @field_validator("expires_at")
    @classmethod
    def _in_the_future(cls, value: datetime | None) -> datetime | None:
        if value is not None and value <= clock.now():
            raise ValueError("choose a time that is yet to come")
        return value


class ApiTokenResponse(Output):
    id: Id
    name: str
    scope: Scope
    created_at: Instant
    expires_at: Instant | None
    last_used_at: Instant | None


class ApiTokenCreated(ApiTokenResponse):
    """The one answer that holds the token itself."""

    token: str = Field(repr=False)
