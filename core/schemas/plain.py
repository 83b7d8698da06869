"""What no field may hold, however deep: characters and numbers that no database keeps, and nesting without end."""

from __future__ import annotations

import math
import unicodedata
from typing import Any, Final

MAX_DEPTH: Final = 20


def refuse_unstorable(value: Any) -> Any:
    """The value as it is; raises ValueError. PostgreSQL keeps neither NUL nor infinity."""
    waiting: list[tuple[Any, int]] = [(value, 0)]
    while waiting:
        found, depth = waiting.pop()
        if depth > MAX_DEPTH:
            raise ValueError(f"it is nested more than {MAX_DEPTH} levels deep")
        if isinstance(found, str):
            _check_text(found)
        elif isinstance(found, float) and not math.isfinite(found):
            raise ValueError("a number must be finite")
        elif isinstance(found, dict):
            waiting += [(part, depth + 1) for pair in found.items() for part in pair]
        elif isinstance(found, list):
            waiting += [(part, depth + 1) for part in found]
    return value


def _check_text(text: str) -> None:
    if "\0" in text:
        raise ValueError("control characters are not allowed")
    if any(unicodedata.category(ch) == "Cs" for ch in text):
        raise ValueError("half of a surrogate pair is no character")
