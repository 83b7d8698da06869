"""Sending what the ledger says may go out, one transaction per person, one connection per account."""

from __future__ import annotations

import contextlib
import logging
import uuid
from email.message import EmailMessage
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock, host
from core.database import read_scope, session_scope
from core.errors import DeliveryError, SecretUnreadable
from core.mail.attachments import Attachment, fit
from core.mail.headers import ascii_address
from core.mail.smtp import SmtpAccount, SmtpReply, SmtpSession, connect
from core.models import GeneratedFile
from core.services import (
    delivery_ledger,
    download_links,
    email_configurations,
    letters,
    notices,
    stop_notices,
    storage,
    unsubscribe,
)
from core.services.delivery_ledger import ClaimedDelivery

# One call sends at most this many, so that a consumer that is asked to stop does.
MOST_AT_ONCE: Final = 200

log = logging.getLogger("rooster.mail")


class _Connections:
    """The open connection of this call; another account, or a break, opens a new one."""

    def __init__(self) -> None:
        self._stack = contextlib.ExitStack()
        self._account: SmtpAccount | None = None
        self._session: SmtpSession | None = None

    def get(self, account: SmtpAccount) -> SmtpSession:
        if self._session is None or not self._session.is_open or account != self._account:
            self.close()
            self._session = self._stack.enter_context(connect(account))
            self._account = account
        return self._session

    def close(self) -> None:
        self._stack.close()
        self._session = None


def deliver(execution_id: uuid.UUID | None = None) -> int:
    """Send the waiting mails of one execution, or of all; returns how many the servers took."""
    connections = _Connections()
    sent = 0
    touched: set[uuid.UUID] = set()
    try:
        for _ in range(MOST_AT_ONCE):
            with session_scope() as session:
                claimed = delivery_ledger.claim_delivery(session, owner=host.identity(), execution_id=execution_id)
            if claimed is None:
                break
            touched.add(claimed.execution_id)
            sent += _send(claimed, connections)
    finally:
        connections.close()
    for settled in touched | ({execution_id} if execution_id else set()):
        with session_scope() as session:
            delivery_ledger.settle(session, settled)
    return sent


def _send(claimed: ClaimedDelivery, connections: _Connections) -> bool:
    """One mail from the claim to its record."""
    try:
        reply = _hand_over(claimed, connections)
    except DeliveryError as error:
        log.warning("Mail of execution %s to %s: %s", claimed.execution_id, claimed.recipient, error.message)
        with session_scope() as session:
            delivery_ledger.record_failure(session, claimed, error)
            if error.server_wide:
                delivery_ledger.hold_back(session, claimed, error)
        connections.close()
        return False
    with session_scope() as session:
        delivery_ledger.record_sent(session, claimed, code=reply.code, response=reply.text)
    return True


def _hand_over(claimed: ClaimedDelivery, connections: _Connections) -> SmtpReply:
    with read_scope() as session:
        account, configuration_id = _account_of(session, claimed)
        content = _content(session, claimed, account)
    server = connections.get(account)
    _note_size(configuration_id, account, server.max_size)
    return server.send(
        content,
        envelope_from=ascii_address(account.from_email),
        recipient=ascii_address(claimed.recipient),
        before_final_dot=lambda: _mark(claimed),
    )


def _content(session: Session, claimed: ClaimedDelivery, account: SmtpAccount) -> bytes:
    """The mail as it goes over the wire."""
    if claimed.kind == notices.KIND:
        return _notice(session, claimed, account).as_bytes()
    if claimed.kind == "report":
        unsubscribe.refuse_stopped(session, claimed.report_id, claimed.recipient)
    path = letters.letter_path(claimed.report_id, claimed.execution_id, claimed.execution_fence, claimed.recipient)
    files = _attachments(session, claimed)
    letter = letters.letter_bytes(path)
    if not files and letters.is_named(letter, claimed.message_id):
        return letter
    message = letters.parse_letter(letter)
    _address(message, claimed)
    letters.add_files(message, files)
    return message.as_bytes()


def _notice(session: Session, claimed: ClaimedDelivery, account: SmtpAccount) -> EmailMessage:
    # Not at the top: notices are rare, and with what draws a mail the worker would be half as large again.
    from core.services import notice_mails

    stop = stop_notices.find_stop(session, claimed.delivery_id)
    if stop is None:
        return notice_mails.build_failure(session, claimed.execution_id, account=account, identifier=claimed.message_id)
    return notice_mails.build_stop(
        session, claimed.report_id, stop=stop, account=account, identifier=claimed.message_id
    )


def _address(message: EmailMessage, claimed: ClaimedDelivery) -> None:
    """A resend is a new mail: it has an id and a date of its own."""
    if message["Message-ID"] == claimed.message_id:
        return
    message.replace_header("Message-ID", claimed.message_id)
    del message["Date"]
    message["Date"] = clock.now()


def _mark(claimed: ClaimedDelivery) -> bool:
    with session_scope() as session:
        return delivery_ledger.mark_data(session, claimed)


def _account_of(session: Session, claimed: ClaimedDelivery) -> tuple[SmtpAccount, uuid.UUID]:
    try:
        return email_configurations.account_for(session, claimed.owner_id)
    except SecretUnreadable as error:
        raise DeliveryError(error.message, permanent=True, error_class="missing_account") from error


def _note_size(configuration_id: uuid.UUID, account: SmtpAccount, announced: int | None) -> None:
    """The next run's mails are written for what the server says now; this one's words stay as they are."""
    if announced == account.announced_size:
        return
    with session_scope() as session:
        email_configurations.note_size_limit(session, configuration_id, announced)


def _attachments(session: Session, claimed: ClaimedDelivery) -> list[Attachment]:
    """The files that are not in the letter yet."""
    query = (
        select(GeneratedFile)
        .where(GeneratedFile.execution_id == claimed.execution_id, GeneratedFile.fence == claimed.execution_fence)
        .order_by(GeneratedFile.format, GeneratedFile.part)
    )
    rows = session.scalars(query).all()
    problem = download_links.dead_link_problem(rows, clock.now())
    if problem:
        raise DeliveryError(problem, permanent=True, error_class="message")
    listed = letters.read_list(claimed.report_id, claimed.execution_id, claimed.execution_fence)
    if listed is not None:
        return listed
    # The mails of a version that kept no list had all that fits by this rule.
    files = [Attachment(row.name, row.media_type, storage.resolve(row.path), row.size, row.format) for row in rows]
    return list(fit(files, budget=14_000_000).attached)
