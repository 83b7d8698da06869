"""Short mails for the tests of this folder."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage

from core.mail.headers import Sender, new_message
from core.mail.smtp import SmtpAccount, SmtpReply, connect

SENDER = Sender("reports@example.com", "Northwind Reports")


def short_mail(text: str = "Hello", **headers: str) -> EmailMessage:
    message = new_message(sender=SENDER, to=["dana@example.com"], subject="Hi", message_id="<1@example.com>")
    for name, value in headers.items():
        message[name] = value
    message.set_content(text)
    return message


def send(
    account: SmtpAccount,
    *,
    message: EmailMessage | None = None,
    recipient: str = "dana@example.com",
    before_final_dot: Callable[[], bool] = lambda: True,
) -> SmtpReply:
    with connect(account) as session:
        return session.send(
            (message or short_mail()).as_bytes(),
            envelope_from=account.from_email,
            recipient=recipient,
            before_final_dot=before_final_dot,
        )
