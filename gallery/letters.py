"""Mails that no run of a report sends: an invitation, the test of a mail account, a reader who left."""

from __future__ import annotations

import uuid

from core.database import read_scope, session_scope
from core.schemas.accounts import Actor
from core.schemas.people import UserInvite
from core.services import account_links, link_mails, mail_account_check, mailer, unsubscribe, users
from gallery.scenes import READER


def send_invitation(actor: Actor) -> None:
    """The person is gone again afterwards: in the other scenes the reader has no account."""
    data = UserInvite(email=READER, name="Dana Fox", role="analyst")
    with session_scope() as session:
        link = account_links.invite_user(session, actor=actor, data=data)
    link_mails.send_link(link)
    with session_scope() as session:
        users.delete_user(session, actor=actor, user_id=link.user_id)


def send_account_test(actor: Actor) -> None:
    with read_scope() as session:
        prepared = mail_account_check.prepare_test(session, actor=actor)
    mail_account_check.run_test(prepared)


def stop_for_reader(report_id: uuid.UUID) -> None:
    """The reader follows the link in the mail; its owner hears of it."""
    token = unsubscribe.stop_url(report_id, READER).rpartition("/")[2]
    with session_scope() as session:
        unsubscribe.stop_mails(session, token=token, ip="127.0.0.1")
    mailer.deliver()
