"""What people may change about a workbook."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from core.formats.options import check_choice, check_names, choice_schema, object_schema

CHOICES: Final[dict[str, tuple[Any, ...]]] = {"highlights": (True, False)}


@dataclass(frozen=True, slots=True)
class ExcelOptions:
    """`highlights` draws bars in one column of a short table and colours the thirds of its rates."""

    highlights: bool = True


def read_options(given: Any) -> ExcelOptions:
    """Raises InvalidInput that names the option and the accepted values."""
    check_names(given, CHOICES, label="Excel")
    for name, value in given.items():
        check_choice(name, value, CHOICES, label="Excel")
    return ExcelOptions(**given)


def options_schema() -> dict[str, Any]:
    """The options as JSON Schema."""
    return object_schema({"highlights": choice_schema(CHOICES["highlights"], default=True)})
