"""Shared parts: the strict base model, instants with `Z`, names, e-mail addresses."""

from __future__ import annotations

import unicodedata
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Generic, Literal, TypeVar

import email_validator
from email_validator import EmailNotValidError, validate_email
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationError,
    WithJsonSchema,
    field_validator,
)

from core import clock
from core.errors import InvalidInput
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


Instant = Annotated[datetime, PlainSerializer(clock.iso, return_type=str, when_used="json")]


def _no_control_characters(value: str) -> str:
    if any(unicodedata.category(ch) == "Cc" and ch not in "\n\t" for ch in value):
        raise ValueError("control characters are not allowed")
    return value


def _single_line(value: str) -> str:
    if any(unicodedata.category(ch) in ("Cc", "Zl", "Zp") for ch in value):
        raise ValueError("use one line without control characters")
    return value


Name = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_single_line)]
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
# How much a person may do with an object they see.
Access = Literal["owner", "edit", "read"]


def first_error(error: ValidationError) -> InvalidInput:
    """The first refusal of pydantic as one sentence that names the field."""
    problem = error.errors()[0]
    path = ".".join(str(part) for part in problem["loc"] if not str(part).startswith("function-"))
    reason = str(problem["msg"]).removeprefix("Value error, ").rstrip(".")
    if problem["type"] == "extra_forbidden":
        reason = "there is no such field; remove it"
    if problem["type"] == "missing":
        reason = "this field is required"
    sentence = reason if reason.endswith("?") else f"{reason}."
    return InvalidInput(f"{path}: {sentence}" if path else sentence, field=path or None)
