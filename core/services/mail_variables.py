"""What a subject or a body may name, for the picker beside them, and what is wrong with one that names more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from core.errors import TemplateError
from core.mail.template_engine import render
from core.mail.template_variables import VARIABLES, Variable
from core.mail.templates import TemplateKind, check_template
from core.services import run_words
from core.services.mail_preview import GatheredPreview, PreparedPreview

__all__ = ["LiveVariable", "TemplateKind", "Variable", "list_variables", "live_variables", "problem_with"]

_SEPARATOR: Final = "\x1f"
_PARAMETERS: Final = "params."
_OF_THE_RESULT: Final = ("rows", "is_empty")


@dataclass(frozen=True, slots=True)
class LiveVariable:
    """A variable and what it would say in the next mail; empty when that is not known yet."""

    name: str
    description: str
    value: str = ""


def list_variables() -> tuple[Variable, ...]:
    return VARIABLES


def live_variables(prepared: PreparedPreview, gathered: GatheredPreview | None) -> list[LiveVariable]:
    """Each variable with its value as of now; how many rows there are is known once they were gathered."""
    document = gathered.document if gathered else None
    known = run_words.variables_for(prepared.plan, document, prepared.recipient)
    variables = list(_named(known["params"]))
    template = _SEPARATOR.join(f"{{{{ {variable.name} }}}}" for variable in variables)
    values = render(template, known, locale=prepared.plan.head.locale).split(_SEPARATOR)
    return [
        LiveVariable(
            variable.name,
            variable.description,
            value if document is not None or variable.name not in _OF_THE_RESULT else "",
        )
        for variable, value in zip(variables, values, strict=True)
    ]


def problem_with(
    template: str, *, kind: TemplateKind, prepared: PreparedPreview, gathered: GatheredPreview | None
) -> str | None:
    """What is wrong with a template, in words, or None."""
    try:
        check_template(
            template,
            kind=kind,
            variables=run_words.variables_for(
                prepared.plan, gathered.document if gathered else None, prepared.recipient
            ),
            locale=prepared.plan.head.locale,
        )
    except TemplateError as error:
        return error.message
    return None


def _named(parameters: dict[str, object]) -> Iterator[Variable]:
    """One line for each parameter that there is, instead of the one that speaks of them all."""
    for variable in VARIABLES:
        if not variable.name.startswith(_PARAMETERS):
            yield variable
            continue
        for name in parameters:
            yield Variable(variable.group, f"{_PARAMETERS}{name}", f"The parameter {name}")
