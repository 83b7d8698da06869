"""Names and flags of the cookies, and reading them from an ASGI scope."""

from __future__ import annotations

from http.cookies import CookieError, SimpleCookie
from typing import Final

from starlette.responses import Response
from starlette.types import Scope

from core.settings import get_settings
from web.below import address_of

SESSION: Final = "rooster_session"
# Not HttpOnly: scripts of our own origin read it and send it back in the header `X-CSRF-Token`.
CSRF: Final = "rooster_csrf"
# Ties the login form to the browser that asked for it, before there is a session.
LOGIN: Final = "rooster_login"
# The same for the pages on which somebody without a session chooses a password.
FORM: Final = "rooster_form"
LIFETIME_S: Final = 12 * 60 * 60


def read_cookie(scope: Scope, name: str) -> str | None:
    """One cookie of a request or of a WebSocket handshake."""
    for key, value in scope["headers"]:
        if key == b"cookie":
            found = _parse(value.decode("latin-1")).get(name)
            if found:
                return found
    return None


def sign_in_cookies(response: Response, *, token: str, csrf: str) -> None:
    secure, path = get_settings().secure_cookies, _path()
    response.set_cookie(SESSION, token, max_age=LIFETIME_S, path=path, httponly=True, samesite="lax", secure=secure)
    response.set_cookie(CSRF, csrf, max_age=LIFETIME_S, path=path, samesite="strict", secure=secure)
    response.delete_cookie(LOGIN, path=address_of("/login"))


def sign_out_cookies(response: Response) -> None:
    secure, path = get_settings().secure_cookies, _path()
    response.delete_cookie(SESSION, path=path, httponly=True, samesite="lax", secure=secure)
    response.delete_cookie(CSRF, path=path, samesite="strict", secure=secure)


def login_cookie(response: Response, token: str) -> None:
    secure = get_settings().secure_cookies
    response.set_cookie(LOGIN, token, path=address_of("/login"), httponly=True, samesite="strict", secure=secure)


def _path() -> str:
    """Other applications of the same host never see ours."""
    return get_settings().base_path or "/"


def form_cookie(response: Response, token: str) -> None:
    secure = get_settings().secure_cookies
    response.set_cookie(FORM, token, path=_path(), httponly=True, samesite="strict", secure=secure)


def _parse(header: str) -> dict[str, str]:
    """Each pair on its own, so that one that is malformed does not hide the others."""
    found: dict[str, str] = {}
    for pair in header.split(";"):
        cookie: SimpleCookie = SimpleCookie()
        try:
            cookie.load(pair.strip())
        except CookieError:
            continue
        found.update({name: morsel.value for name, morsel in cookie.items() if name not in found})
    return found
