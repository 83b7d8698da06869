"""Further headers as people write them: one `Name: value` per line."""

from __future__ import annotations

from collections.abc import Mapping

from core.errors import InvalidInput


def as_lines(headers: Mapping[str, str]) -> str:
    return "\n".join(f"{name}: {value}" for name, value in headers.items())


def from_lines(text: str) -> dict[str, str]:
    """Raises InvalidInput for a line that is none; which names and values are allowed is for the account's rules."""
    headers: dict[str, str] = {}
    # Nothing but the line feed ends a line: whatever else looks like one is in a value, and refused there.
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        name, colon, value = (part.strip(" \t") for part in line.partition(":"))
        if not (name and colon and value):
            raise InvalidInput(
                f"Line {number} of the further headers is no header: write a name, a colon and a value, such as "
                "X-PM-Message-Stream: reports.",
                field="extra_headers",
            )
        if name.lower() in {known.lower() for known in headers}:
            raise InvalidInput(f"The header {name} stands there twice; keep one.", field="extra_headers")
        headers[name] = value
    return headers
