"""What pydantic refuses, said in plain words: which field, and what to do."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic import ValidationError

from core.errors import InvalidInput
from core.text import join_words, shortened

# Longer ones would only repeat what was sent.
_LONGEST: Final = 300
_Part = str | int
# What pydantic adds to a path for its own branches; the fields of people have no such names.
_BRANCH: Final = re.compile(r"function-|constrained-|nullable|literal\[|list\[|dict\[|tuple\[")
_SCALARS: Final = frozenset({"str", "int", "float", "bool"})
_Words = Callable[[Mapping[str, Any]], str]


@dataclass(frozen=True, slots=True)
class Refusal:
    """`path` leads to the field, `sentence` says what is wrong with it; `kind` is pydantic's name of the rule."""

    path: tuple[_Part, ...]
    sentence: str
    kind: str

    @property
    def text(self) -> str:
        """One sentence that names the field."""
        said = self.sentence if self.sentence.endswith("?") else f"{self.sentence}."
        named = ".".join(map(str, self.path))
        return shortened(f"{named}: {said}" if named else said, most=_LONGEST)


def refusals_of(problems: Sequence[Mapping[str, Any]]) -> list[Refusal]:
    """One per field: the branches of a union each have their say, and are joined."""
    by_path: dict[tuple[_Part, ...], list[Mapping[str, Any]]] = {}
    for problem in problems:
        by_path.setdefault(_path(problem["loc"]), []).append(problem)
    return [_joined(path, found) for path, found in by_path.items()]


def first_error(error: ValidationError) -> InvalidInput:
    """The first refusal as an error of ours."""
    first = refusals_of(error.errors())[0]
    return InvalidInput(first.text, field=".".join(map(str, first.path)) or None)


def _joined(path: tuple[_Part, ...], problems: Sequence[Mapping[str, Any]]) -> Refusal:
    sentences = list(dict.fromkeys(_sentence(problem) for problem in problems))
    return Refusal(path, join_words(sentences, last="or"), str(problems[0]["type"]))


def _path(loc: Sequence[_Part]) -> tuple[_Part, ...]:
    parts = [part for part in loc if isinstance(part, int) or not _BRANCH.match(part)]
    if len(parts) > 1 and parts[-1] in _SCALARS:
        parts.pop()
    return tuple(part if isinstance(part, int) else shortened(part) for part in parts)


def _sentence(problem: Mapping[str, Any]) -> str:
    words = _WORDS.get(str(problem["type"]))
    if words is None:
        return str(problem["msg"]).removeprefix("Value error, ").rstrip(".")
    return words(problem.get("ctx") or {})


def _say(text: str) -> _Words:
    return lambda ctx: text.format_map(ctx)


def _at_least(ctx: Mapping[str, Any]) -> str:
    return "it is empty; write something" if ctx["min_length"] == 1 else f"use {ctx['min_length']} characters or more"


def _enough(ctx: Mapping[str, Any]) -> str:
    return "it is empty; give at least one" if ctx["min_length"] == 1 else f"give {ctx['min_length']} or more"


_NUMBER: Final = _say("use a number")
_WHOLE: Final = _say("use a whole number")
_FLAG: Final = _say("use true or false")
_ID: Final = _say("this is no id; take it from the list of such things")
_INSTANT: Final = _say("use an instant with its offset, such as 2026-06-24T07:00:00Z")
_OBJECT: Final = _say("use an object, sent as JSON with the header 'Content-Type: application/json'")
_WORDS: Final[dict[str, _Words]] = {
    "missing": _say("this field is required"),
    "extra_forbidden": _say("there is no such field; remove it"),
    "string_type": _say("write text"),
    "string_too_short": _at_least,
    "string_too_long": _say("use {max_length} characters or fewer"),
    "too_short": _enough,
    "too_long": _say("give {max_length} or fewer"),
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_parsing_size": _say("use a smaller number"),
    "int_from_float": _WHOLE,
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "finite_number": _NUMBER,
    "bool_type": _FLAG,
    "bool_parsing": _FLAG,
    "greater_than_equal": _say("use {ge} or more"),
    "less_than_equal": _say("use {le} or less"),
    "literal_error": _say("use {expected}"),
    "uuid_type": _ID,
    "uuid_parsing": _ID,
    "datetime_type": _INSTANT,
    "datetime_parsing": _INSTANT,
    "datetime_from_date_parsing": _INSTANT,
    "datetime_object_invalid": _INSTANT,
    "timezone_aware": _INSTANT,
    "list_type": _say("use a list"),
    "dict_type": _OBJECT,
    "model_type": _OBJECT,
    "model_attributes_type": _OBJECT,
    "json_invalid": _say("this is not valid JSON: {error}"),
}
