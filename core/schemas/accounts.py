"""People: who acts, who signs in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from core.schemas.base import Email, Id, Input, Instant, Name, Output
from core.schemas.schedule import TimeZone

Role = Literal["admin", "analyst", "viewer"]
Password = Annotated[str, Field(min_length=10, max_length=200)]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something: every service takes one and filters by it."""

    id: Id
    email: str
    name: str
    role: Role
    timezone: str = "UTC"
    locale: str = "en_GB"
    ip: str = ""

    @property
    def is_admin(self) -> bool:
        return self.role == "admin"


class UserCreate(Input):
    email: Email
    name: Name
    password: Password
    role: Role = "analyst"
    timezone: TimeZone = "UTC"


class ProfileUpdate(Input):
    name: Name | None = None
    timezone: TimeZone | None = None


class PasswordChange(Input):
    current_password: str
    new_password: Password


class UserResponse(Output):
    id: Id
    email: str
    name: str
    role: Role
    timezone: str
    is_active: bool
    created_at: Instant
    last_login_at: Instant | None = None
    version: int


class TokenResponse(Output):
    access_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 - the word of the OAuth standard
    expires_in: int


class SessionResponse(Output):
    """A signed-in browser, as its owner sees it."""

    id: Id
    ip: str
    user_agent: str
    created_at: Instant
    last_seen_at: Instant
    expires_at: Instant
    is_current: bool = False
