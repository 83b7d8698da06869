"""Telling the owner that a reader stopped the mails of a report: a mail in the same line as all others."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import clock
from core.mail.headers import domain_of, message_id
from core.models import Attempt, Delivery, ReportExecution, ScheduledReport, User
from core.services import backoff, ledger, notices
from core.services.snapshots import freeze
from core.states import STOPPED

EVENT: Final = "reader stopped"


def plan_stop_notice(
    session: Session, report: ScheduledReport, *, address: str, consequences: Sequence[str]
) -> list[uuid.UUID]:
    """Put the mail in line with the report's newest run; returns that run, nothing for an owner who left."""
    owner = session.get(User, report.owner_id)
    run = _newest_run(session, report, address)
    mail = _mail(session, run, owner.email) if owner is not None and owner.is_active else None
    ledger.note(
        session,
        EVENT,
        execution_id=run.id,
        delivery_id=mail.id if mail else None,
        recipient=address,
        consequences=list(consequences),
    )
    return [run.id] if mail else []


def find_stop(session: Session, delivery_id: uuid.UUID) -> dict[str, Any] | None:
    """What a notice is about, when it is about a reader who stopped."""
    query = select(Attempt.detail).where(Attempt.delivery_id == delivery_id, Attempt.event == EVENT)
    return session.scalar(query)


def _mail(session: Session, run: ReportExecution, owner_email: str) -> Delivery:
    """Mails of a report count up from 1, the notice about a run is 0: these count down."""
    lowest = select(func.min(Delivery.send_no)).where(
        Delivery.execution_id == run.id, Delivery.recipient == owner_email
    )
    number = min(session.scalar(lowest) or 0, 0) - 1
    now = clock.now()
    mail = Delivery(
        execution_id=run.id,
        kind=notices.KIND,
        recipient=owner_email,
        send_no=number,
        message_id=message_id(str(run.id), owner_email, number, domain_of(owner_email)),
        not_before=now,
        give_up_at=now + backoff.DELIVERY_GIVES_UP,
    )
    session.add(mail)
    session.flush()
    return mail


def _newest_run(session: Session, report: ScheduledReport, address: str) -> ReportExecution:
    newest = (
        select(ReportExecution)
        .where(ReportExecution.scheduled_report_id == report.id, ReportExecution.trigger != "test")
        .order_by(ReportExecution.created_at.desc())
        .limit(1)
    )
    return session.scalar(newest) or _entry(session, report, address)


def _entry(session: Session, report: ScheduledReport, address: str) -> ReportExecution:
    """All its runs are past their keeping time: a line in the history stands for what happened."""
    now = clock.now()
    row = ReportExecution(
        scheduled_report_id=report.id,
        owner_id=report.owner_id,
        trigger="manual",
        scheduled_for=now,
        not_before=now,
        status="skipped",
        error_class=STOPPED,
        error_message=f"{address} asked to get no more mails of this report.",
        finished_at=now,
        snapshot=freeze(report),
    )
    session.add(row)
    session.flush()
    return row
