"""The words of a run: a person's subject, text and file names, filled in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core import clock
from core.document.model import ReportDocument
from core.mail.template_engine import render
from core.mail.templates import DEFAULT_BODY, DEFAULT_SUBJECT, Job, render_many, template_variables
from core.services.run_data import FinishedFile
from core.services.run_plan import RunPlan
from core.text import safe_file_name


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


def _ours(template: str, variables: Mapping[str, Any], plan: RunPlan) -> str:
    return render(template, variables, locale=plan.head.locale)
