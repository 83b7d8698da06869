"""The login page, logging in and out: rendered by the server, and complete without JavaScript."""

from __future__ import annotations

import math
from http import HTTPStatus
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from core import crypto
from core.database import read_scope, session_scope
from core.errors import LoginFailed, Throttled
from core.services import accounts
from core.services.accounts import NewSession, SignedIn
from core.services.demo_login import find_demo_login, refuse_from_elsewhere
from core.services.installation import Login
from core.settings import ROOT
from core.text import plural
from web import cookies, identity
from web.below import address_of
from web.forwarded import came_through_a_proxy
from web.login_page import login_page, logout_page, stylesheet
from web.paths import is_loopback, safe_next
from web.sockets import LIVE

_FILES: Final = {
    "logo.svg": ("logo.svg", "image/svg+xml"),
    "favicon.svg": ("favicon.svg", "image/svg+xml"),
    "inter.woff2": ("inter-latin-wght-normal.woff2", "font/woff2"),
}
_CACHED: Final = {"cache-control": "public, max-age=86400"}
_NO_ACCOUNT: Final = "There is no account yet. Make the first one on the server: python -m core.cli create-admin"
_STALE_FORM: Final = "This form was open for too long or cookies are switched off. Try again."


async def show_login(request: Request) -> Response:
    target = safe_next(request.query_params.get("next", ""))
    if await identity.find_session(request.scope) is not None:
        return RedirectResponse(target, status_code=303)
    return await run_in_threadpool(_first_form, request, target)


async def log_in(request: Request) -> Response:
    form = await request.form(max_files=0, max_fields=10)
    target = safe_next(_text(form, "next"))
    email = _text(form, "email")
    if not _csrf_fits(request, form):
        return _form(request, target=target, email=email, error=_STALE_FORM, status=HTTPStatus.FORBIDDEN)
    try:
        signed_in = await run_in_threadpool(_sign_in, request, email, _text(form, "password"))
    except Throttled as error:
        return _throttled(request, error, target=target, email=email)
    except LoginFailed as error:
        return _form(request, target=target, email=email, error=error.message, status=HTTPStatus.UNAUTHORIZED)
    response = RedirectResponse(target, status_code=303, headers={"cache-control": "no-store"})
    cookies.sign_in_cookies(response, token=signed_in.token, csrf=signed_in.csrf)
    return response


async def show_logout(request: Request) -> Response:
    """A page with one button, for links: a GET request must not end a session."""
    csrf = cookies.read_cookie(request.scope, cookies.CSRF) or ""
    return logout_page(csrf=csrf)


async def log_out(request: Request) -> Response:
    signed_in = identity.session_of(request.scope)
    assert signed_in is not None, "the wall lets nobody else through"
    form = await request.form(max_files=0, max_fields=5)
    if not identity.csrf_fits(signed_in, _text(form, "csrf")):
        return PlainTextResponse("This form is out of date. Go back, reload the page and try again.", status_code=403)
    await run_in_threadpool(_sign_out, signed_in)
    LIVE.end_session(signed_in.session_id)
    response = RedirectResponse(address_of("/login"), status_code=303, headers={"cache-control": "no-store"})
    cookies.sign_out_cookies(response)
    return response


async def show_asset(request: Request) -> Response:
    name = request.url.path.rpartition("/")[2]
    if name == "style.css":
        return Response(stylesheet(), media_type="text/css", headers=_CACHED)
    file, media_type = _FILES[name]
    return FileResponse(ROOT / "static" / file, media_type=media_type, headers=_CACHED)


def routes() -> list[Route]:
    assets = [Route(f"/login/{name}", show_asset) for name in ("style.css", *_FILES)]
    return [
        Route("/login", show_login, methods=["GET"]),
        Route("/login", log_in, methods=["POST"]),
        Route("/logout", show_logout, methods=["GET"]),
        Route("/logout", log_out, methods=["POST"]),
        *assets,
    ]


def _sign_in(request: Request, email: str, password: str) -> NewSession:
    ip = identity.client_ip(request.scope)
    refuse_from_elsewhere(email=email, password=password, ip=ip)
    with session_scope() as session:
        user = accounts.authenticate(session, email=email, password=password, ip=ip)
    with session_scope() as session:
        return accounts.create_session(
            session,
            user_id=user.id,
            ip=ip,
            user_agent=request.headers.get("user-agent", ""),
            replaces=cookies.read_cookie(request.scope, cookies.SESSION),
        )


def _sign_out(signed_in: SignedIn) -> None:
    with session_scope() as session:
        accounts.end_session(session, actor=signed_in.actor, session_id=signed_in.session_id)


def _first_form(request: Request, target: str) -> Response:
    """The empty form; on one's own machine it names the sample's log-in."""
    with read_scope() as session:
        notice = "" if accounts.has_users(session) else _NO_ACCOUNT
        demo = find_demo_login(session) if _comes_from_this_machine(request) else None
    return _form(request, target=target, notice=notice, demo=demo)


def _comes_from_this_machine(request: Request) -> bool:
    """By its address and by the name it used, with nothing in between."""
    return not came_through_a_proxy(request.scope) and all(
        name == "localhost" or is_loopback(name)
        for name in (identity.client_ip(request.scope), request.url.hostname or "")
    )


def _form(
    request: Request,
    *,
    target: str,
    email: str = "",
    error: str = "",
    notice: str = "",
    demo: Login | None = None,
    status: int = HTTPStatus.OK,
) -> Response:
    """The form with a token that only the browser holding its cookie can send back."""
    token = cookies.read_cookie(request.scope, cookies.LOGIN) or crypto.new_secret()
    response = login_page(
        csrf=crypto.hash_token(token),
        target=target,
        email=email,
        error=error,
        notice=notice,
        demo=demo,
        status=status,
    )
    cookies.login_cookie(response, token)
    return response


def _throttled(request: Request, error: Throttled, *, target: str, email: str) -> Response:
    minutes = plural(math.ceil(error.retry_after / 60), "minute")
    text = f"Too many attempts. Try again in {minutes}."
    response = _form(request, target=target, email=email, error=text, status=HTTPStatus.TOO_MANY_REQUESTS)
    response.headers["retry-after"] = str(error.retry_after)
    return response


def _csrf_fits(request: Request, form: FormData) -> bool:
    token = cookies.read_cookie(request.scope, cookies.LOGIN)
    return token is not None and crypto.same(crypto.hash_token(token), _text(form, "csrf"))


def _text(form: FormData, name: str) -> str:
    value = form.get(name, "")
    return value if isinstance(value, str) else ""
