"""Reading a template without running it: what it names, whether all of that exists, and what it asks of the data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from jinja2 import TemplateSyntaxError, nodes

from core.errors import TemplateError
from core.mail.render_child import sentence
from core.mail.template_blocks import BLOCKS, MOST_ROWS
from core.mail.template_engine import AGGREGATES, COLUMNS, FUNCTIONS, MAX_TEMPLATE_BYTES, Aggregation, make_environment
from core.mail.template_kinds import BODIES, DATA_NAMES, FAILURE_NAMES, FAILURES, TemplateKind
from core.text import did_you_mean

# Nothing to load, nothing to define: a sentence needs neither.
_FORBIDDEN: Final[tuple[type[nodes.Node], ...]] = (
    nodes.Include,
    nodes.Import,
    nodes.FromImport,
    nodes.Extends,
    nodes.Block,
    nodes.Macro,
    nodes.CallBlock,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What templates want of the data: `totals` over all rows by (aggregate, column), and the longest table."""

    totals: frozenset[tuple[Aggregation, str]] = frozenset()
    rows: int = 0
    names: frozenset[str] = field(default_factory=frozenset)


def asked_of(templates: Iterable[str | None]) -> Asked:
    """What the templates of a report ask for; one with a mistake asks for nothing, and is refused elsewhere."""
    totals: set[tuple[Aggregation, str]] = set()
    rows, names = 0, set()
    for tree in _trees(templates):
        for how, arguments in _calls(tree):
            first = arguments[0] if arguments else None
            if how in AGGREGATES and isinstance(first, str):
                totals.add((how, first))
            if how == "table" and isinstance(first, int):
                rows = max(rows, min(first, MOST_ROWS))
        names |= {name.name for name in tree.find_all(nodes.Name)}
    return Asked(frozenset(totals), rows, frozenset(names))


def check_names(template: str, variables: Mapping[str, Any], *, kind: TemplateKind) -> None:
    """Raises TemplateError, with a suggestion, for whatever a template names that does not exist.

    Parses only: compiling would already work out `'a' * 10**9`, here, in this process.
    """
    tree = _parse(template)
    if any(tree.find_all(_FORBIDDEN)) or (kind not in BODIES and tree.find(nodes.For) is not None):
        raise TemplateError("Templates may use variables, filters and conditions; loops in the body only.")
    _check_filters(tree)
    assigned = {name.name for name in tree.find_all(nodes.Name) if name.ctx != "load"}
    _check_variables(tree, variables, assigned, kind)
    for node in tree.find_all((nodes.Getattr, nodes.Getitem)):
        _check_path(_path(node), variables, assigned)
    for how, arguments in _calls(tree):
        if how not in assigned:
            _check_call(how, arguments, variables.get(COLUMNS))


def _trees(templates: Iterable[str | None]) -> Iterator[nodes.Template]:
    for template in templates:
        if template:
            try:
                yield _parse(template)
            except TemplateError:
                continue


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
            raise TemplateError(f"There is no filter `{node.name}`.{_hint(node.name, environment.filters)}")
    for test in tree.find_all(nodes.Test):
        if test.name not in environment.tests:
            raise TemplateError(f"There is no test `{test.name}`.")


def _check_variables(
    tree: nodes.Template, variables: Mapping[str, Any], assigned: set[str], kind: TemplateKind
) -> None:
    plain = {name for name in variables if not name.startswith("$")}
    functions = [name for name in FUNCTIONS if kind not in FAILURES or name not in AGGREGATES]
    known = {*plain, *functions, *assigned, *(BLOCKS if kind == "body" else ())}
    for name in tree.find_all(nodes.Name):
        if name.name in known:
            continue
        reason = _misplaced(name.name, kind)
        if reason:
            raise TemplateError(reason)
        raise _unknown(name.name, [*known, *_dotted(variables)])


def _misplaced(name: str, kind: TemplateKind) -> str:
    """Why a name that exists elsewhere does not work here, and what does; empty for one that does not exist at all."""
    if kind in FAILURES and name in (*DATA_NAMES, *AGGREGATES, *BLOCKS):
        return (
            f"A run that failed has no data: `{name}` works in the mail of a report only. Here `error.detail` says "
            "what went wrong."
        )
    if name in FAILURE_NAMES:
        return f"`{name}` works in the failure notice only. Here `run.status` says how the run went."
    if name in BLOCKS:
        return f"`{name}` belongs into the text; a subject or a file name cannot show it."
    if name == "recipient":
        return "The files are the same for everybody: `recipient` works in subject and text only."
    return ""


def _check_path(path: tuple[str, ...], variables: Mapping[str, Any], assigned: set[str]) -> None:
    """`period.lable`, `kpi.departures.valeu`: each name along the way, as far as it is known."""
    if not path or path[0] in assigned:
        return
    inner: Any = variables
    for place, name in enumerate(path):
        if not isinstance(inner, Mapping):
            return
        if name not in inner:
            before = ".".join(path[:place])
            known = [f"{before}.{one}" for one in inner] if before else []
            raise _unknown(f"{before}.{name}", known)
        inner = inner[name]


def _path(node: nodes.Node) -> tuple[str, ...]:
    """The names of `a.b.c` or `a["b"]`; nothing for anything that has to be worked out."""
    if isinstance(node, nodes.Name):
        return (node.name,)
    if isinstance(node, nodes.Getattr):
        before = _path(node.node)
        return (*before, node.attr) if before else ()
    if isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str):
        before = _path(node.node)
        return (*before, node.arg.value) if before else ()
    return ()


def _calls(tree: nodes.Template) -> Iterator[tuple[str, list[Any]]]:
    """Each function by its name, its arguments where they are written out and None where not."""
    for call in tree.find_all(nodes.Call):
        if isinstance(call.node, nodes.Name):
            yield (
                call.node.name,
                [argument.value if isinstance(argument, nodes.Const) else None for argument in call.args],
            )


def _check_call(how: str, arguments: Sequence[Any], columns: Sequence[str] | None) -> None:
    if how not in AGGREGATES:
        return
    column = arguments[0] if len(arguments) == 1 else None
    if not isinstance(column, str):
        raise TemplateError(f'Write the name of the column in quotes, as in {how}("departures").')
    if columns is not None and column not in columns:
        raise TemplateError(f"There is no column `{column}`.{_hint(column, columns)}")


def _dotted(variables: Mapping[str, Any]) -> list[str]:
    return [f"{name}.{inner}" for name, value in variables.items() if isinstance(value, Mapping) for inner in value]


def _unknown(name: str, known: Iterable[str]) -> TemplateError:
    return TemplateError(f"There is no variable `{name}`.{_hint(name, known)}")


def _hint(name: str, known: Iterable[str]) -> str:
    return did_you_mean(name, known).replace("'", "`")
