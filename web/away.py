"""What a page of ours says while the database is away."""

from __future__ import annotations

import functools
import logging
from collections.abc import Awaitable, Callable
from typing import Final

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from core.database import DatabaseUnavailable

Endpoint = Callable[[Request], Awaitable[Response]]
TEXT: Final = "The database does not answer. Try again in a moment."
_log = logging.getLogger(__name__)


def told_when_away(endpoint: Endpoint) -> Endpoint:
    """The endpoint; instead of an error it answers 503 in words."""

    @functools.wraps(endpoint)
    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except DatabaseUnavailable as error:
            _log.error("The database did not answer: %s", error)
            return PlainTextResponse(TEXT, status_code=503, headers={"retry-after": "5"})

    return answer
