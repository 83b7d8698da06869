"""Notices to the owner of a report: a run failed, a reader stopped its mails."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from email.message import EmailMessage

from core.document.model import PLAIN, Brand
from core.mail.headers import Sender, add_headers, new_message, run_headers
from core.mail.message import complete
from core.mail.pictures import logo_picture
from core.mail.render import render_notice


def build_failure_notice(
    *,
    sender: Sender,
    recipient: str,
    title: str,
    report_id: str,
    execution_id: str,
    workspace: str,
    scheduled_text: str,
    cause: str,
    next_step: str,
    message_id: str,
    date: datetime,
    base_url: str,
    extra_headers: Iterable[tuple[str, str]] = (),
    brand: Brand = PLAIN,
    subject: str = "",
    body_markdown: str = "",
) -> EmailMessage:
    """To the owner alone: what went wrong in words, what happens next, and where to look.

    `subject` and `body_markdown` are the owner's own words; each is ours when it is empty.
    """
    usual = f"{title} \u00b7 {scheduled_text}"
    message = new_message(sender=sender, to=[recipient], subject=subject or usual, message_id=message_id)
    message["Date"] = date
    message["Importance"] = "high"
    add_headers(message, run_headers(report_id, execution_id, "failed"))
    add_headers(message, extra_headers)
    rendered = render_notice(
        brand=brand,
        title=title,
        subtitle=scheduled_text,
        paragraphs=[cause, next_step],
        body_markdown=body_markdown,
        reason="You are getting this because you set up this report.",
        workspace=workspace,
        sent_at=_without_zone(scheduled_text),
        url=f"{base_url.rstrip('/')}/execution?id={execution_id}",
        url_label="See what happened",
    )
    return complete(message, rendered, pictures=logo_picture(brand))


def build_stop_notice(
    *,
    sender: Sender,
    recipient: str,
    address: str,
    report_name: str,
    report_id: str,
    consequences: Sequence[str],
    workspace: str,
    moment_text: str,
    message_id: str,
    date: datetime,
    base_url: str,
    extra_headers: Iterable[tuple[str, str]] = (),
    brand: Brand = PLAIN,
) -> EmailMessage:
    """To the owner: somebody stopped the mails of a report, and what that means for the report."""
    title = f"{address} stopped {report_name}"
    message = new_message(sender=sender, to=[recipient], subject=title, message_id=message_id)
    message["Date"] = date
    add_headers(message, [("X-Report-Id", report_id), *extra_headers])
    rendered = render_notice(
        brand=brand,
        title=title,
        subtitle=moment_text,
        paragraphs=[
            f"{address} asked to get no more mails of {report_name}, and gets none from now on.",
            *consequences,
        ],
        reason="You are getting this because you set up this report.",
        workspace=workspace,
        sent_at=_without_zone(moment_text),
        url=f"{base_url.rstrip('/')}/schedule?id={report_id}",
        url_label="Open the schedule",
    )
    return complete(message, rendered, pictures=logo_picture(brand))


def _without_zone(moment_text: str) -> str:
    """The zone stands below the title; beside the workspace's name there is no room for it on a phone."""
    return moment_text.partition(" (")[0]
