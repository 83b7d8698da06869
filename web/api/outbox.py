"""The mails that the local catcher kept; 404 for everything while it is switched off."""

from __future__ import annotations

from fastapi import APIRouter, Response, status

from core.database import session_scope
from core.schemas.outbox import CaughtMail, CaughtMailDetail
from core.services import outbox
from web.api.dependencies import CurrentActor, ListWindow, Search, counted

router = APIRouter(prefix="/outbox", tags=["outbox"])


@router.get("")
def list_mails(actor: CurrentActor, window: ListWindow, response: Response, search: Search = "") -> list[CaughtMail]:
    """Newest first; `search` looks in subjects and addresses."""
    page = outbox.list_mails(actor=actor, search=search, offset=window.offset, limit=window.limit)
    return [CaughtMail.model_validate(mail) for mail in counted(response, page)]


@router.get("/{mail_id}")
def get_mail(actor: CurrentActor, mail_id: str) -> CaughtMailDetail:
    """With its headers, text and HTML."""
    return CaughtMailDetail.model_validate(outbox.get_mail(actor=actor, mail_id=mail_id))


@router.delete("", status_code=status.HTTP_204_NO_CONTENT)
def clear_outbox(actor: CurrentActor) -> None:
    """Delete every kept mail, for everybody; for administrators."""
    with session_scope() as session:
        outbox.clear_outbox(session, actor=actor)
