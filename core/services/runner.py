"""The pipeline of one execution, inside its own process: query -> files -> letters -> one commit."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import clock
from core.database import read_scope, session_scope
from core.document.gather import section_json
from core.document.model import ReportDocument
from core.errors import DeliveryError, RoosterError
from core.mail.message import Sender
from core.mail.smtp import SmtpAccount, ask_size
from core.models import Delivery, GeneratedFile, ReportExecution
from core.services import backoff, ledger, storage
from core.services.email_configurations import account_for
from core.services.failures import classify
from core.services.run_data import FinishedFile, write_everything
from core.services.run_mail import Letter, Post, write_letters
from core.services.run_plan import PlannedQuery, RunPlan, read_plan
from core.services.run_words import with_names
from core.services.sample_reports import refuse_sample_readers
from core.settings import get_settings

PROGRESS_SECONDS: Final = 1.0
# Bytes of files that every mail server takes.
_ASKED_FROM: Final = 256 * 1024

log = logging.getLogger("rooster.run")


class LeaseLost(RoosterError):
    """Somebody else runs this execution now: nothing of this attempt may be kept."""


@dataclass(frozen=True, slots=True)
class Ready:
    """A run before its first query: what it does, and the account that its mails leave through."""

    plan: RunPlan
    account: SmtpAccount
    configuration_id: uuid.UUID


def run(execution_id: uuid.UUID, fence: int) -> None:
    """Run a claimed execution to `delivering`, or record why it failed. A lost lease ends it without a trace."""
    try:
        _run(execution_id, fence)
    except LeaseLost:
        log.warning("Execution %s was taken over by another worker", execution_id)
    except (MemoryError, RoosterError, OSError) as error:
        _record(execution_id, fence, error)
    except Exception as error:  # the outermost frame of the process: whatever it is, the history must say so
        log.exception("Execution %s failed", execution_id)
        _record(execution_id, fence, error)


def _run(execution_id: uuid.UUID, fence: int) -> None:
    _wait_for_the_instant(execution_id)
    began = clock.now()
    with session_scope() as session:
        if not ledger.start(session, execution_id, fence, at=began):
            raise LeaseLost("The lease was lost before the start.")
    with read_scope() as session:
        ready = prepare(session, execution_id, fence, began=began)
    plan, account = ready.plan, ready.account
    folder = storage.execution_folder(uuid.UUID(plan.head.report_id), execution_id)
    storage.require_space(folder)
    try:
        document, files = write_everything(plan, folder, _progress_of(plan))
        files = with_names(plan, document, files)
        post = write_letters(
            plan,
            document,
            files,
            sender=Sender(account.from_email, account.from_name or ""),
            extra_headers=dict(account.extra_headers),
            date=clock.now(),
            status="partial" if document.failed else "success",
            max_size=_largest_mail(account, files),
        )
        with session_scope() as session:
            commit(session, ready, document, files, post)
    except BaseException:
        _discard(folder, fence)
        raise


def _largest_mail(account: SmtpAccount, files: Sequence[FinishedFile]) -> int | None:
    """In bytes. A server that nobody has heard of a limit is asked before large files go into letters for it."""
    if account.announced_size is not None or sum(file.size for file in files) < _ASKED_FROM:
        return account.max_size
    said = ask_size(account)
    return min(filter(None, (said, account.max_size)), default=None)


def _wait_for_the_instant(execution_id: uuid.UUID) -> None:
    """Claimed a few seconds early, with the imports done: start at the scheduled moment, not after it."""
    with read_scope() as session:
        instant = scheduled_instant(session, execution_id)
    early = (instant - clock.now()).total_seconds() if instant else 0
    if 0 < early <= ledger.LEAD.total_seconds():
        time.sleep(early)


def scheduled_instant(session: Session, execution_id: uuid.UUID) -> datetime | None:
    """When the schedule wants the run; None when nobody's schedule asked for it."""
    row = session.get(ReportExecution, execution_id)
    return row.scheduled_for if row is not None and row.trigger == "schedule" else None


def prepare(session: Session, execution_id: uuid.UUID, fence: int, *, began: datetime) -> Ready:
    """What the run needs; the account is asked for first, since a report that nobody can get need not be made."""
    plan = read_plan(session, execution_id, fence=fence, now=began)
    account, configuration_id = account_for(session, plan.owner_id)
    refuse_sample_readers(
        session,
        report_id=plan.report_id,
        recipients=(*plan.recipients, *plan.cc, *plan.bcc),
        host=account.host,
        port=account.port,
    )
    return Ready(plan, account, configuration_id)


