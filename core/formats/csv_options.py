"""What people may change about a CSV file, and the words when they ask for something else."""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Final

from core.errors import InvalidInput
from core.text import did_you_mean, join_words

_CHOICES: Final[dict[str, tuple[Any, ...]]] = {
    "delimiter": (",", ";", "\t", "|"),
    "decimal": (".", ","),
    "encoding": ("utf-8-sig", "utf-8", "utf-16-le", "cp1252"),
    "header": (True, False, "names", "labels"),
    "guard": (True, False),
    "gzip": (True, False),
}
# Longest text for null, which may hold nothing that has a meaning in the file.
_NULL_LENGTH: Final = 20
_MARKS: Final[dict[str, bytes]] = {"utf-8-sig": codecs.BOM_UTF8, "utf-16-le": codecs.BOM_UTF16_LE}


@dataclass(frozen=True, slots=True)
class CsvOptions:
    """`header` is True or "names" for the query's names, "labels" for what people read, False for none.

    `guard` puts an apostrophe before text that a spreadsheet would run as a formula.
    """

    delimiter: str = ","
    decimal: str = "."
    encoding: str = "utf-8-sig"
    header: bool | str = True
    null: str = ""
    guard: bool = True
    gzip: bool = False

    @property
    def mark(self) -> bytes:
        """The byte order mark at the very start."""
        return _MARKS.get(self.encoding, b"")

    @property
    def codec(self) -> str | None:
        """The encoding of the rest; None for UTF-8, which is what Arrow holds."""
        return None if self.encoding.startswith("utf-8") else self.encoding


def read_options(given: Any) -> CsvOptions:
    """Raises InvalidInput that names the option and the accepted values."""
    if not isinstance(given, Mapping):
        raise InvalidInput("The options of CSV are written as names with values.", field="format_options")
    names = [field.name for field in fields(CsvOptions)]
    for name, value in given.items():
        if name not in names:
            raise _refused(f"CSV has no option '{name}'.{did_you_mean(str(name), names)} Use {_listed(names)}.")
        _check(name, value)
    options = CsvOptions(**given)
    if options.decimal == options.delimiter:
        raise _refused("Decimals with a comma need another CSV delimiter than the comma: use ;, | or tab.")
    return options


def _check(name: str, value: Any) -> None:
    if name == "null":
        if not isinstance(value, str) or len(value) > _NULL_LENGTH or set(value) & set(',;\t|"\r\n'):
            raise _refused(
                f"The CSV text for null has at most {_NULL_LENGTH} characters and no quotes, line ends or delimiters."
            )
        return
    # `in` would take 1 for True.
    if not any(value == choice and type(value) is type(choice) for choice in _CHOICES[name]):
        raise _refused(f"The CSV option '{name}' cannot be {value!r}. Use {_listed(_CHOICES[name])}.")


def _listed(choices: Any) -> str:
    return join_words((_shown(choice) for choice in choices), last="or")


def _shown(choice: Any) -> str:
    if choice == "\t":
        return "tab"
    return str(choice).lower() if isinstance(choice, bool) else str(choice)


def _refused(message: str) -> InvalidInput:
    return InvalidInput(message, field="format_options")
