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
from typing import Any, Final, cast

from core import clock
from core.document.model import ReportDocument
from core.errors import DeliveryError
from core.mail.attachments import Attachment, attach, fit
from core.mail.attachments import budget_for as mail_budget
from core.mail.headers import POLICY, domain_of, message_id
from core.mail.message import Sender, build_report_message, draw_charts
from core.mail.template_engine import render
from core.mail.templates import DEFAULT_BODY, DEFAULT_SUBJECT, Job, render_many, template_variables
from core.services import storage
from core.services.run_data import FinishedFile
from core.services.run_plan import RunPlan
from core.text import safe_file_name

FIRST_SENDING: Final = 1


@dataclass(frozen=True, slots=True)
class Letter:
    """One person's mail, as it lies on the disk."""

    recipient: str
    role: str
    message_id: str
    path: Path


@dataclass(frozen=True, slots=True)
class Words:
    """The user's two templates, filled in for one person."""

    subject: str
    body: str


def file_name(plan: RunPlan, file: FinishedFile) -> str:
    """`departures-by-airline_2013-06-24.xlsx`, with the section's name for the parts of a dashboard."""
    day = plan.head.scheduled_for.astimezone(clock.zone(plan.head.timezone)).date().isoformat()
    suffix = f"_{file.written.suffix}" if file.written.suffix else ""
    return safe_file_name(f"{plan.head.slug}_{day}{suffix}.{file.written.extension.lstrip('.')}")


def attachments_of(plan: RunPlan, files: Sequence[FinishedFile]) -> list[Attachment]:
    return [
        Attachment(file_name(plan, file), file.written.media_type, file.written.path, file.size, file.format)
        for file in files
    ]


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
    attachments = attachments_of(plan, files)
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


def fill_in(plan: RunPlan, document: ReportDocument, addresses: Sequence[str]) -> list[Words]:
    """Subject and body for each person. Our own templates need no cage; a person's run in one."""
    subject = plan.email_subject or DEFAULT_SUBJECT
    body = plan.email_body or DEFAULT_BODY
    variables = [variables_for(plan, document, address) for address in addresses]
    if plan.email_subject is None and plan.email_body is None:
        return [Words(_ours(subject, known, plan), _ours(body, known, plan)) for known in variables]
    jobs = [Job(template, known) for known in variables for template in (subject, body)]
    texts = render_many(jobs, locale=plan.head.locale)
    return [Words(*pair) for pair in zip(texts[::2], texts[1::2], strict=True)]


def variables_for(plan: RunPlan, document: ReportDocument | None, recipient: str) -> dict[str, Any]:
    """What the templates of one person's mail may name; without a document there are no rows yet."""
    parameters = {name: value for planned in plan.queries for name, value in planned.parameters.items()}
    return template_variables(
        plan.head,
        rows=document.row_count if document is not None else 0,
        recipient=recipient,
        sender=plan.head.owner_name,
        params=parameters,
        dates=plan.dates,
    )


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


def _ours(template: str, variables: Mapping[str, Any], plan: RunPlan) -> str:
    return render(template, variables, locale=plan.head.locale)
