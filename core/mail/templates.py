"""People's own templates: checked when saved, rendered in a child process when sent."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import TemplateError
from core.mail.render_child import TOO_MUCH
from core.mail.template_engine import WITH_BLOCKS
from core.mail.template_failure import failure_samples
from core.mail.template_kinds import BODIES, FAILURES, NOUNS, TemplateKind
from core.mail.template_names import Asked, asked_of, check_names
from core.mail.template_registry import VARIABLES, Variable
from core.mail.template_values import encode
from core.mail.template_variables import sample_variables, template_variables
from core.text import one_line, safe_file_name

__all__ = [
    "DEFAULT_BODY",
    "DEFAULT_FILE_NAME",
    "DEFAULT_SUBJECT",
    "THREAD_SUBJECT",
    "VARIABLES",
    "Asked",
    "Job",
    "TemplateKind",
    "Variable",
    "asked_of",
    "check_template",
    "render_body",
    "render_file_name",
    "render_many",
    "render_subject",
    "sample_variables",
    "template_variables",
]

DEFAULT_SUBJECT = "{{ report.name }} \u00b7 {{ period.label }}"
# In a conversation that keeps all runs together the subject stays the same: some mail programs go by it, too.
THREAD_SUBJECT = "{{ report.name }}"
DEFAULT_BODY = "Hello, here is {{ report.name }} for {{ period.label }}."
DEFAULT_FILE_NAME = "{{ report.slug }}_{{ date }}"

# Two seconds of processor time can take longer on a busy machine.
_WALL_SECONDS = 20
_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Job:
    """A template, what it may use, and what it is for: blocks show in a body only."""

    template: str
    variables: Mapping[str, Any]
    kind: TemplateKind = "body"


def render_subject(template: str, variables: Mapping[str, Any], *, locale: str = "en_GB") -> str:
    """One line; raises TemplateError."""
    return one_line(render_many([Job(template, variables, "subject")], locale=locale)[0])


def render_body(template: str, variables: Mapping[str, Any], *, locale: str = "en_GB") -> str:
    """Markdown, with the marks of its blocks; raises TemplateError."""
    return render_many([Job(template, variables)], locale=locale)[0]


def render_file_name(template: str, variables: Mapping[str, Any], *, locale: str = "en_GB") -> str:
    """A safe name without its extension; raises TemplateError."""
    return safe_file_name(one_line(render_many([Job(template, variables, "filename")], locale=locale)[0]))


def render_many(jobs: Sequence[Job], *, locale: str = "en_GB") -> list[str]:
    """The texts of several templates from one child process (some 0.1 s); raises TemplateError for the first to fail.

    All of them share the limits: two seconds of processor time, 600 MB, 1,000,000 characters each.
    """
    for job in jobs:
        check_names(job.template, job.variables, kind=job.kind)
    results = _run_child(jobs, locale)
    for result in results:
        if "error" in result:
            raise TemplateError(result["error"])
    return [result["text"] for result in results]


def check_template(
    template: str, *, kind: TemplateKind, variables: Mapping[str, Any] | None = None, locale: str = "en_GB"
) -> None:
    """Raise TemplateError for bad syntax, an unknown name (with a suggestion), or a template that cannot be filled in.

    `variables` are those of the report (for a failure notice `failure_values`), or samples when left out.
    """
    values = _samples(kind) if variables is None else variables
    if kind == "filename":
        values = {name: value for name, value in values.items() if name != "recipient"}
    check_names(template, values, kind=kind)
    results = _run_child([Job(template, values, kind)], locale)
    if "error" in results[0]:
        raise TemplateError(results[0]["error"])
    if kind not in BODIES and not one_line(results[0]["text"]):
        raise TemplateError(f"The {NOUNS[kind]} is empty.")


def _samples(kind: TemplateKind) -> dict[str, Any]:
    return failure_samples(sample_variables()) if kind in FAILURES else sample_variables()


def _run_child(jobs: Sequence[Job], locale: str) -> list[dict[str, str]]:
    request = {
        "locale": locale,
        "jobs": [{"template": job.template, "variables": encode(_variables(job))} for job in jobs],
    }
    try:
        # Our own module and no environment: the child has no secret to give away.
        child = subprocess.run(
            [sys.executable, "-m", "core.mail.render_child"],
            input=json.dumps(request).encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=_ROOT,
            env={"PYTHONUTF8": "1"},
            timeout=_WALL_SECONDS,
            check=True,
        )
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError) as error:
        raise TemplateError(TOO_MUCH) from error
    results: list[dict[str, str]] = json.loads(child.stdout)["results"]
    return results


def _variables(job: Job) -> Mapping[str, Any]:
    return {**job.variables, WITH_BLOCKS: 1} if job.kind == "body" else job.variables
