"""Mails with a link to somebody's account, where the local catcher keeps them."""

from __future__ import annotations

import pytest

from core import clock
from core.errors import NotFound
from core.logs import redact
from core.mail.headers import Sender
from core.mail.message import build_account_message
from core.mail.outbox import Outbox
from core.schemas.accounts import Actor
from core.services import outbox
from core.settings import Settings

PLAIN = b"From: a@example.test\r\nTo: b@example.test\r\nSubject: Numbers\r\n\r\nHello"


@pytest.fixture
def private_id(settings: Settings) -> str:
    message = build_account_message(
        sender=Sender("a@example.test"),
        recipient="ada@example.test",
        kind="reset",
        workspace="Rooster",
        invited_by="",
        url="http://localhost:8501/set-password/the-token",
        until_text="tonight",
        message_id="<1@example.test>",
        date=clock.now(),
    )
    kept = Outbox(settings.outbox_path)
    kept.add(PLAIN, sender="a@example.test", recipients=["b@example.test"], at=clock.now())
    return kept.add(message.as_bytes(), sender="a@example.test", recipients=["ada@example.test"], at=clock.now())


def test_they_do_not_exist_for_others_than_administrators(alice: Actor, private_id: str) -> None:
    for search in ("", "password", "ada@"):
        assert private_id not in [mail.id for mail in outbox.list_mails(actor=alice, search=search).items]
    assert outbox.list_mails(actor=alice).total == 1
    with pytest.raises(NotFound, match="no such mail"):
        outbox.get_mail(actor=alice, mail_id=private_id)


def test_administrators_read_them(admin: Actor, private_id: str) -> None:
    assert outbox.list_mails(actor=admin).total == 2
    assert "/set-password/the-token" in outbox.get_mail(actor=admin, mail_id=private_id).text


def test_links_and_tokens_are_blotted_out_in_logs() -> None:
    line = redact('"GET /set-password/Ab-_9xyz HTTP/1.1" 200 with rst_Ab-_9xyz')
    assert line == '"GET /set-password/*** HTTP/1.1" 200 with rst_***'
