"""Shared parts: the strict base model, instants with `Z`, names, e-mail addresses."""

from __future__ import annotations

import unicodedata
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Final, Generic, Literal, TypeVar

import email_validator
from email_validator import EmailNotValidError, validate_email
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
    field_validator,
)

from core import clock
from core.schemas.plain import refuse_unstorable
from core.text import one_line

# Companies do have mail servers under these names; the library's documented way to allow them is this list.
for _internal in ("local", "test", "localhost"):
    if _internal in email_validator.SPECIAL_USE_DOMAIN_NAMES:
        email_validator.SPECIAL_USE_DOMAIN_NAMES.remove(_internal)


class Input(BaseModel):
    """What a person or a client sends."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, validate_default=True)

    @field_validator("*", mode="before")
    @classmethod
    def _storable(cls, value: Any) -> Any:
        return refuse_unstorable(value)


class Output(BaseModel):
    """What they get back, built inside the session from a row."""

    model_config = ConfigDict(from_attributes=True)


Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """One page of a list, and how many there are in all."""

    items: list[Item]
    total: int


# JSON knows numbers and truth: "3" is none, and true is not 1.
Whole = Annotated[int, Field(strict=True)]
Flag = Annotated[bool, Field(strict=True)]
Instant = Annotated[datetime, PlainSerializer(clock.iso, return_type=str, when_used="json")]


def _no_control_characters(value: str) -> str:
    if any(unicodedata.category(ch) == "Cc" and ch not in "\n\t" for ch in value):
        raise ValueError("control characters are not allowed")
    return value


def _single_line(value: str) -> str:
    if any(unicodedata.category(ch) in ("Cc", "Zl", "Zp") or ch in _TURNS for ch in value):
        raise ValueError("use one line without control characters")
    return value


def _visible(value: str) -> str:
    if value and all(unicodedata.category(ch) in ("Cf", "Zs", "Mn") for ch in value):
        raise ValueError("nothing of it can be seen; write something")
    return value


def _utc(value: datetime) -> datetime:
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise ValueError("use a year between 1 and 9999") from None


# They make a name look like another one.
_TURNS: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
Name = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_single_line), AfterValidator(_visible)]
Line = Annotated[str, Field(max_length=1000), AfterValidator(_single_line)]
Prose = Annotated[str, Field(max_length=50_000), AfterValidator(_no_control_characters)]


def normal_email(value: Any) -> str:
    """A valid address, its domain in lower case; internal domains (`.local`, `.test`, one label) are valid too."""
    if not isinstance(value, str):
        raise ValueError("an e-mail address is text such as dana@example.com")
    try:
        found = validate_email(
            value.strip(), check_deliverability=False, globally_deliverable=False, allow_smtputf8=False
        )
    except EmailNotValidError as error:
        raise ValueError(f"'{one_line(value)}' is not a valid e-mail address: {error}") from None
    return found.normalized


Email = Annotated[str, BeforeValidator(normal_email), WithJsonSchema({"type": "string", "format": "email"})]
Id = uuid.UUID
# What a client sends: any offset, held in UTC.
Moment = Annotated[AwareDatetime, AfterValidator(_utc)]
# How much a person may do with an object they see.
Access = Literal["owner", "edit", "read"]
