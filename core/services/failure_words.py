"""The words of a failure notice: ours, or the owner's own, filled in with what is known of a run that has no data."""

from __future__ import annotations

import logging
from typing import Any

from core.errors import TemplateError
from core.mail.template_failure import FailureFacts, failure_values
from core.mail.template_variables import RunFacts
from core.mail.templates import Job, render_many
from core.services.run_plan import RunPlan
from core.services.run_words import Words, variables_for
from core.text import one_line

log = logging.getLogger("rooster.mail")


def values_of_failure(plan: RunPlan, facts: FailureFacts, *, recipient: str, run: RunFacts) -> dict[str, Any]:
    """What the texts of a notice may name."""
    return failure_values(variables_for(plan, None, recipient, run=run), facts, plan.head)


def fill_in_failure(plan: RunPlan, variables: dict[str, Any]) -> Words:
    """The owner's own words, empty where there are none; raises TemplateError."""
    jobs = [Job(plan.options.failure_subject or "", variables, "failure_subject")]
    jobs.append(Job(plan.options.failure_body or "", variables, "failure_body"))
    if not any(job.template for job in jobs):
        return Words("", "")
    subject, body = render_many(jobs, locale=plan.head.locale)
    return Words(one_line(subject), body.strip())


def words_or_ours(plan: RunPlan, variables: dict[str, Any]) -> Words:
    """A mistake in the owner's words must not keep the bad news: they are left out then."""
    try:
        return fill_in_failure(plan, variables)
    except TemplateError as error:
        log.warning("Failure notice of execution %s in our own words: %s", plan.execution_id, error.message)
        return Words("", "")
