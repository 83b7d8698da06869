"""Bodies that are too large are refused, by their announced length or while they arrive."""

from __future__ import annotations

from typing import Final

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.text import human_size
from web.below import own_path

_FORM: Final = 16 * 1024
_LIMITS: Final = {"/api": 1024 * 1024, **dict.fromkeys(("/login", "/logout", "/forgot", "/set-password", "/u"), _FORM)}


class _TooLarge(Exception):
    """More arrived than was allowed."""


class BodyLimit:
    """Guards the routes of ours that read a whole body; Streamlit limits its uploads itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        limit = _limit_of(own_path(scope)) if scope["type"] == "http" else None
        if limit is None:
            await self._app(scope, receive, send)
            return
        if _announced(scope) > limit:
            await _refusal(limit)(scope, receive, send)
            return
        body = _CountedBody(scope, receive, send, limit=limit)
        try:
            await self._app(scope, body.receive, body.send)
        except _TooLarge:
            await body.refuse()


class _CountedBody:
    """Counts a body that arrives in pieces; once it is too large, the only answer is 413."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, *, limit: int) -> None:
        self._scope, self._receive, self._send, self._limit = scope, receive, send, limit
        self._arrived = 0
        self._answered = False

    async def receive(self) -> Message:
        message = await self._receive()
        self._arrived += len(message.get("body", b""))
        if self._arrived > self._limit:
            raise _TooLarge
        return message

    async def send(self, message: Message) -> None:
        # The application may have turned the error above into an answer of its own.
        if self._arrived > self._limit:
            await self.refuse()
            return
        self._answered = True
        await self._send(message)

    async def refuse(self) -> None:
        if not self._answered:
            self._answered = True
            await _refusal(self._limit)(self._scope, self._receive, self._send)


def _limit_of(path: str) -> int | None:
    return next((limit for prefix, limit in _LIMITS.items() if path == prefix or path.startswith(prefix + "/")), None)


def _announced(scope: Scope) -> int:
    """The announced length; one that is not a number cannot be trusted and counts as too large."""
    text = Headers(scope=scope).get("content-length", "0")
    return int(text) if text.isdecimal() else max(_LIMITS.values()) + 1


def _refusal(limit: int) -> JSONResponse:
    return JSONResponse({"detail": f"The request is larger than {human_size(limit)}."}, status_code=413)