def commit(session: Session, ready: Ready, document: ReportDocument, files: Sequence[FinishedFile], post: Post) -> None:
    """The result becomes visible, all of it or nothing."""
    plan = ready.plan
    values: dict[str, Any] = {
        "status": "delivering",
        "lease_until": None,
        "lease_owner": None,
        "row_count": document.row_count,
        "kpis": [section_json(section) for section in document.sections],
        "tiles": [_tile(section) for section in document.sections],
        "progress": {},
        "error_class": "tile" if document.failed else None,
        "error_message": document.failed[0].cause if document.failed else None,
    }
    if not ledger.moved(session, ledger.ours(plan.execution_id, plan.fence).values(**values)):
        raise LeaseLost("The lease was lost before the result could be stored.")
    _check_daily_limit(session, plan.owner_id, new=len(post.letters))
    now = clock.now()
    kept = timedelta(days=plan.retention_days or get_settings().retention_days)
    session.add_all(_file_row(plan, file, post, expires_at=now + kept) for file in files)
    session.add_all(_delivery_row(plan, letter, ready.configuration_id, now=now) for letter in post.letters)
    ledger.note(
        session,
        "generated",
        execution_id=plan.execution_id,
        fence=plan.fence,
        rows=document.row_count,
        files={file.format: file.size for file in files},
    )


def _tile(section: Any) -> dict[str, Any]:
    return {
        "key": section.head.key,
        "title": section.head.title,
        "rows": section.row_count,
        "elapsed_ms": section.elapsed_ms,
        "error": section.cause or section.error,
    }


def _file_row(plan: RunPlan, file: FinishedFile, post: Post, *, expires_at: datetime) -> GeneratedFile:
    return GeneratedFile(
        execution_id=plan.execution_id,
        fence=plan.fence,
        format=file.format,
        part=file.written.part,
        path=storage.relative(file.written.path),
        name=file.name,
        media_type=file.written.media_type,
        size=file.size,
        sha256=file.sha256,
        rows_written=file.written.rows_written,
        rows_total=file.written.rows_total,
        expires_at=expires_at,
        linked_until=post.linked_until.get((file.format, file.written.part)),
    )


def _delivery_row(plan: RunPlan, letter: Letter, configuration_id: uuid.UUID, *, now: datetime) -> Delivery:
    return Delivery(
        execution_id=plan.execution_id,
        kind="test" if plan.head.trigger == "test" else "report",
        recipient=letter.recipient,
        role=letter.role,
        message_id=letter.message_id,
        email_configuration_id=configuration_id,
        not_before=now,
        give_up_at=now + backoff.DELIVERY_GIVES_UP,
    )


def _check_daily_limit(session: Session, owner_id: uuid.UUID, *, new: int) -> None:
    limit = get_settings().max_mails_per_day
    query = (
        select(func.count())
        .select_from(Delivery)
        .join(ReportExecution, ReportExecution.id == Delivery.execution_id)
        .where(ReportExecution.owner_id == owner_id, Delivery.created_at > clock.now() - timedelta(days=1))
    )
    sent = session.scalar(query) or 0
    if sent + new > limit:
        raise DeliveryError(
            f"This run would send {new} mails, and {sent} of the {limit} allowed in 24 hours are used "
            "(ROOSTER_MAX_MAILS_PER_DAY).",
            permanent=True,
            error_class="too_many_mails",
        )


def _progress_of(plan: RunPlan) -> Any:
    last = 0.0

    def report(planned: PlannedQuery, rows: int) -> None:
        nonlocal last
        if time.monotonic() - last < PROGRESS_SECONDS:
            return
        last = time.monotonic()
        progress = {"title": planned.title, "rows": rows, "of": len(plan.queries)}
        with session_scope() as session:
            if not ledger.report_progress(session, plan.execution_id, plan.fence, progress):
                raise LeaseLost("The lease was lost in the middle of the run.")

    return report


def _discard(folder: Path, fence: int) -> None:
    for path in folder.glob(f"{fence}-*"):
        path.unlink(missing_ok=True)


def _record(execution_id: uuid.UUID, fence: int, error: BaseException) -> None:
    error_class, message, is_transient = classify(error)
    log.warning("Execution %s: %s", execution_id, message)
    with session_scope() as session:
        move = ledger.requeue if is_transient else ledger.fail
        move(session, execution_id, fence, error_class=error_class, message=message)
