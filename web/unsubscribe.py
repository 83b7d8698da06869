"""Stopping the mails of a report: `/u/{token}`. A GET asks, a POST acts, from a mail client or from the page alike."""

from __future__ import annotations

from http import HTTPStatus

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

import tasks
from core import crypto
from core.database import read_scope, session_scope
from core.errors import NotFound, Throttled
from core.services import login_throttle, unsubscribe
from core.services.unsubscribe import Stopped, Subscription
from web import identity
from web.below import address_of
from web.login_page import form_page


async def ask(request: Request) -> Response:
    """The page with the button; programs that look at the links of a mail stop nothing."""
    token = request.path_params["token"]
    try:
        found = await run_in_threadpool(_find, token)
    except NotFound as error:
        return _unknown(error.message)
    if not found.address:
        return _page("You get none of these mails", _nothing_left(found.report_name))
    return form_page("stop.html", action=address_of(f"/u/{token}"), report=found.report_name, address=found.address)


async def stop(request: Request) -> Response:
    """One click of a mail client (RFC 8058) comes without cookie or token; the signed address is all it needs."""
    token = request.path_params["token"]
    try:
        done = await run_in_threadpool(_stop, token, identity.client_ip(request.scope))
    except NotFound as error:
        return _unknown(error.message)
    except Throttled as error:
        response = _page("Too many requests", error.message, status=HTTPStatus.TOO_MANY_REQUESTS)
        response.headers["retry-after"] = str(error.retry_after)
        return response
    return _page("You get no more of these mails", _nothing_left(done.report_name))


def routes() -> list[Route]:
    return [Route("/u/{token}", ask, methods=["GET"]), Route("/u/{token}", stop, methods=["POST"])]


def _find(token: str) -> Subscription:
    with read_scope() as session:
        return unsubscribe.find_subscription(session, token)


def _stop(token: str, ip: str) -> Stopped:
    """Counted by link and not by network: a provider clicks for all its readers from a few addresses, and a token
    that is not ours costs no look into the database."""
    if not unsubscribe.is_genuine(token):
        raise NotFound(unsubscribe.UNKNOWN)
    with session_scope() as session:
        login_throttle.count_request(session, key=f"stop:{crypto.hash_token(token)}")
        done = unsubscribe.stop_mails(session, token=token, ip=ip)
    if done.execution_ids:
        tasks.ring(done.execution_ids)
    return done


def _nothing_left(report_name: str) -> str:
    of = f"of {report_name} " if report_name else ""
    return f"No mail {of}goes to your address from now on. Changed your mind? Ask the person who sent it to you."


def _unknown(text: str) -> Response:
    return _page("This link is not complete", text, status=HTTPStatus.NOT_FOUND)


def _page(title: str, text: str, *, status: int = HTTPStatus.OK) -> Response:
    return form_page("gone.html", status=status, title=title, text=text)
