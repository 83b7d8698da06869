"""The failure notice of a report as its owner would get it, of a failure that did not happen."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from core import clock
from core.mail.headers import Sender
from core.mail.notices import build_failure_notice
from core.mail.template_failure import FailureFacts
from core.mail.template_variables import RunFacts
from core.services import notice_mails
from core.services.failure_words import fill_in_failure, values_of_failure
from core.services.mail_preview import MailPreview, PreparedPreview, body_of, html_of
from core.services.notices import TITLES

_DETAIL: Final = "The database did not answer within 300 seconds."


def example_failure(prepared: PreparedPreview) -> dict[str, Any]:
    """What the texts of the notice may name, with the values of the example."""
    plan = prepared.plan
    run = RunFacts(plan.number, status="failed", finished_at=plan.head.data_as_of, compared_with=plan.earlier.label)
    return values_of_failure(plan, _facts(prepared), recipient=plan.head.owner_email, run=run)


def preview_failure(prepared: PreparedPreview) -> MailPreview:
    """The notice in the words of now; raises TemplateError."""
    head = replace(prepared.plan.head, trigger="schedule")
    words, facts = fill_in_failure(prepared.plan, example_failure(prepared)), _facts(prepared)
    message = build_failure_notice(
        sender=Sender(head.owner_email, head.workspace),
        recipient=head.owner_email,
        title=facts.title,
        report_id=head.report_id,
        execution_id=head.execution_id,
        workspace=head.workspace,
        brand=head.brand,
        scheduled_text=notice_mails.moment_words(head.scheduled_for, head.timezone, head.locale),
        cause=facts.detail,
        next_step=notice_mails.next_step(facts, zone=head.timezone, locale=head.locale),
        message_id="<preview@rooster.invalid>",
        date=clock.now(),
        base_url=head.base_url,
        subject=words.subject,
        body_markdown=words.body,
    )
    return MailPreview(str(message["Subject"]), html_of(message), body_of(message, "plain"))


def _facts(prepared: PreparedPreview) -> FailureFacts:
    return FailureFacts(TITLES["failed"].format(name=prepared.plan.head.name), _DETAIL, prepared.upcoming)
