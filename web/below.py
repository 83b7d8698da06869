"""The path below which everything is served, when `ROOSTER_BASE_URL` has one."""

from __future__ import annotations

from http import HTTPStatus

from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from core.settings import get_settings


def address_of(path: str) -> str:
    """One of our paths as a browser asks for it: `/login` is `/reports/login` below `/reports`."""
    return get_settings().base_path + path


def own_path(scope: Scope) -> str:
    """The path as our rules know it, without the one in front."""
    path: str = scope["path"]
    return path.removeprefix(get_settings().base_path) or "/"


class OnlyBelow:
    """Nothing is ours beside that path: the front door leads to it, everything else does not exist."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket") or _is_below(scope["path"]):
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close"})
        else:
            await _elsewhere(scope["path"])(scope, receive, send)


def _is_below(path: str) -> bool:
    base = get_settings().base_path
    return not base or path.startswith(base + "/")


def _elsewhere(path: str) -> Response:
    if path in ("/", get_settings().base_path):
        return RedirectResponse(address_of("/"), status_code=HTTPStatus.TEMPORARY_REDIRECT)
    return PlainTextResponse(f"Nothing is here. Rooster is at {address_of('/')}", status_code=HTTPStatus.NOT_FOUND)
