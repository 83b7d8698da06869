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
from core.mail.notices import build_failure_notice
from core.mail.smtp import SmtpAccount
from core.mail.template_failure import FailureFacts
from core.mail.template_variables import RunFacts
from core.models import Delivery, ReportExecution, ScheduledReport, User
from core.services import backoff, workspace
from core.services.failure_words import TITLES, values_of_failure, words_or_ours
from core.services.run_plan import plan_of_snapshot
from core.services.run_words import Words
from core.settings import get_settings
from core.text import plural

KIND: Final = "notice"
# A report's own mails count from 1.
_SENDING: Final = 0


def plan_notice(session: Session, row: ReportExecution, *, now: datetime) -> None:
    """Put a mail to the owner in line. People who press a button see the result themselves."""
    owner = session.get(User, row.owner_id)
    if row.trigger != "schedule" or row.status not in TITLES or owner is None or not owner.is_active:
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
    if row is None or report is None or owner is None or row.status not in TITLES:
        raise DeliveryError("There is nothing to tell any more.", permanent=True)
    shared = workspace.find_workspace(session)
    locale = shared.locale
    title = TITLES[row.status].format(name=row.snapshot.get("name", report.name))
    cause = row.error_message or "The history has the details."
    facts = FailureFacts(title, cause, report.next_run_at if report.is_active else None, report.failures_in_row)
    words = _own_words(session, row, owner, facts)
    return build_failure_notice(
        sender=Sender(account.from_email, account.from_name or ""),
        recipient=owner.email,
        title=facts.title,
        report_id=str(report.id),
        execution_id=str(row.id),
        workspace=shared.name,
        brand=shared.brand,
        scheduled_text=moment_words(row.scheduled_for, row.snapshot.get("timezone", "UTC"), locale),
        cause=facts.detail,
        next_step=next_step(facts, zone=report.schedule_config.get("timezone", "UTC"), locale=locale),
        message_id=identifier,
        date=clock.now(),
        base_url=get_settings().base_url,
        extra_headers=account.extra_headers,
        subject=words.subject,
        body_markdown=words.body,
    )


def _own_words(session: Session, row: ReportExecution, owner: User, facts: FailureFacts) -> Words:
    """What the owner wrote for this case when the run was made; empty where nothing was written."""
    if not (row.snapshot.get("failure_subject") or row.snapshot.get("failure_body")):
        return Words("", "")
    began = row.started_at or row.scheduled_for
    plan = plan_of_snapshot(session, row.snapshot, owner=owner, execution=row, fence=row.fence, now=began)
    run = RunFacts(plan.number, plan.attempt, row.status, row.finished_at, plan.earlier.label)
    return words_or_ours(plan, values_of_failure(plan, facts, recipient=owner.email, run=run))


def next_step(facts: FailureFacts, *, zone: str, locale: str) -> str:
    """What happens next, in a sentence or two."""
    if facts.next_try is None:
        planned = "The report is paused: nothing more is sent until you switch it on again."
    else:
        planned = f"The next run is planned for {moment_words(facts.next_try, zone, locale)}; this does not change it."
    if facts.failures_in_row < 2:
        return planned
    return f"{planned} {plural(facts.failures_in_row, 'run')} in a row did not go well."


def moment_words(instant: datetime, zone: str, locale: str) -> str:
    """`24 Jun 2013, 07:00 (Europe/Berlin)`."""
    local = instant.astimezone(clock.zone(zone))
    minute = local.time().replace(second=0, microsecond=0)
    return f"{date_text(local.date(), locale)}, {time_text(minute, locale)} ({zone})"
