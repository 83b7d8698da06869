"""The template of the files' names, which stands among the options of the formats."""

from __future__ import annotations

from typing import Any, Final

from core.formats.options import refused

FILE_NAME: Final = "file_name"
_LONGEST: Final = 500


def read_file_name(given: Any) -> str:
    """The template as it was written; what it names is checked with subject and text. Raises InvalidInput."""
    if not isinstance(given, str) or len(given) > _LONGEST:
        raise refused(f"The option '{FILE_NAME}' is a text of at most {_LONGEST} characters.")
    return given


def file_name_schema() -> dict[str, Any]:
    """The option as JSON Schema; an empty text means the default."""
    return {"type": "string", "maxLength": _LONGEST, "default": "{{ report.slug }}_{{ date }}"}
