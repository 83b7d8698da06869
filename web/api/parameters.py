"""Parameters of addresses: a mistyped filter must not pass for a list of everything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute

from core.text import join_words, one_line

# Of a name that is none of ours.
_LONGEST: Final = 100


async def refuse_unknown(request: Request) -> None:
    """422 for a parameter that the operation does not know, or one that is given twice."""
    route = request.scope["route"]
    assert isinstance(route, APIRoute), "a dependency belongs to an operation"
    known = sorted(set(_names(route.dependant)))
    given = Counter(name for name, _ in request.query_params.multi_items())
    problems = [problem for name, count in given.items() if (problem := _problem(name, count, known))]
    if problems:
        raise RequestValidationError(problems)


def _names(dependant: Dependant) -> Iterator[str]:
    yield from (field.alias for field in dependant.query_params)
    for part in dependant.dependencies:
        yield from _names(part)


def _problem(name: str, count: int, known: list[str]) -> dict[str, Any] | None:
    if name not in known:
        words = f"known are {join_words(known)}" if known else "this operation takes none"
        return _refusal(name, f"there is no such parameter; {words}", "unknown_parameter")
    return _refusal(name, f"it is given {count} times; give it once", "repeated_parameter") if count > 1 else None


def _refusal(name: str, sentence: str, kind: str) -> dict[str, Any]:
    return {"loc": ("query", one_line(name)[:_LONGEST]), "msg": sentence, "type": kind}
