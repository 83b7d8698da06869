"""The mails that the local catcher kept: everybody who is signed in may read them, administrators may clear them.

Mails with a link to somebody's account are for administrators alone: they could make such a link themselves.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from core.errors import NotFound
from core.mail.outbox import Mail, MailSummary, Outbox
from core.schemas.accounts import Actor
from core.schemas.base import Page
from core.services import audit
from core.settings import get_settings

__all__ = ["Mail", "MailSummary", "clear_outbox", "get_mail", "is_catching", "list_mails", "open_outbox"]


def is_catching() -> bool:
    """Does this installation keep mails instead of needing a mail server?"""
    return get_settings().mail_catcher


def list_mails(*, actor: Actor, search: str = "", offset: int = 0, limit: int = 50) -> Page[MailSummary]:
    """The newest mails first; `search` looks in subject and addresses."""
    outbox = open_outbox(actor)
    return Page(outbox.list(offset=offset, limit=limit, search=search), outbox.count(search=search))


def get_mail(*, actor: Actor, mail_id: str) -> Mail:
    """One mail taken apart; its HTML is untrusted and belongs into a sandbox."""
    return open_outbox(actor).get(mail_id)


def clear_outbox(session: Session, *, actor: Actor) -> int:
    """Delete every kept mail; returns how many there were. Somebody who is no administrator gets NotFound."""
    if not actor.is_admin:
        raise NotFound("Only administrators clear the outbox.")
    count = open_outbox(actor).clear()
    audit.record(
        session, actor=actor, action="delete", object_type="outbox", object_id=None, object_name="Outbox",
        detail={"mails": count},
    )  # fmt: skip
    return count


def open_outbox(actor: Actor) -> Outbox:
    """As much of it as the actor may see; raises NotFound while there is no catcher."""
    if not is_catching():
        raise NotFound("The mail catcher is switched off (ROOSTER_MAIL_CATCHER), so there is no outbox.")
    return Outbox(get_settings().outbox_path, show_private=actor.is_admin)
