"""What a subject, a body or a file name may say, for the picker beside them, and what is wrong with one of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from core.errors import TemplateError
from core.formats.extensions import extension_of
from core.mail.template_engine import COLUMNS, render
from core.mail.template_figures import expected_values
from core.mail.template_kinds import FAILURES, TemplateKind
from core.mail.template_registry import BLOCKS_GROUP, DATA_GROUP, FAILURE_GROUP, PERSON_GROUP, VARIABLES, Variable
from core.mail.template_values import Anything
from core.mail.templates import check_template
from core.services import run_words
from core.services.failure_preview import example_failure
from core.services.mail_preview import GatheredPreview, PreparedPreview

__all__ = [
    "LiveVariable",
    "TemplateKind",
    "Variable",
    "example_names",
    "list_variables",
    "live_variables",
    "problem_with",
]

_SEPARATOR: Final = "\x1f"
_UNKNOWN: Final = str(Anything())
_MOST_NAMES: Final = 12
_LEFT_OUT: Final[Mapping[TemplateKind, tuple[str, ...]]] = {
    "body": (FAILURE_GROUP,),
    "subject": (FAILURE_GROUP, BLOCKS_GROUP),
    "filename": (FAILURE_GROUP, BLOCKS_GROUP, PERSON_GROUP),
    "failure_subject": (DATA_GROUP, BLOCKS_GROUP),
    "failure_body": (DATA_GROUP, BLOCKS_GROUP),
}


@dataclass(frozen=True, slots=True)
class LiveVariable:
    """A variable and what it would say in the next mail; empty when that is not known yet."""

    name: str
    description: str
    value: str = ""
    group: str = ""


def list_variables(kind: TemplateKind = "body") -> tuple[Variable, ...]:
    """What a template of this kind may name."""
    return tuple(variable for variable in VARIABLES if variable.group not in _LEFT_OUT[kind])


def live_variables(
    prepared: PreparedPreview, gathered: GatheredPreview | None, kind: TemplateKind = "body"
) -> list[LiveVariable]:
    """Each variable with its value as of now: of the rows that were read for a preview, else of the last run."""
    known = _known(prepared, gathered, kind)
    variables = list(_named(list_variables(kind), known))
    valued = [variable for variable in variables if variable.group != BLOCKS_GROUP]
    template = _SEPARATOR.join(f"{{{{ {variable.name} }}}}" for variable in valued)
    texts = render(template, known, locale=prepared.plan.head.locale).split(_SEPARATOR)
    values = {variable.name: text for variable, text in zip(valued, texts, strict=True)}
    unknown = () if gathered or prepared.known.rows is not None else ("rows", "is_empty", "columns")
    unknown = unknown if gathered else (*unknown, "rows_delta", "changed")
    return [
        LiveVariable(
            variable.name,
            variable.description,
            ""
            if variable.name in unknown or _UNKNOWN in values.get(variable.name, "")
            else values.get(variable.name, ""),
            variable.group,
        )
        for variable in variables
    ]


def problem_with(
    template: str, *, kind: TemplateKind, prepared: PreparedPreview, gathered: GatheredPreview | None
) -> str | None:
    """What is wrong with a template, in words, or None."""
    try:
        check_template(
            template, kind=kind, variables=_known(prepared, gathered, kind), locale=prepared.plan.head.locale
        )
    except TemplateError as error:
        return error.message
    return None


def example_names(prepared: PreparedPreview, gathered: GatheredPreview | None, formats: Sequence[str]) -> str:
    """The files' names as they would be now, `sales_2013-06-24.xlsx, .pdf`; raises TemplateError."""
    stem = run_words.file_stem(prepared.plan, _known(prepared, gathered, "filename"))
    options = prepared.plan.head.format_options
    first, *others = [f".{extension_of(key, options)}" for key in formats]
    return ", ".join([run_words.full_name(stem, first), *others])


def _known(prepared: PreparedPreview, gathered: GatheredPreview | None, kind: TemplateKind) -> dict[str, Any]:
    if kind in FAILURES:
        return example_failure(prepared)
    document = gathered.document if gathered else None
    known = run_words.variables_for(prepared.plan, document, prepared.recipient)
    return known if document is not None else known | expected_values(prepared.known)


def _named(variables: tuple[Variable, ...], known: Mapping[str, Any]) -> Iterator[Variable]:
    """One line for each parameter, column and figure that there is, instead of the one that speaks of them all."""
    groups = {"params.NAME": known["params"], "kpi.NAME": known.get("kpi"), "COL": known.get(COLUMNS)}
    for variable in variables:
        group = next((group for group in groups if group in variable.name), None)
        names = groups[group] if group else None
        if group is None or not isinstance(names, Mapping | list):
            yield variable
            continue
        place = group.rpartition(".")[2]
        for name in list(names)[:_MOST_NAMES]:
            if _is_writable(str(name), quoted='"' in variable.name):
                yield Variable(variable.group, variable.name.replace(place, name), _described(variable, str(name)))


def _is_writable(name: str, *, quoted: bool) -> bool:
    return not set('"\\') & set(name) if quoted else name.isidentifier()


def _described(variable: Variable, name: str) -> str:
    return f"The parameter {name}" if variable.name.startswith("params.") else variable.description
