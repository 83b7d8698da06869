"""Which paths are public, and where a browser may be sent."""

from __future__ import annotations

import re
from functools import cache
from ipaddress import ip_address
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlencode, urlsplit

import streamlit
from starlette.datastructures import Headers
from starlette.types import Scope

from web.below import address_of, own_path

LOGIN_PATH: Final = "/login"

# Compared whole with the decoded path that the router sees too, so no other spelling is public.
_PUBLIC: Final = frozenset(
    {
        LOGIN_PATH,
        "/login/style.css",
        "/login/logo.svg",
        "/login/favicon.svg",
        "/login/inter.woff2",
        "/forgot",
        "/api/health",
        "/api/email-config/presets",
        "/api/auth/token",
    }
)
# Streamlit's own bundles: their names carry a hash, they hold no data of anybody, and a tab whose session ended
# must still be able to load the chunk that shows it.
_BUNDLE: Final = re.compile(r"/static/(?:js|css|media)/[A-Za-z0-9_-][A-Za-z0-9._-]*\.(?:js|css|woff2|svg|png|gif)")
_BUNDLES: Final = Path(streamlit.__file__).parent / "static" / "static"
# The token of a link is its own proof; whether it is good is for the page to say.
_LINK: Final = re.compile(r"/set-password/[A-Za-z0-9_-]{43}")
# So is that of the links in mails: to a file, and to stop the mails.
_MAIL_LINKS: Final = {
    re.compile(r"/d/[A-Za-z0-9_-]{1,120}"): ("GET", "HEAD"),
    re.compile(r"/u/[A-Za-z0-9_-]{1,120}"): ("GET", "HEAD", "POST"),
}
_ACCESS: Final = re.compile(
    r"/api/(?:auth/(?:password|tokens(?:/.*)?)|users(?:/[^/]+(?:/(?:link|transfer))?)?|email-config/workspace)"
)
_UNSAFE: Final = re.compile(r"[\x00-\x20\x7f\\]")


def is_public(scope: Scope) -> bool:
    path = own_path(scope)
    if path in _PUBLIC or _LINK.fullmatch(path):
        return True
    if any(scope["method"] in methods and link.fullmatch(path) for link, methods in _MAIL_LINKS.items()):
        return True
    return _is_bundle(scope)


def is_missing_bundle(scope: Scope) -> bool:
    """Nothing of that name is installed: Streamlit would answer with its page, to anybody."""
    return _is_bundle(scope) and own_path(scope) not in _installed_bundles()


def _is_bundle(scope: Scope) -> bool:
    return scope["method"] in ("GET", "HEAD") and _BUNDLE.fullmatch(own_path(scope)) is not None


@cache
def _installed_bundles() -> frozenset[str]:
    found = (file.relative_to(_BUNDLES).as_posix() for file in _BUNDLES.glob("*/*") if file.is_file())
    return frozenset(f"/static/{name}" for name in found)


def is_api(path: str) -> bool:
    return path == "/api" or path.startswith("/api/")


def takes_bearer(path: str) -> bool:
    """The API, and the files whose addresses it gives out."""
    return is_api(path) or path.startswith("/files/")


def gives_access(path: str) -> bool:
    """Written to, it makes a token, a password or a person, takes over what others own, or moves their mail."""
    return _ACCESS.fullmatch(path) is not None


def is_navigation(scope: Scope) -> bool:
    """Is a person looking at a page, rather than a script fetching something?"""
    headers = Headers(scope=scope)
    if scope["method"] not in ("GET", "HEAD") or "text/html" not in headers.get("accept", ""):
        return False
    return headers.get("sec-fetch-mode", "navigate") == "navigate"


def login_url(scope: Scope) -> str:
    """The login page, which leads back to the page that was asked for."""
    target = quote(scope["path"], safe="/")
    if scope["query_string"]:
        target += "?" + scope["query_string"].decode("latin-1")
    if safe_next(target) == address_of("/"):
        return address_of(LOGIN_PATH)
    return f"{address_of(LOGIN_PATH)}?{urlencode({'next': target})}"


def is_loopback(address: str) -> bool:
    try:
        return ip_address(address.strip("[]")).is_loopback
    except ValueError:
        return False


def safe_next(target: str) -> str:
    """An address of our own to go to after the login, or the home page."""
    return target if _is_page(target) else address_of("/")


def _is_page(target: str) -> bool:
    if not target.startswith(address_of("/")) or target.startswith("//") or _UNSAFE.search(target):
        return False
    try:
        parts = urlsplit(target)
    except ValueError:
        return False
    path = parts.path.removeprefix(address_of(""))
    return not (parts.scheme or parts.netloc or path in (LOGIN_PATH, "/logout") or is_api(path))
