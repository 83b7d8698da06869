"""Telling the owner, and nobody else, when a scheduled run did not reach everybody."""

from __future__ import annotations

import uuid
from datetime import datetime
from email.message import EmailMessage
from typing import Final

from sqlalchemy.orm import Session

from core import clock
from core.document.locales import date_text, time_text
from core.errors import DeliveryError
from core.mail.headers import Sender, domain_of, message_id
from core.mail.message import build_failure_notice
from core.mail.smtp import SmtpAccount
from core.models import Delivery, ReportExecution, ScheduledReport, User
from core.services import backoff, workspace
from core.settings import get_settings
from core.text import plural

KIND: Final = "notice"
# A report's own mails count from 1.
_SENDING: Final = 0
_TITLES: Final = {
    "failed": "{name} did not arrive",
    "partial": "{name} arrived only in part",
    "uncertain": "{name}: nobody knows whether every mail arrived",
}


def plan_notice(session: Session, row: ReportExecution, *, now: datetime) -> None:
    """Put a mail to the owner in line. People who press a button see the result themselves."""
    owner = session.get(User, row.owner_id)
    if row.trigger != "schedule" or row.status not in _TITLES or owner is None or not owner.is_active:
        return
    session.add(
        Delivery(
            execution_id=row.id,
            kind=KIND,
            recipient=owner.email,
            send_no=_SENDING,
            message_id=message_id(str(row.id), owner.email, _SENDING, domain_of(owner.email)),
            not_before=now,
            give_up_at=now + backoff.DELIVERY_GIVES_UP,
        )
    )


def build_notice(session: Session, execution_id: uuid.UUID, *, account: SmtpAccount, identifier: str) -> EmailMessage:
    """The mail itself; raises a permanent DeliveryError when the execution is gone or well again."""
    row = session.get(ReportExecution, execution_id)
    report = session.get(ScheduledReport, row.scheduled_report_id) if row else None
    owner = session.get(User, row.owner_id) if row else None
    if row is None or report is None or owner is None or row.status not in _TITLES:
        raise DeliveryError("There is nothing to tell any more.", permanent=True)
    shared = workspace.find_workspace(session)
    locale = shared.locale
    return build_failure_notice(
        sender=Sender(account.from_email, account.from_name or ""),
        recipient=owner.email,
        title=_TITLES[row.status].format(name=row.snapshot.get("name", report.name)),
        report_id=str(report.id),
        execution_id=str(row.id),
        workspace=shared.name,
        brand=shared.brand,
        scheduled_text=_moment(row.scheduled_for, row.snapshot.get("timezone", "UTC"), locale),
        cause=row.error_message or "The history has the details.",
        next_step=_next_step(report, locale),
        message_id=identifier,
        date=clock.now(),
        base_url=get_settings().base_url,
        extra_headers=account.extra_headers,
    )


def _next_step(report: ScheduledReport, locale: str) -> str:
    zone = report.schedule_config.get("timezone", "UTC")
    if not report.is_active or report.next_run_at is None:
        planned = "The report is paused: nothing more is sent until you switch it on again."
    else:
        planned = f"The next run is planned for {_moment(report.next_run_at, zone, locale)}; this does not change it."
    if report.failures_in_row < 2:
        return planned
    return f"{planned} {plural(report.failures_in_row, 'run')} in a row did not go well."


def _moment(instant: datetime, zone: str, locale: str) -> str:
    local = instant.astimezone(clock.zone(zone))
    minute = local.time().replace(second=0, microsecond=0)
    return f"{date_text(local.date(), locale)}, {time_text(minute, locale)} ({zone})"
