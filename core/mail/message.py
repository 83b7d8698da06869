"""Building mails: one named function per kind. Sending is somebody else's job."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from email.message import EmailMessage, MIMEPart
from typing import cast

from core.document.model import PLAIN, Brand, ReportDocument
from core.mail.attachments import Attachment, FittedFiles, attach
from core.mail.headers import (
    PRIVATE_HEADER,
    Sender,
    add_headers,
    add_report_headers,
    ascii_domain,
    domain_of,
    message_id,
    new_message,
)
from core.mail.pictures import DrawnCharts, InlinePicture, draw_charts, logo_picture
from core.mail.render import RenderedMail, render_notice, render_report
from core.mail.view import Copy

__all__ = [
    "Attachment",
    "DrawnCharts",
    "Sender",
    "build_account_message",
    "build_report_message",
    "build_test_message",
    "complete",
    "draw_charts",
    "message_id",
]

TEST_PREFIX = "[Test] "
PRODUCT = "Rooster"
_ACCOUNT_MAILS = {
    "invitation": (
        f"{PRODUCT}: choose your password",
        "Welcome",
        "{invited_by} made an account for you in {workspace}. Choose a password to sign in.",
        "Choose a password",
        "You are getting this because an administrator invited you.",
    ),
    "reset": (
        f"{PRODUCT}: a new password",
        "A new password",
        "Somebody asked for a new password for your account. If it was not you, there is nothing to do: the present "
        "one stays as it is.",
        "Choose a new password",
        "You are getting this because you have an account in {workspace}.",
    ),
}


def build_report_message(
    document: ReportDocument,
    *,
    sender: Sender,
    recipient: str,
    to: Sequence[str],
    cc: Sequence[str] = (),
    reply_to: str = "",
    subject: str,
    body_markdown: str,
    files: FittedFiles | None = None,
    message_id: str,
    date: datetime,
    domain: str = "",
    is_test: bool | None = None,
    extra_headers: Iterable[tuple[str, str]] = (),
    list_id: str = "",
    base_url: str = "",
    stop_url: str = "",
    status: str = "",
    charts: DrawnCharts | None = None,
    attach_files: bool = True,
    keep_thread: bool = False,
) -> EmailMessage:
    """One person's copy of a report, as a multipart message ready for `SmtpSession.send`.

    Without `cc` it names `recipient` alone; with it every copy shows all of `to` and `cc`. BCC people are
    a `recipient` like any other and stand in no header. `files` says which go along and which are links;
    with `attach_files` off the words name them, and they are added when the mail is sent. `stop_url` ends the mails
    to this person; a test has none. `charts` saves drawing them again for each person; with `keep_thread` all runs are
    one conversation;
    `domain`, `list_id`, `status` and `is_test` are derived from sender and document when left out.
    Raises DeliveryError for an address or header that no mail may carry.
    """
    head = document.head
    testing = head.trigger == "test" if is_test is None else is_test
    drawn = charts if charts is not None else draw_charts(document)
    copy = Copy(
        recipient=recipient,
        base_url=(base_url or head.base_url).rstrip("/"),
        files=files or FittedFiles(),
        pictures=drawn.pictures,
        is_test=testing,
        stop_url="" if testing else stop_url,
    )
    message = new_message(
        sender=sender,
        to=to if cc else [recipient],
        cc=cc,
        subject=(TEST_PREFIX if testing else "") + subject,
        message_id=message_id,
    )
    message["Date"] = date
    add_report_headers(
        message,
        head,
        domain=ascii_domain(domain) if domain else domain_of(sender.address),
        reply_to=reply_to or head.owner_email,
        list_id=list_id,
        status=status or ("partial" if document.failed else "success"),
        stop_url=None if testing else stop_url,
        keep_thread=keep_thread,
    )
    if len(to) + len(cc) > 1:
        message["Precedence"] = "bulk"
    add_headers(message, extra_headers)
    rendered = render_report(document, copy, body_markdown=body_markdown)
    attached = copy.files.attached if attach_files else ()
    return complete(message, rendered, pictures=drawn.inline, files=attached)


def build_test_message(
    *,
    sender: Sender,
    recipient: str,
    workspace: str,
    host: str,
    message_id: str,
    date: datetime,
    base_url: str = "",
    extra_headers: Iterable[tuple[str, str]] = (),
    brand: Brand = PLAIN,
) -> EmailMessage:
    """The mail that proves that a mail account works."""
    message = new_message(
        sender=sender, to=[recipient], subject=f"{TEST_PREFIX}{PRODUCT} can send mail", message_id=message_id
    )
    message["Date"] = date
    add_headers(message, extra_headers)
    rendered = render_notice(
        brand=brand,
        title="Mail works",
        subtitle=f"Sent through {host} as {sender.address}",
        paragraphs=[f"{PRODUCT} can send reports through {host}. There is nothing to do."],
        reason=f"You are getting this because somebody tested the mail account of {workspace}.",
        workspace=workspace,
        sent_at=f"{date:%d %b %Y, %H:%M}",
        url=base_url,
        url_label=f"Open {PRODUCT}",
    )
    return complete(message, rendered, pictures=logo_picture(brand))


def build_account_message(
    *,
    sender: Sender,
    recipient: str,
    kind: str,
    workspace: str,
    invited_by: str,
    url: str,
    until_text: str,
    message_id: str,
    date: datetime,
    extra_headers: Iterable[tuple[str, str]] = (),
    brand: Brand = PLAIN,
) -> EmailMessage:
    """The mail with a link that sets a password; `kind` is `invitation` or `reset`."""
    subject, title, paragraph, label, reason = _ACCOUNT_MAILS[kind]
    message = new_message(sender=sender, to=[recipient], subject=subject, message_id=message_id)
    message["Date"] = date
    add_headers(message, [(PRIVATE_HEADER, "1"), *extra_headers])
    rendered = render_notice(
        brand=brand,
        title=title,
        subtitle=workspace,
        paragraphs=[
            paragraph.format(invited_by=invited_by, workspace=workspace),
            f"The link works once, until {until_text}.",
        ],
        reason=reason.format(workspace=workspace),
        workspace=workspace,
        sent_at=f"{date:%d %b %Y, %H:%M}",
        url=url,
        url_label=label,
    )
    return complete(message, rendered, pictures=logo_picture(brand))


def complete(
    message: EmailMessage,
    rendered: RenderedMail,
    *,
    pictures: Sequence[InlinePicture] = (),
    files: Sequence[Attachment] = (),
) -> EmailMessage:
    """Text first, HTML with its pictures second, for clients show the last body they understand; then the files."""
    message.set_content(rendered.text, cte="quoted-printable")
    message.add_alternative(rendered.html, subtype="html", cte="quoted-printable")
    parts = cast(list[MIMEPart], message.get_payload())
    for picture in pictures:
        parts[1].add_related(
            picture.content, "image", "png", cid=f"<{picture.cid}>", disposition="inline", filename=f"{picture.cid}.png"
        )
    # Only now: each step above would have moved it into the first part.
    message["Content-Language"] = "en"
    attach(message, files)
    return message
