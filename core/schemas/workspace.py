"""What everybody shares: the name, the language and the look of all reports."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field, WithJsonSchema

from core.document.languages import locale_names
from core.schemas.base import Id, Input, Instant, Name, Output
from core.text import did_you_mean

_COLOUR = re.compile(r"#?([0-9a-f]{6}|[0-9a-f]{3})", re.IGNORECASE)
# Of the encoded picture; base64 makes four characters of three bytes.
MAX_LOGO_BYTES = 500_000
_MAX_LOGO_CHARACTERS = MAX_LOGO_BYTES * 4 // 3 + 4


def _known_locale(value: str) -> str:
    name = value.replace("-", "_")
    if name not in locale_names():
        hint = did_you_mean(name, locale_names())
        raise ValueError(f"there is no language '{value[:20]}'; use one such as en_GB or de_DE.{hint}")
    return name


def _colour(value: str) -> str:
    found = _COLOUR.fullmatch(value)
    if found is None:
        raise ValueError(f"'{value[:20]}' is not a colour; write it as #3B5BDB")
    digits = found[1] if len(found[1]) == 6 else "".join(digit * 2 for digit in found[1])
    return f"#{digits.upper()}"


LocaleName = Annotated[str, AfterValidator(_known_locale)]
Colour = Annotated[
    str, AfterValidator(_colour), WithJsonSchema({"type": "string", "pattern": "^#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$"})
]
Logo = Annotated[str, Field(max_length=_MAX_LOGO_CHARACTERS, description="A PNG or JPEG as base64")]


class WorkspaceUpdate(Input):
    """Any part of it; null takes colour or logo away. `week_start` counts from 0, Monday."""

    name: Name | None = None
    locale: LocaleName | None = None
    week_start: Annotated[int, Field(ge=0, le=6)] | None = None
    brand_color: Colour | None = None
    logo: Logo | None = None


class WorkspaceResponse(Output):
    """`logo` is a PNG as base64."""

    id: Id
    name: str
    locale: str
    week_start: int
    brand_color: str | None
    logo: str | None
    updated_at: Instant | None
    version: int
