"""The folder of mails that the local catcher kept: written whole or not at all, read back for the pages."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage, MIMEPart
from email.parser import BytesHeaderParser
from pathlib import Path
from uuid import uuid4

from core.errors import NotFound
from core.mail.headers import PRIVATE_HEADER

_PRIVATE = "-private"
_ID = re.compile(rf"\d{{8}}T\d{{12}}-[0-9a-f]{{8}}(?:{_PRIVATE})?")
_CID = re.compile(r"cid:([^\"'\s)>]+)")


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who really got the mail: BCC recipients stand here and nowhere else. `at` is in UTC."""

    sender: str
    recipients: tuple[str, ...]
    at: datetime
    size: int


@dataclass(frozen=True, slots=True)
class MailSummary:
    """A line of the list."""

    id: str
    subject: str
    sender: str
    to: str
    envelope: Envelope
    attachments: int


@dataclass(frozen=True, slots=True)
class MailAttachment:
    """A file of a mail; `size` is in bytes."""

    name: str
    media_type: str
    size: int


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail taken apart. `html` has each `cid:` replaced; it is untrusted and belongs into a sandbox."""

    id: str
    headers: tuple[tuple[str, str], ...]
    text: str
    html: str
    attachments: tuple[MailAttachment, ...]
    envelope: Envelope


class Outbox:
    """The mails in one folder, newest first. Without `show_private` those marked as private do not exist."""

    def __init__(self, folder: Path, *, show_private: bool = True) -> None:
        self._folder = folder
        self._show_private = show_private

    def add(self, content: bytes, *, sender: str, recipients: Sequence[str], at: datetime) -> str:
        """Keep a mail; returns its id."""
        self._folder.mkdir(parents=True, exist_ok=True)
        private = _PRIVATE if PRIVATE_HEADER in BytesHeaderParser().parsebytes(content) else ""
        mail_id = f"{at.astimezone(UTC):%Y%m%dT%H%M%S%f}-{uuid4().hex[:8]}{private}"
        envelope = {"sender": sender, "recipients": list(recipients), "at": at.isoformat(), "size": len(content)}
        self._write(f"{mail_id}.json", json.dumps(envelope).encode())
        # The message comes last: a mail is listed once its `.eml` is there.
        self._write(f"{mail_id}.eml", content)
        return mail_id

    def count(self, *, search: str = "") -> int:
        return len(self._matching(search))

    def list(self, *, offset: int = 0, limit: int = 50, search: str = "") -> list[MailSummary]:
        """The newest mails; `search` looks in subject, addresses and envelope."""
        if search:
            return [self._summary(mail_id) for mail_id in self._matching(search)[offset : offset + limit]]
        return [self._summary(mail_id) for mail_id in self._ids()[offset : offset + limit]]

    def get(self, mail_id: str, *, cid_url: str = "cid:") -> Mail:
        """One mail; `cid_url` is put before the content ids of its inline pictures."""
        message = self._message(mail_id)
        html = message.get_body(("html",))
        text = message.get_body(("plain",))
        return Mail(
            id=mail_id,
            headers=tuple((name, str(value)) for name, value in message.items()),
            text=_content(text),
            html=_CID.sub(lambda match: cid_url + match.group(1), _content(html)),
            attachments=tuple(_described(part) for part in message.iter_attachments()),
            envelope=self._envelope(mail_id),
        )

    def raw(self, mail_id: str) -> bytes:
        """The mail as it came."""
        return self._path(mail_id, "eml").read_bytes()

    def attachment(self, mail_id: str, number: int) -> tuple[MailAttachment, bytes]:
        """The file number `number`, counted from 0 in the order of `Mail.attachments`."""
        parts = list(self._message(mail_id).iter_attachments())
        if not 0 <= number < len(parts):
            raise NotFound("This mail has no such attachment.")
        return _described(parts[number]), _payload(parts[number])

    def inline(self, mail_id: str, cid: str) -> tuple[str, bytes]:
        """Media type and bytes of an inline picture."""
        for part in self._message(mail_id).walk():
            if part.get("Content-ID", "").strip("<> ") == cid:
                return part.get_content_type(), _payload(part)
        raise NotFound("This mail has no such picture.")

    def clear(self) -> int:
        """Delete every mail; returns how many there were."""
        ids = self._ids()
        for mail_id in ids:
            # The message first: a mail without one is not listed any more.
            (self._folder / f"{mail_id}.eml").unlink(missing_ok=True)
            (self._folder / f"{mail_id}.json").unlink(missing_ok=True)
        return len(ids)

    def _ids(self) -> Sequence[str]:
        names = (path.stem for path in self._folder.glob("*.eml"))
        return sorted((name for name in names if self._is_shown(name)), reverse=True)

    def _is_shown(self, mail_id: str) -> bool:
        return _ID.fullmatch(mail_id) is not None and (self._show_private or not mail_id.endswith(_PRIVATE))

    def _matching(self, search: str) -> Sequence[str]:
        wanted = search.casefold()
        return [mail_id for mail_id in self._ids() if not wanted or wanted in _searchable(self._summary(mail_id))]

    def _summary(self, mail_id: str) -> MailSummary:
        message = self._message(mail_id)
        return MailSummary(
            id=mail_id,
            subject=str(message.get("Subject", "")),
            sender=str(message.get("From", "")),
            to=str(message.get("To", "")),
            envelope=self._envelope(mail_id),
            attachments=sum(1 for _ in message.iter_attachments()),
        )

    def _message(self, mail_id: str) -> EmailMessage:
        return message_from_bytes(self._path(mail_id, "eml").read_bytes(), policy=policy.default)

    def _envelope(self, mail_id: str) -> Envelope:
        kept = json.loads(self._path(mail_id, "json").read_bytes())
        return Envelope(
            sender=kept["sender"],
            recipients=tuple(kept["recipients"]),
            at=datetime.fromisoformat(kept["at"]),
            size=kept["size"],
        )

    def _path(self, mail_id: str, extension: str) -> Path:
        """Ids are matched whole, so none can leave the folder."""
        path = self._folder / f"{mail_id}.{extension}"
        if not self._is_shown(mail_id) or not (self._folder / f"{mail_id}.eml").is_file():
            raise NotFound("There is no such mail in the outbox.")
        return path

    def _write(self, name: str, content: bytes) -> None:
        temporary = self._folder / f"{name}.tmp"
        temporary.write_bytes(content)
        os.replace(temporary, self._folder / name)


def _content(part: MIMEPart | None) -> str:
    if part is None:
        return ""
    return str(part.get_content())


def _payload(part: MIMEPart) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _described(part: MIMEPart) -> MailAttachment:
    return MailAttachment(part.get_filename() or "unnamed", part.get_content_type(), len(_payload(part)))


def _searchable(summary: MailSummary) -> str:
    words = (summary.subject, summary.sender, summary.to, *summary.envelope.recipients)
    return "\n".join(words).casefold()
