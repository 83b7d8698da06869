"""Mails that the local catcher kept."""

from __future__ import annotations

from core.schemas.base import Instant, Output


class CaughtEnvelope(Output):
    """Who really got the mail, BCC included; `size` is in bytes."""

    sender: str
    recipients: list[str]
    at: Instant
    size: int


class CaughtMail(Output):
    """A line of the list; `attachments` is how many."""

    id: str
    subject: str
    sender: str
    to: str
    envelope: CaughtEnvelope
    attachments: int


class CaughtAttachment(Output):
    name: str
    media_type: str
    size: int


class CaughtMailDetail(Output):
    """A mail taken apart. Its HTML is as it was sent: show it in a sandbox only."""

    id: str
    headers: list[tuple[str, str]]
    text: str
    html: str
    attachments: list[CaughtAttachment]
    envelope: CaughtEnvelope
