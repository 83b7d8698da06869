"""The letters of a run: written once, so that each retry sends the same words.

Small files are inside, and the mailer sends the letter as it lies there; large ones are only named and come in when
it is sent, or each reader's letter would hold them on the disk.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final, cast

from core import clock
from core.document.model import ReportDocument
from core.mail.attachments import Attachment, FittedFiles, budget_for, fit, with_links
from core.mail.headers import domain_of, message_id
from core.mail.message import DrawnCharts, Sender, build_report_message, draw_charts
from core.mail.zipping import zip_within
from core.services import storage, unsubscribe
from core.services.download_links import LinkEnd, link_end, link_to
from core.services.letters import letter_path
from core.services.run_data import FinishedFile
from core.services.run_plan import RunPlan
from core.services.run_words import fill_in
from core.settings import get_settings

FIRST_SENDING: Final = 1
_MEBIBYTE: Final = 1024 * 1024
# What the files inside all letters of a run may have together, in bytes.
_INSIDE_BYTES: Final = _MEBIBYTE


@dataclass(frozen=True, slots=True)
class Letter:
    """One person's mail, as it lies on the disk."""

    recipient: str
    role: str
    message_id: str
    path: Path


@dataclass(frozen=True, slots=True)
class Post:
    """Everybody's mail of a run; `linked_until` names the files (format, part) that it only links to."""

    letters: list[Letter]
    linked_until: Mapping[tuple[str, int], datetime]


def attachments_of(files: Sequence[FinishedFile]) -> list[Attachment]:
    return [_attachment(file) for file in files]


def _attachment(file: FinishedFile) -> Attachment:
    return Attachment(
        file.name,
        file.written.media_type,
        file.written.path,
        file.size,
        file.format,
        part=file.written.part,
        is_whole=file.written.is_whole,
    )


def write_letters(
    plan: RunPlan,
    document: ReportDocument,
    files: Sequence[FinishedFile],
    *,
    sender: Sender,
    extra_headers: Mapping[str, str],
    date: datetime,
    status: str,
    max_size: int | None = None,
) -> Post:
    """Write everybody's mail beside the files; raises TemplateError, DeliveryError.

    What is attached, zipped or linked is decided here, once: `max_size` is the most that the mail server takes, in
    bytes, as far as that is known.
    """
    charts = draw_charts(document, with_dark=plan.options.dark_chart)
    end = link_end(plan.head, now=date, days=_link_days(plan))
    fitted = _fitted(plan, attachments_of(files), charts, max_size=max_size, end=end)
    inside = sum(file.size for file in fitted.attached) * len(plan.everybody) <= _INSIDE_BYTES
    _write_list(plan, () if inside else fitted.attached)
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
            files=fitted,
            message_id=identifier,
            date=date,
            extra_headers=list(extra_headers.items()),
            stop_url=unsubscribe.stop_url(plan.report_id, address),
            status=status,
            charts=charts,
            attach_files=inside,
            keep_thread=plan.options.keep_thread,
        )
        path = letter_path(plan.report_id, plan.execution_id, plan.fence, address)
        path.write_bytes(message.as_bytes())
        letters.append(Letter(address, role, identifier, path))
    return Post(letters, {(file.format, file.part): end.instant for file in fitted.linked})


def _link_days(plan: RunPlan) -> int:
    """The report's own number, else the installation's; a link never outlives the run that it opens a file of."""
    settings = get_settings()
    kept = plan.retention_days or settings.retention_days
    return min(plan.options.link_days or settings.link_days, kept)


def _fitted(
    plan: RunPlan, attachments: list[Attachment], charts: DrawnCharts, *, max_size: int | None, end: LinkEnd
) -> FittedFiles:
    budget = budget_for(
        max_size,
        most=get_settings().max_attachments_mb * _MEBIBYTE,
        pictures=sum(len(picture.content) for picture in charts.inline),
    )
    fitted = fit(attachments, budget=budget, zipper=lambda file, most: _zipped(plan, file, most))
    kept = {file.content for file in fitted.attached}
    for path in storage.mail_zips(_folder(plan), plan.fence):
        if path not in kept:
            path.unlink()
    return with_links(fitted, lambda file: _link(plan, file, end), until=end.words)


def _zipped(plan: RunPlan, file: Attachment, most: int) -> Attachment | None:
    assert isinstance(file.content, Path), "a run's files lie on the disk"
    target = storage.mail_zip(_folder(plan), plan.fence, file.part)
    made = plan.head.scheduled_for.astimezone(clock.zone(plan.head.timezone))
    size = zip_within(file.content, target, name=file.name, most=most, at=made)
    if size is None:
        return None
    name = f"{file.name.removesuffix('.csv')}.zip"
    return replace(file, name=name, media_type="application/zip", content=target, size=size, unzipped=file.size)


def _link(plan: RunPlan, file: Attachment, end: LinkEnd) -> str:
    return link_to(plan.execution_id, fence=plan.fence, format=file.format, part=file.part, until=end.instant)


def _folder(plan: RunPlan) -> Path:
    return storage.execution_folder(plan.report_id, plan.execution_id)


def _write_list(plan: RunPlan, files: Sequence[Attachment]) -> None:
    """What the mailer is to add: it must be the same at each attempt, whatever is known by then."""
    listed = [
        {
            "name": file.name,
            "media_type": file.media_type,
            "path": storage.relative(cast(Path, file.content)),
            "size": file.size,
            "format": file.format,
        }
        for file in files
    ]
    storage.mail_list(_folder(plan), plan.fence).write_text(json.dumps(listed), encoding="utf-8")
