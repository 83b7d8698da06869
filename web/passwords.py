"""Choosing a password with a link, and asking for such a link: for people who cannot sign in."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Final

from pydantic import ValidationError
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from core.database import DatabaseUnavailable, read_scope, session_scope
from core.errors import NotFound, Throttled
from core.schemas.people import LinkKind, NewPassword
from core.services import account_links, link_mails, login_throttle
from web import cookies, forms, identity
from web.login_page import form_page

_log = logging.getLogger(__name__)
_STALE: Final = "This form was open for too long or cookies are switched off. Try again."
_DIFFERENT: Final = "The two passwords differ."
_LENGTH: Final = "Use at least 10 characters, and at most 200."
_MAX_ADDRESS: Final = 320


async def show_forgot(request: Request) -> Response:
    return _forgot_form(request)


async def ask_for_link(request: Request) -> Response:
    """The answer goes out before the address is looked up, so it takes as long for every address."""
    form = await request.form(max_files=0, max_fields=5)
    if not forms.csrf_fits(request, form):
        return _forgot_form(request, error=_STALE, status=HTTPStatus.FORBIDDEN)
    ip = identity.client_ip(request.scope)
    try:
        await run_in_threadpool(_count, ip)
    except Throttled as error:
        response = _forgot_form(request, error=error.message, status=HTTPStatus.TOO_MANY_REQUESTS)
        response.headers["retry-after"] = str(error.retry_after)
        return response
    response = form_page("forgot.html", csrf="", error="", done=True)
    response.background = BackgroundTask(_send_link, forms.text_of(form, "email")[:_MAX_ADDRESS], ip)
    return response


async def show_set_password(request: Request) -> Response:
    """The form, and nothing else: programs that look at the links of a mail use nothing up."""
    kind = await run_in_threadpool(_kind_of, request.path_params["token"])
    return _password_form(request, kind) if kind else _over()


async def set_password(request: Request) -> Response:
    token = request.path_params["token"]
    form = await request.form(max_files=0, max_fields=5)
    kind = await run_in_threadpool(_kind_of, token)
    if kind is None:
        return _over()
    if not forms.csrf_fits(request, form):
        return _password_form(request, kind, error=_STALE, status=HTTPStatus.FORBIDDEN)
    fresh, again = forms.text_of(form, "password"), forms.text_of(form, "again")
    problem = _problem(fresh, again)
    if problem:
        return _password_form(request, kind, error=problem, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        await run_in_threadpool(_use, token, fresh, identity.client_ip(request.scope))
    except NotFound:
        return _over()
    return _answer("Your password is set", "You can sign in with it now.", "/login", "Sign in")


def routes() -> list[Route]:
    return [
        Route("/forgot", show_forgot, methods=["GET"]),
        Route("/forgot", ask_for_link, methods=["POST"]),
        Route("/set-password/{token}", show_set_password, methods=["GET"]),
        Route("/set-password/{token}", set_password, methods=["POST"]),
    ]


def _count(ip: str) -> None:
    with session_scope() as session:
        login_throttle.count_request(session, key=f"forgot:{ip}")


def _send_link(email: str, ip: str) -> None:
    try:
        with session_scope() as session:
            link = account_links.request_reset(session, email=email, ip=ip)
    except DatabaseUnavailable as error:
        _log.error("A link for a new password could not be made: %s", error)
        return
    if link is not None:
        link_mails.send_link(link, may_show=False)


def _kind_of(token: str) -> LinkKind | None:
    with read_scope() as session:
        return account_links.find_link(session, token)


def _use(token: str, password: str, ip: str) -> None:
    with session_scope() as session:
        account_links.use_link(session, token=token, data=NewPassword(password=password), ip=ip)


def _problem(fresh: str, again: str) -> str:
    if fresh != again:
        return _DIFFERENT
    try:
        NewPassword(password=fresh)
    except ValidationError:
        return _LENGTH
    return ""


def _forgot_form(request: Request, *, error: str = "", status: int = HTTPStatus.OK) -> HTMLResponse:
    token = forms.cookie_token(request)
    response = form_page("forgot.html", status=status, csrf=forms.csrf_of(token), error=error, done=False)
    cookies.form_cookie(response, token)
    return response


def _password_form(request: Request, kind: LinkKind, *, error: str = "", status: int = HTTPStatus.OK) -> HTMLResponse:
    token = forms.cookie_token(request)
    response = form_page("set_password.html", status=status, csrf=forms.csrf_of(token), error=error, kind=kind)
    cookies.form_cookie(response, token)
    return response


def _over() -> HTMLResponse:
    text = "It was used already, or its time is over, or a newer one was made."
    return _answer("This link works no more", text, "/forgot", "Ask for a new one", status=HTTPStatus.NOT_FOUND)


def _answer(title: str, text: str, target: str, label: str, *, status: int = HTTPStatus.OK) -> HTMLResponse:
    return form_page("password_set.html", status=status, title=title, text=text, target=target, label=label)
