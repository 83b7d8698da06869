"""People's own templates: checked when saved, rendered in a child process when sent."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from jinja2 import TemplateSyntaxError, nodes

from core.errors import TemplateError
from core.mail.render_child import TOO_MUCH, encode, sentence
from core.mail.template_engine import FUNCTIONS, MAX_TEMPLATE_BYTES, make_environment
from core.mail.template_variables import VARIABLES, Variable, sample_variables, template_variables
from core.text import did_you_mean, one_line, safe_file_name

__all__ = [
    "DEFAULT_BODY",
    "DEFAULT_FILE_NAME",
    "DEFAULT_SUBJECT",
    "VARIABLES",
    "Job",
    "TemplateKind",
    "Variable",
    "check_template",
    "render_body",
    "render_file_name",
    "render_many",
    "render_subject",
    "sample_variables",
    "template_variables",
]

TemplateKind = Literal["subject", "body", "filename"]

DEFAULT_SUBJECT = "{{ report.name }} \u00b7 {{ period.label }}"
DEFAULT_BODY = "Hello, here is {{ report.name }} for {{ period.label }}."
DEFAULT_FILE_NAME = "{{ report.slug }}_{{ date }}"

# Two seconds of processor time can take longer on a busy machine.
_WALL_SECONDS = 20
_ROOT = Path(__file__).resolve().parents[2]

# Nothing to load, nothing to define: a sentence needs neither.
_FORBIDDEN: tuple[type[nodes.Node], ...] = (
    nodes.Include,
    nodes.Import,
    nodes.FromImport,
    nodes.Extends,
    nodes.Block,
    nodes.Macro,
    nodes.CallBlock,
)


@dataclass(frozen=True, slots=True)
class Job:
    """A template and what it may use."""

    template: str
    variables: Mapping[str, Any]


def render_subject(template: str, variables: Mapping[str, Any], *, locale: str = "en_GB") -> str:
    """One line; raises TemplateError."""
    return one_line(render_many([Job(template, variables)], locale=locale)[0])


def render_body(template: str, variables: Mapping[str, Any], *, locale: str = "en_GB") -> str:
    """Markdown; raises TemplateError."""
    return render_many([Job(template, variables)], locale=locale)[0]


def render_file_name(template: str, variables: Mapping[str, Any], *, locale: str = "en_GB") -> str:
    """A safe name without its extension; raises TemplateError."""
    return safe_file_name(one_line(render_many([Job(template, variables)], locale=locale)[0]))


def render_many(jobs: Sequence[Job], *, locale: str = "en_GB") -> list[str]:
    """The texts of several templates from one child process (some 0.1 s); raises TemplateError for the first to fail.

    All of them share the limits: two seconds of processor time, 600 MB, 1,000,000 characters each.
    """
    for job in jobs:
        _check_names(job.template, job.variables, kind="body")
    results = _run_child(jobs, locale)
    for result in results:
        if "error" in result:
            raise TemplateError(result["error"])
    return [result["text"] for result in results]


def check_template(
    template: str, *, kind: TemplateKind, variables: Mapping[str, Any] | None = None, locale: str = "en_GB"
) -> None:
    """Raise TemplateError for bad syntax, an unknown name (with a suggestion), or a template that cannot be filled in.

    `variables` are those of the report, or `sample_variables()` when left out.
    """
    values = sample_variables() if variables is None else variables
    _check_names(template, values, kind=kind)
    results = _run_child([Job(template, values)], locale)
    if "error" in results[0]:
        raise TemplateError(results[0]["error"])
    if kind != "body" and not one_line(results[0]["text"]):
        raise TemplateError(f"The {'file name' if kind == 'filename' else 'subject'} is empty.")


def _check_names(template: str, variables: Mapping[str, Any], *, kind: TemplateKind) -> None:
    """Parses only: compiling would already work out `'a' * 10**9`, here, in this process."""
    tree = _parse(template)
    if any(tree.find_all(_FORBIDDEN)) or (kind != "body" and tree.find(nodes.For) is not None):
        raise TemplateError("Templates may use variables, filters and conditions; loops in the body only.")
    _check_filters(tree)
    assigned = {name.name for name in tree.find_all(nodes.Name) if name.ctx != "load"}
    known = {*variables, *FUNCTIONS, *assigned}
    for name in tree.find_all(nodes.Name):
        if name.name not in known:
            raise _unknown(name.name, [*known, *_dotted(variables)])
    for attribute in tree.find_all(nodes.Getattr):
        _check_attribute(attribute, variables, assigned)


def _parse(template: str) -> nodes.Template:
    if len(template.encode()) > MAX_TEMPLATE_BYTES:
        raise TemplateError(f"The template is longer than {MAX_TEMPLATE_BYTES // 1000} kB.")
    try:
        return make_environment().parse(template)
    except TemplateSyntaxError as error:
        raise TemplateError(
            f"The template has a mistake in line {error.lineno}: {sentence(error.message or '')}"
        ) from error
    except RecursionError as error:
        raise TemplateError("The template is nested too deeply.") from error


def _check_filters(tree: nodes.Template) -> None:
    environment = make_environment()
    for node in tree.find_all(nodes.Filter):
        if node.name not in environment.filters:
            suggestion = did_you_mean(node.name, environment.filters).replace("'", "`")
            raise TemplateError(f"There is no filter `{node.name}`.{suggestion}")
    for test in tree.find_all(nodes.Test):
        if test.name not in environment.tests:
            raise TemplateError(f"There is no test `{test.name}`.")


def _check_attribute(attribute: nodes.Getattr, variables: Mapping[str, Any], assigned: set[str]) -> None:
    group = attribute.node
    if not isinstance(group, nodes.Name) or group.name in assigned:
        return
    values = variables.get(group.name)
    if isinstance(values, Mapping) and attribute.attr not in values:
        raise _unknown(f"{group.name}.{attribute.attr}", _dotted({group.name: values}))


def _dotted(variables: Mapping[str, Any]) -> list[str]:
    return [f"{name}.{inner}" for name, value in variables.items() if isinstance(value, Mapping) for inner in value]


def _unknown(name: str, known: Sequence[str]) -> TemplateError:
    suggestion = did_you_mean(name, known).replace("'", "`")
    return TemplateError(f"There is no variable `{name}`.{suggestion}")


def _run_child(jobs: Sequence[Job], locale: str) -> list[dict[str, str]]:
    request = {
        "locale": locale,
        "jobs": [{"template": job.template, "variables": encode(job.variables)} for job in jobs],
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
