"""The letters of a run: written once, with the files named but not inside, so that each retry sends the same words."""

from __future__ import annotations

import email
import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Final, cast

from core.document.model import ReportDocument
from core.errors import DeliveryError
from core.mail.attachments import Attachment, attach, fit
from core.mail.attachments import budget_for as mail_budget
from core.mail.headers import POLICY, domain_of, message_id
from core.mail.message import Sender, build_report_message, draw_charts
from core.services import storage
from core.services.run_data import FinishedFile
from core.services.run_plan import RunPlan
from core.services.run_words import fill_in

FIRST_SENDING: Final = 1


@dataclass(frozen=True, slots=True)
class Letter:
    """One person's mail, as it lies on the disk."""

    recipient: str
    role: str
    message_id: str
    path: Path


def attachments_of(files: Sequence[FinishedFile]) -> list[Attachment]:
    return [Attachment(file.name, file.written.media_type, file.written.path, file.size, file.format) for file in files]


def write_letters(
    plan: RunPlan,
    document: ReportDocument,
    files: Sequence[FinishedFile],
    *,
    sender: Sender,
    extra_headers: Mapping[str, str],
    date: datetime,
    status: str,
) -> list[Letter]:
    """Write everybody's mail beside the files; raises TemplateError, DeliveryError."""
    charts = draw_charts(document)
    attachments = attachments_of(files)
    domain = domain_of(sender.address)
    words = fill_in(plan, document, [address for address, _role in plan.everybody])
    letters = []
    for (address, role), said in zip(plan.everybody, words, strict=True):
        identifier = message_id(str(plan.execution_id), address, FIRST_SENDING, domain)
        message = build_report_message(
            document,
            sender=sender,
            recipient=address,
            to=plan.recipients,
            cc=plan.cc,
            subject=said.subject,
            body_markdown=said.body,
            attachments=attachments,
            message_id=identifier,
            date=date,
            extra_headers=list(extra_headers.items()),
            status=status,
            charts=charts,
            attach_files=False,
        )
        path = letter_path(uuid.UUID(plan.head.report_id), plan.execution_id, plan.fence, address)
        path.write_bytes(message.as_bytes())
        letters.append(Letter(address, role, identifier, path))
    return letters


def letter_path(report_id: uuid.UUID, execution_id: uuid.UUID, fence: int, recipient: str) -> Path:
    """An address may hold characters that a file name may not."""
    digest = hashlib.sha256(recipient.casefold().encode()).hexdigest()[:16]
    return storage.execution_folder(report_id, execution_id) / f"{fence}-mail-{digest}.eml"


def read_letter(path: Path) -> EmailMessage:
    """The mail as it was written; raises a permanent DeliveryError when it is gone."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise DeliveryError(
            "The mail of this run is not on the disk any more. Run the report again.", permanent=True
        ) from None
    return cast(EmailMessage, email.message_from_bytes(content, policy=POLICY))


def add_files(message: EmailMessage, attachments: Sequence[Attachment]) -> None:
    """Put the files in that fit, the same ones that the words of the mail name as attached."""
    attach(message, fit(attachments, budget=mail_budget(None)).attached)
