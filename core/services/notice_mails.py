"""The mails to an owner: a scheduled run did not reach everybody, a reader stopped the mails of a report."""

from __future__ import annotations

import uuid
from datetime import datetime
from email.message import EmailMessage
from typing import Any

from sqlalchemy.orm import Session

from core import clock
from core.document.locales import date_text, time_text
from core.errors import DeliveryError
from core.mail.headers import Sender
from core.mail.notices import build_failure_notice, build_stop_notice
from core.mail.smtp_connect import SmtpAccount
from core.mail.template_failure import FailureFacts
from core.mail.template_variables import RunFacts
from core.models import ReportExecution, ScheduledReport, User
from core.services import workspace
from core.services.failure_words import values_of_failure, words_or_ours
from core.services.notices import TITLES
from core.services.run_plan import plan_of_snapshot
from core.services.run_words import Words
from core.settings import get_settings
from core.text import plural


def build_failure(session: Session, execution_id: uuid.UUID, *, account: SmtpAccount, identifier: str) -> EmailMessage:
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


def build_stop(
    session: Session, report_id: uuid.UUID, *, stop: dict[str, Any], account: SmtpAccount, identifier: str
) -> EmailMessage:
    """The mail itself; raises a permanent DeliveryError when the report is gone."""
    report = session.get(ScheduledReport, report_id)
    owner = session.get(User, report.owner_id) if report else None
    if report is None or owner is None:
        raise DeliveryError("There is nothing to tell any more.", permanent=True)
    shared, now = workspace.find_workspace(session), clock.now()
    zone = report.schedule_config.get("timezone", "UTC")
    return build_stop_notice(
        sender=Sender(account.from_email, account.from_name or ""),
        recipient=owner.email,
        address=stop["recipient"],
        report_name=report.name,
        report_id=str(report.id),
        consequences=stop["consequences"],
        workspace=shared.name,
        brand=shared.brand,
        moment_text=moment_words(now, zone, shared.locale),
        message_id=identifier,
        date=now,
        base_url=get_settings().base_url,
        extra_headers=account.extra_headers,
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
