"""From a caught mail to files on the disk: the message, its page, its text and what is attached or linked."""

from __future__ import annotations

import base64
import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select

from core.database import read_scope
from core.mail.outbox import Outbox
from core.models import GeneratedFile, ReportExecution
from core.services import storage

_CID = re.compile(r"cid:([\w.-]+)")


class NoMail(Exception):
    """A scene was played and nobody got anything; in words for people."""


@dataclass(frozen=True, slots=True)
class Papers:
    """Everything a scene left behind in `folder`; `facts` are lines for the index."""

    folder: Path
    subject: str
    mail: Path
    text: Path
    files: dict[str, Path] = field(default_factory=dict)
    facts: tuple[str, ...] = ()


def collect(outbox: Outbox, *, recipient: str, folder: Path) -> Papers:
    """The newest mail to `recipient`, taken apart."""
    folder.mkdir(parents=True, exist_ok=True)
    summary = next((mail for mail in outbox.list(limit=200) if recipient in mail.envelope.recipients), None)
    if summary is None:
        raise NoMail(f"No mail to {recipient} came: {_last_error()}")
    (folder / "mail.eml").write_bytes(outbox.raw(summary.id))
    mail = outbox.get(summary.id)
    page, text = folder / "mail.html", folder / "mail.txt"
    page.write_text(_with_pictures(mail.html, outbox, summary.id), encoding="utf-8")
    text.write_text(mail.text, encoding="utf-8")
    facts = (
        f"mail: {summary.envelope.size:,} bytes, HTML {len(mail.html.encode()):,} bytes",
        *(f"attached: {file.name} ({file.size:,} bytes)" for file in mail.attachments),
    )
    return Papers(folder, summary.subject, page, text, _files(mail.headers, folder), facts)


def _last_error() -> str:
    with read_scope() as session:
        newest = select(ReportExecution.error_message).order_by(ReportExecution.created_at.desc()).limit(1)
        return session.scalar(newest) or "the run tells no error"


def _with_pictures(html: str, outbox: Outbox, mail_id: str) -> str:
    def inline(match: re.Match[str]) -> str:
        media_type, content = outbox.inline(mail_id, match[1])
        return f"data:{media_type};base64,{base64.b64encode(content).decode()}"

    return _CID.sub(inline, html)


def _files(headers: tuple[tuple[str, str], ...], folder: Path) -> dict[str, Path]:
    """The files of the run that the mail is about, attached or not; the largest stay where they are."""
    run = dict(headers).get("X-Report-Run", "")
    found: dict[str, Path] = {}
    with read_scope() as session:
        for row in session.scalars(select(GeneratedFile)):
            if str(row.execution_id) == run:
                found[row.format] = folder / row.name
                shutil.copy(storage.resolve(row.path), folder / row.name)
    return found
