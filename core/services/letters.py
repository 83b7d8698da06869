"""The written letters of a run, from the disk (`run_mail` writes them): all that sending needs of them."""

from __future__ import annotations

import email
import hashlib
import json
import uuid
from collections.abc import Sequence
from email.message import EmailMessage
from pathlib import Path
from typing import cast

from core.errors import DeliveryError
from core.mail.attachments import Attachment, attach
from core.mail.headers import POLICY
from core.services import storage


def read_list(report_id: uuid.UUID, execution_id: uuid.UUID, fence: int) -> list[Attachment] | None:
    """The files to add to the letters of a run; None for one of a version that wrote no list."""
    path = storage.mail_list(storage.execution_folder(report_id, execution_id), fence)
    if not path.exists():
        return None
    return [
        Attachment(entry["name"], entry["media_type"], storage.resolve(entry["path"]), entry["size"], entry["format"])
        for entry in json.loads(path.read_text(encoding="utf-8"))
    ]


def letter_path(report_id: uuid.UUID, execution_id: uuid.UUID, fence: int, recipient: str) -> Path:
    """An address may hold characters that a file name may not."""
    digest = hashlib.sha256(recipient.casefold().encode()).hexdigest()[:16]
    return storage.execution_folder(report_id, execution_id) / f"{fence}-mail-{digest}.eml"


def read_letter(path: Path) -> EmailMessage:
    """The mail as it was written; raises a permanent DeliveryError when it is gone."""
    return parse_letter(letter_bytes(path))


def parse_letter(letter: bytes) -> EmailMessage:
    return cast(EmailMessage, email.message_from_bytes(letter, policy=POLICY))


def letter_bytes(path: Path) -> bytes:
    """The mail as it goes over the wire; raises a permanent DeliveryError when it is gone."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise DeliveryError(
            "The mail of this run is not on the disk any more. Run the report again.", permanent=True
        ) from None


def is_named(letter: bytes, message_id: str) -> bool:
    """Whether the letter already has this id; a resend is a new mail and gets another."""
    head, _, _ = letter.partition(b"\r\n\r\n")
    return f"\r\nMessage-ID: {message_id}\r\n".encode() in head


def add_files(message: EmailMessage, attachments: Sequence[Attachment]) -> None:
    """Put the files in, as the words of the mail name them; raises a permanent DeliveryError when one is gone."""
    missing = [file.name for file in attachments if isinstance(file.content, Path) and not file.content.exists()]
    if missing:
        raise DeliveryError(f"The file {missing[0]} is not on the disk any more. Run the report again.", permanent=True)
    attach(message, attachments)
