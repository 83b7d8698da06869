"""Versions of objects: what a client read goes out as `ETag` and comes back as `If-Match`."""

from __future__ import annotations

import re
from typing import Annotated, Final, Protocol, TypeVar

from fastapi import Depends, Header, Response

# No object has it: a tag that is none of ours fits nothing.
_NEVER: Final = 0
_TAG: Final = re.compile(r'(?:W/)?"(\d{1,9})"')


class Versioned(Protocol):
    """An answer that knows its version."""

    version: int


Answer = TypeVar("Answer", bound=Versioned)


def tagged(response: Response, answer: Answer) -> Answer:
    """The answer as it is, its version as a header."""
    response.headers["etag"] = f'"{answer.version}"'
    return answer


def _expected_version(
    if_match: Annotated[
        str | None,
        Header(max_length=200, description="The `ETag` that was read; 412 when somebody changed the object since."),
    ] = None,
) -> int | None:
    """The version of the header; None when there is none, or any will do. A proxy may have made a tag weak."""
    if if_match is None or if_match.strip() == "*":
        return None
    found = _TAG.fullmatch(if_match.strip())
    return int(found[1]) if found else _NEVER


ExpectedVersion = Annotated[int | None, Depends(_expected_version)]
