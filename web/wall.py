"""The login wall: a pure ASGI middleware, since others do not see WebSockets.

It stands before everything the process serves. Without a session only the paths of `web.paths` answer.
"""

from __future__ import annotations

import logging
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.database import DatabaseUnavailable
from web import cookies, identity, paths
from web.below import own_path
from web.sockets import LIVE, SIGNED_OUT, LiveSocket, LiveSockets

_log = logging.getLogger(__name__)
_SAFE_METHODS: Final = ("GET", "HEAD", "OPTIONS")
_HARDENING: Final = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "SAMEORIGIN",
    "referrer-policy": "same-origin",
}


class Wall:
    """Lets signed-in people through and tells everything behind it who they are."""

    def __init__(self, app: ASGIApp, sockets: LiveSockets = LIVE) -> None:
        self._app = app
        self._sockets = sockets

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._http(scope, receive, _hardened(send))
        elif scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        identity.strip_identity(scope)
        if paths.is_missing_bundle(scope):
            await PlainTextResponse("Nothing is here.", status_code=404)(scope, receive, send)
            return
        if paths.is_public(scope):
            await self._app(scope, receive, send)
            return
        try:
            refusal = await self._refusal(scope)
        except DatabaseUnavailable as error:
            _log.error("The database did not answer: %s", error)
            refusal = _unavailable(scope)
        await (refusal or self._app)(scope, receive, send)

    async def _refusal(self, scope: Scope) -> Response | None:
        """Attach who it is to the scope, or say why the request goes no further."""
        path = own_path(scope)
        is_api = paths.is_api(path)
        if paths.takes_bearer(path) and identity.bearer_token(scope) is not None:
            bearer = await identity.find_bearer(scope)
            if bearer is None:
                return _unauthorised(scope)
            identity.attach_actor(scope, bearer.actor)
            return _beyond(scope, bearer)
        signed_in = await identity.find_session(scope)
        if signed_in is None:
            return _unauthorised(scope)
        if is_api and scope["method"] not in _SAFE_METHODS:
            token = Headers(scope=scope).get("x-csrf-token", "")
            if not identity.csrf_fits(signed_in, token):
                return _missing_csrf()
        identity.attach_session(scope, signed_in)
        return None

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        identity.strip_identity(scope)
        signed_in = await identity.find_session(scope)
        token = cookies.read_cookie(scope, cookies.SESSION)
        if signed_in is None or token is None:
            await receive()
            # Before the handshake is accepted: the server answers it with 403.
            await send({"type": "websocket.close", "code": SIGNED_OUT})
            return
        identity.attach_session(scope, signed_in)
        await run_in_threadpool(identity.note_seen, signed_in.session_id)
        socket = LiveSocket(signed_in, token, receive, send)
        with self._sockets.opened(socket):
            await self._app(scope, socket.receive, socket.send)


def _unauthorised(scope: Scope) -> Response:
    path = own_path(scope)
    if paths.is_navigation(scope) and (not paths.is_api(path) or path == "/api/docs"):
        return RedirectResponse(paths.login_url(scope), status_code=303, headers={"cache-control": "no-store"})
    if paths.is_api(path):
        detail = "Sign in first, or send a valid token as 'Authorization: Bearer ...'."
        return JSONResponse({"detail": detail}, status_code=401, headers={"www-authenticate": "Bearer"})
    # Plain text: the pages would show the body of anything else in a dialog.
    return PlainTextResponse("Sign in first.", status_code=401)


def _beyond(scope: Scope, bearer: identity.Bearer) -> Response | None:
    """Why a token may not do this; None when it may."""
    reads = scope["method"] in ("GET", "HEAD")
    if not reads and not bearer.may_write:
        return JSONResponse({"detail": "This token may only read. Make one with the scope write."}, status_code=403)
    if not reads and bearer.is_personal and paths.gives_access(own_path(scope)):
        detail = (
            "Tokens, passwords, people and the workspace's mail account are changed by a person: sign in, "
            "or use a token of POST /api/auth/token."
        )
        return JSONResponse({"detail": detail}, status_code=403)
    return None


def _unavailable(scope: Scope) -> Response:
    text = "The database does not answer. Try again in a moment."
    if paths.is_api(own_path(scope)):
        return JSONResponse({"detail": text}, status_code=503)
    return PlainTextResponse(text, status_code=503)


def _missing_csrf() -> Response:
    detail = f"Send the value of the cookie {cookies.CSRF} in the header X-CSRF-Token, or use a bearer token."
    return JSONResponse({"detail": detail}, status_code=403)


def _hardened(send: Send) -> Send:
    async def send_hardened(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(raw=message.setdefault("headers", []))
            for name, value in _HARDENING.items():
                headers.setdefault(name, value)
        await send(message)

    return send_hardened
