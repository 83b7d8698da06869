"""Handing a link to its person: by mail where there is an account to send from, else by the administrator."""

from __future__ import annotations

import logging
import uuid

from core import clock
from core.database import read_scope
from core.document.locales import date_text, time_text
from core.errors import DeliveryError
from core.mail.headers import Sender, ascii_address, domain_of, message_id
from core.mail.message import build_account_message
from core.mail.smtp import connect
from core.schemas.people import LinkResult
from core.services import email_configurations, workspace
from core.services.account_links import NewLink

_log = logging.getLogger(__name__)


def send_link(link: NewLink, *, may_show: bool = True) -> LinkResult:
    """Send it through the workspace's account or the sender's own; takes seconds and holds no transaction.

    When no mail takes it, the answer holds the link if `may_show`, and says why. To be called after commit.
    """
    try:
        _send(link)
    except DeliveryError as error:
        _log.warning("The link for %s was not sent: %s", link.email, error.message)
        url = link.url if may_show else None
        return _result(link, sent=False, url=url, detail=f"No mail was sent: {error.message}")
    return _result(link, sent=True, url=None, detail=f"A mail with the link is on its way to {link.email}.")


def _send(link: NewLink) -> None:
    with read_scope() as session:
        account, _ = email_configurations.account_for(session, link.sender_id, workspace_first=True)
        shared = workspace.find_workspace(session)
    message = build_account_message(
        sender=Sender(account.from_email, account.from_name),
        recipient=link.email,
        kind=link.kind,
        workspace=shared.name,
        brand=shared.brand,
        invited_by=link.sender_name,
        url=link.url,
        until_text=_until(link, shared.locale),
        message_id=message_id(uuid.uuid4().hex, link.email, 1, domain_of(account.from_email)),
        date=clock.now(),
        extra_headers=account.extra_headers,
    )
    with connect(account) as server:
        server.send(
            message.as_bytes(),
            envelope_from=ascii_address(account.from_email),
            recipient=ascii_address(link.email),
            before_final_dot=lambda: True,
        )


def _until(link: NewLink, locale: str) -> str:
    end = link.expires_at
    return f"{date_text(end.date(), locale)}, {time_text(end.time().replace(second=0, microsecond=0), locale)} (UTC)"


def _result(link: NewLink, *, sent: bool, url: str | None, detail: str) -> LinkResult:
    return LinkResult(email=link.email, kind=link.kind, expires_at=link.expires_at, sent=sent, url=url, detail=detail)
