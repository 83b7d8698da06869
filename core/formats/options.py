"""Options of a format: names with a few accepted values, checked in words and described for machines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from core.errors import InvalidInput
from core.text import did_you_mean, join_words

FIELD: Final = "format_options"
Choices = Mapping[str, tuple[Any, ...]]


def check_names(given: Any, names: Iterable[str], *, label: str) -> None:
    """Raises InvalidInput unless `given` is a mapping that holds none but these names."""
    names = list(names)
    if not isinstance(given, Mapping):
        raise refused(f"The options of {label} are written as names with values.")
    for name in given:
        if name not in names:
            hint = did_you_mean(str(name), names)
            raise refused(f"{label} has no option '{name}'.{hint} Use {listed(names)}.")


def check_choice(name: str, value: Any, choices: Choices, *, label: str) -> None:
    """Raises InvalidInput that lists the accepted values."""
    # `in` would take 1 for True.
    if not any(value == choice and type(value) is type(choice) for choice in choices[name]):
        raise refused(f"The {label} option '{name}' cannot be {value!r}. Use {listed(choices[name])}.")


def choice_schema(values: Iterable[Any], *, default: Any) -> dict[str, Any]:
    """One option as JSON Schema."""
    return {"enum": list(values), "default": default}


def object_schema(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": dict(properties), "additionalProperties": False}


def listed(choices: Iterable[Any]) -> str:
    return join_words((_shown(choice) for choice in choices), last="or")


def refused(message: str) -> InvalidInput:
    return InvalidInput(message, field=FIELD)


def _shown(choice: Any) -> str:
    if choice == "\t":
        return "tab"
    return str(choice).lower() if isinstance(choice, bool) else str(choice)
