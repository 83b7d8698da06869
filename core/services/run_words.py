"""The words of a run: a person's subject and text, and the names of the files, filled in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from core import clock
from core.document.model import ReportDocument
from core.mail.template_engine import render
from core.mail.template_figures import document_values
from core.mail.template_variables import RunFacts, open_values
from core.mail.templates import (
    DEFAULT_BODY,
    DEFAULT_FILE_NAME,
    DEFAULT_SUBJECT,
    THREAD_SUBJECT,
    Job,
    render_many,
    template_variables,
)
from core.services.run_data import FinishedFile
from core.services.run_plan import RunPlan
from core.text import LONGEST_FILE_NAME, one_line, safe_file_name

# Whatever a title adds to a name, this much of the name itself stays.
_LEAST_STEM: Final = 20


@dataclass(frozen=True, slots=True)
class Words:
    """The user's two templates, filled in for one person."""

    subject: str
    body: str


def fill_in(plan: RunPlan, document: ReportDocument, addresses: Sequence[str]) -> list[Words]:
    """Subject and body for each person. Our own templates need no cage; a person's run in one."""
    subject = plan.email_subject or (THREAD_SUBJECT if plan.options.keep_thread else DEFAULT_SUBJECT)
    body = plan.email_body or DEFAULT_BODY
    variables = [variables_for(plan, document, address) for address in addresses]
    if plan.email_subject is None and plan.email_body is None:
        return [Words(_ours(subject, known, plan), _ours(body, known, plan)) for known in variables]
    jobs = [job for known in variables for job in (Job(subject, known, "subject"), Job(body, known))]
    texts = render_many(jobs, locale=plan.head.locale)
    return [Words(*pair) for pair in zip(texts[::2], texts[1::2], strict=True)]


def with_names(plan: RunPlan, document: ReportDocument, files: Sequence[FinishedFile]) -> list[FinishedFile]:
    """The files with the names that people see, each once in a mail whatever its case; raises TemplateError."""
    stem = file_stem(plan, variables_for(plan, document, ""))
    taken: set[str] = set()
    return [replace(file, name=_free(stem, _ending(file), taken)) for file in files]


def file_stem(plan: RunPlan, variables: Mapping[str, Any]) -> str:
    """The name that the files share, `departures-by-airline_2013-06-24`; raises TemplateError."""
    known = {name: value for name, value in variables.items() if name != "recipient"}
    if plan.file_name is None:
        return _ours(DEFAULT_FILE_NAME, known, plan)
    return one_line(render_many([Job(plan.file_name, known, "filename")], locale=plan.head.locale)[0])


def variables_for(
    plan: RunPlan, document: ReportDocument | None, recipient: str, *, run: RunFacts | None = None
) -> dict[str, Any]:
    """What the templates of one person's mail may name; without a document its figures are not known yet.

    `run` is what is known of a run that is over; left out, it is ending now.
    """
    parameters = {name: value for planned in plan.queries for name, value in planned.parameters.items()}
    facts = RunFacts(
        number=plan.number,
        attempt=plan.attempt,
        status="partial" if document is not None and document.failed else "success",
        finished_at=clock.now(),
        compared_with=plan.earlier.label,
    )
    return template_variables(
        plan.head,
        recipient=recipient,
        sender=plan.head.owner_name,
        params=parameters,
        dates=plan.dates,
        data=open_values() if document is None else document_values(document, plan.earlier),
        run=run or facts,
    )


def full_name(stem: str, ending: str) -> str:
    """A name for people and file systems; the stem is cut when it is too long, never the ending."""
    most = max(_LEAST_STEM, LONGEST_FILE_NAME - len(ending))
    return safe_file_name(f"{safe_file_name(stem, longest=most)}{ending}")


def _ending(file: FinishedFile) -> str:
    """`_airlines.csv`: the section's name for the parts of a dashboard, and the extension."""
    suffix = f"_{file.written.suffix}" if file.written.suffix else ""
    return f"{suffix}.{file.written.extension.lstrip('.')}"


def _free(stem: str, ending: str, taken: set[str]) -> str:
    """A name that is taken gets a number."""
    number = 1
    while True:
        name = full_name(stem, ending if number == 1 else f"-{number}{ending}")
        if name.lower() not in taken:
            taken.add(name.lower())
            return name
        number += 1


def _ours(template: str, variables: Mapping[str, Any], plan: RunPlan) -> str:
    return render(template, variables, locale=plan.head.locale)
