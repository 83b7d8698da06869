"""HTML that is not ours to trust, in a frame that can run nothing and reach nothing."""

from __future__ import annotations

import base64
import html
import re
from typing import Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from core.database import read_scope
from core.errors import NotFound
from core.mail.catcher import Outbox
from core.schemas.accounts import Actor
from core.services import mail_preview
from core.services.outbox import open_outbox
from web import preview_store
from web.answers import ask, current_actor, uuid_of
from web.files import download_headers

_POLICY: Final = (
    "sandbox; default-src 'none'; img-src data: cid: 'self'; style-src 'unsafe-inline'; "
    "form-action 'none'; frame-ancestors 'self'"
)
_HEADERS: Final = {
    "content-security-policy": _POLICY,
    "cache-control": "private, no-store",
    "referrer-policy": "no-referrer",
}
_CID: Final = re.compile(r"cid:([^\"'\s)>]+)")


async def show_execution(request: Request) -> Response:
    return await ask(_mail_of, current_actor(request), uuid_of(request, "execution_id"))


async def show_preview(request: Request) -> Response:
    return await ask(_preview_of, current_actor(request), request.path_params["token"])


async def show_outbox(request: Request) -> Response:
    return await ask(_caught, current_actor(request), request.path_params["mail_id"])


async def show_attachment(request: Request) -> Response:
    return await ask(_attachment, current_actor(request), request.path_params["mail_id"], request.path_params["n"])


def _mail_of(actor: Actor, execution_id: UUID) -> Response:
    with read_scope() as session:
        text = mail_preview.mail_of_execution(session, actor=actor, execution_id=execution_id)
    return _sandboxed(text)


def _preview_of(actor: Actor, token: str) -> Response:
    return _sandboxed(preview_store.get(actor.id, token))


def _caught(actor: Actor, mail_id: str) -> Response:
    outbox = open_outbox(actor)
    mail = outbox.get(mail_id)
    text = mail.html or f"<pre style='white-space: pre-wrap'>{html.escape(mail.text)}</pre>"
    return _sandboxed(_CID.sub(lambda match: _as_data(outbox, mail_id, match.group(1)), text))


def _attachment(actor: Actor, mail_id: str, position: int) -> Response:
    attachment, content = open_outbox(actor).attachment(mail_id, position)
    return Response(content, media_type=attachment.media_type, headers=download_headers(attachment.name))


def _as_data(outbox: Outbox, mail_id: str, cid: str) -> str:
    """Inline pictures travel in the page itself: a sandboxed frame sends no cookie to fetch them with."""
    try:
        media_type, content = outbox.inline(mail_id, cid)
    except NotFound:
        return f"cid:{cid}"
    return f"data:{media_type};base64,{base64.b64encode(content).decode()}"


def _sandboxed(text: str) -> Response:
    return HTMLResponse(text, headers=_HEADERS)


def routes() -> list[Route]:
    return [
        Route("/preview/execution/{execution_id}", show_execution),
        Route("/preview/mail/{token}", show_preview),
        Route("/preview/outbox/{mail_id}", show_outbox),
        Route("/preview/outbox/{mail_id}/attachment/{n:int}", show_attachment),
    ]
