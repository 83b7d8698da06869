"""What people may change about a CSV file, and the words when they ask for something else."""

from __future__ import annotations

import codecs
from dataclasses import dataclass, fields
from typing import Any, Final

from core.formats.options import (
    check_choice,
    check_names,
    choice_schema,
    object_schema,
    refused,
)

CHOICES: Final[dict[str, tuple[Any, ...]]] = {
    "delimiter": (",", ";", "\t", "|"),
    "decimal": (".", ","),
    "encoding": ("utf-8-sig", "utf-8", "utf-16-le", "cp1252"),
    "header": (True, False, "names", "labels"),
    "date_format": ("YYYY-MM-DD", "DD.MM.YYYY", "DD/MM/YYYY", "MM/DD/YYYY"),
    "quote_all": (False, True),
    "guard": (True, False),
    "compression": ("none", "gzip", "zip"),
}
# What several options together are called; each may still be set to something else beside it.
PRESETS: Final[dict[str, dict[str, Any]]] = {
    "excel-europe": {"delimiter": ";", "decimal": ",", "encoding": "utf-8-sig"},
}
ISO_DATES: Final = "YYYY-MM-DD"
# Longest text for null, which may hold nothing that has a meaning in the file.
_NULL_LENGTH: Final = 20
_MARKS: Final[dict[str, bytes]] = {"utf-8-sig": codecs.BOM_UTF8, "utf-16-le": codecs.BOM_UTF16_LE}
_ENCODINGS: Final[dict[str, str]] = {"utf-16-le": "UTF-16", "cp1252": "Windows-1252"}


@dataclass(frozen=True, slots=True)
class CsvOptions:
    """`header` is True for the query's names, "labels" for what people read, False for none.

    `guard` puts an apostrophe before text that a spreadsheet would run as a formula.
    """

    delimiter: str = ","
    decimal: str = "."
    encoding: str = "utf-8-sig"
    header: bool | str = True
    null: str = ""
    date_format: str = ISO_DATES
    quote_all: bool = False
    guard: bool = True
    compression: str = "none"

    @property
    def mark(self) -> bytes:
        """The byte order mark at the very start."""
        return _MARKS.get(self.encoding, b"")

    @property
    def codec(self) -> str | None:
        """The encoding of the rest; None for UTF-8, which is what Arrow holds."""
        return None if self.encoding.startswith("utf-8") else self.encoding

    @property
    def is_partial(self) -> bool:
        """Whether the encoding lacks most of the world's characters."""
        return self.encoding == "cp1252"

    @property
    def encoding_name(self) -> str:
        """As people know it."""
        return _ENCODINGS.get(self.encoding, "UTF-8")


def read_options(given: Any) -> CsvOptions:
    """Raises InvalidInput that names the option and the accepted values."""
    check_names(given, ["preset", *_names()], label="CSV")
    values = dict(given)
    preset = values.pop("preset", None)
    if preset is not None:
        check_choice("preset", preset, {"preset": tuple(PRESETS)}, label="CSV")
    for name, value in values.items():
        _check(name, value)
    if values.get("header") == "names":
        values["header"] = True
    options = CsvOptions(**{**PRESETS.get(preset, {}), **values})
    if options.decimal == options.delimiter:
        raise refused("Decimals with a comma need another CSV delimiter than the comma: use ;, | or tab.")
    return options


def options_schema() -> dict[str, Any]:
    """The options as JSON Schema."""
    defaults = CsvOptions()
    properties = {
        name: choice_schema(CHOICES[name], default=getattr(defaults, name)) for name in _names() if name in CHOICES
    }
    null = {"type": "string", "maxLength": _NULL_LENGTH, "default": ""}
    return object_schema({"preset": {"enum": list(PRESETS)}, **properties, "null": null})


def _names() -> list[str]:
    return [field.name for field in fields(CsvOptions)]


def _check(name: str, value: Any) -> None:
    if name != "null":
        check_choice(name, value, CHOICES, label="CSV")
    elif not isinstance(value, str) or len(value) > _NULL_LENGTH or set(value) & set(',;\t|"\r\n'):
        raise refused(
            f"The CSV text for null has at most {_NULL_LENGTH} characters and no quotes, line ends or delimiters."
        )
