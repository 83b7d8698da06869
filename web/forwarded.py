"""What a proxy in front says about a request: believed from the proxies of the settings, dropped from others."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final

import uvicorn.config
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from core.settings import get_settings

_FORWARDED: Final = (b"forwarded", b"x-real-ip")
_SCHEMES: Final = {"http": {"http": "http", "websocket": "ws"}, "https": {"http": "https", "websocket": "wss"}}
_STATE: Final = "rooster_forwarded"


class Forwarded:
    """Puts the client's own address, scheme and host into the scope; no header of this kind goes further."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket"):
            _settle(scope)
        await self._app(scope, receive, send)


def came_through_a_proxy(scope: Scope) -> bool:
    """Any proxy, trusted or not: then the peer's address says nothing about the person."""
    return bool(scope.get("state", {}).get(_STATE))


def believe_our_setting_alone() -> None:
    """uvicorn would believe each peer on this machine before we see the request, whoever started it and how."""
    uvicorn.config.ProxyHeadersMiddleware = _unchanged


def _unchanged(app: ASGIApp, trusted_hosts: object) -> ASGIApp:  # noqa: ARG001 - the name is uvicorn's
    return app


def _settle(scope: Scope) -> None:
    headers = Headers(scope=scope)
    said = [name for name, _ in scope["headers"] if _is_forwarded(name)]
    scope["state"] = {**scope.get("state", {}), _STATE: bool(said)}
    peer = _address(scope["client"][0]) if scope.get("client") else None
    host = ""
    if peer is not None and _is_trusted(peer):
        _take_client(scope, headers.getlist("x-forwarded-for"))
        _take_scheme(scope, headers.get("x-forwarded-proto", ""))
        host = headers.get("x-forwarded-host", "").split(",")[-1].strip()
    kept = [(name, value) for name, value in scope["headers"] if not _is_forwarded(name)]
    scope["headers"] = _with_host(kept, host) if host else kept


def _take_client(scope: Scope, lines: Iterable[str]) -> None:
    """From the right, past the proxies that we trust: what stands left of the first other one, anybody may write."""
    for text in reversed(",".join(lines).split(",")):
        address = _address(text)
        if address is None:
            return
        scope["client"] = (str(address), 0)
        if not _is_trusted(address):
            return


def _take_scheme(scope: Scope, text: str) -> None:
    scheme = text.rpartition(",")[2].strip().lower()
    if scheme in _SCHEMES:
        scope["scheme"] = _SCHEMES[scheme][scope["type"]]


def _with_host(headers: list[tuple[bytes, bytes]], host: str) -> list[tuple[bytes, bytes]]:
    return [*((name, value) for name, value in headers if name.lower() != b"host"), (b"host", host.encode("latin-1"))]


def _is_forwarded(name: bytes) -> bool:
    return name.lower().startswith(b"x-forwarded-") or name.lower() in _FORWARDED


def _is_trusted(address: IPv4Address | IPv6Address) -> bool:
    return any(address in network for network in get_settings().proxy_networks)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """With or without a port; an IPv4 address in an IPv6 spelling is that IPv4 address."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ip_address(text)
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found
