"""The registry of formats; heavy libraries are imported only when a format is used."""

from __future__ import annotations

from importlib import import_module
from typing import Final

from core.errors import InvalidInput
from core.formats.base import Format
from core.text import did_you_mean, join_words

# key -> (label for people, module that has a `FORMAT` object, its extension)
_REGISTRY: Final[dict[str, tuple[str, str, str]]] = {
    "excel": ("Excel", "core.formats.excel", "xlsx"),
    "csv": ("CSV", "core.formats.csv", "csv"),
    "pdf": ("PDF", "core.formats.pdf", "pdf"),
    "html": ("HTML", "core.formats.html", "html"),
}
FORMAT_KEYS: Final[tuple[str, ...]] = tuple(_REGISTRY)


def format_label(key: str) -> str:
    return _REGISTRY[key][0]


def format_extension(key: str) -> str:
    """`xlsx` for Excel, without importing what writes it; raises InvalidInput as `get_format` does."""
    return _entry(key)[2]


def get_format(key: str) -> Format:
    """The format of a key; raises InvalidInput that lists the known ones."""
    found: Format = import_module(_entry(key)[1]).FORMAT
    return found


def _entry(key: str) -> tuple[str, str, str]:
    if key not in _REGISTRY:
        known = join_words(FORMAT_KEYS, last="or")
        raise InvalidInput(f"Unknown format '{key}'. Use {known}.{did_you_mean(key, FORMAT_KEYS)}", field="formats")
    return _REGISTRY[key]
