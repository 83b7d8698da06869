"""The languages one can choose, from a list in a file: Babel would read all its data for it and keep 200 MiB.

After a new Babel: `python -m core.document.languages` writes the file again.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Final

FILE: Final = Path(__file__).with_suffix(".txt")


@lru_cache(maxsize=1)
def locale_names() -> dict[str, str]:
    """Each language with its country by its name in English, in the order of these: `German (Germany)`."""
    lines = FILE.read_text(encoding="utf-8").splitlines()
    return dict(line.split("\t", 1) for line in lines)


def names_of_babel() -> dict[str, str]:
    """What the file is made of: takes seconds and much memory."""
    from babel import Locale
    from babel.localedata import locale_identifiers

    found = {}
    for name in locale_identifiers():
        locale = Locale.parse(name)
        if locale.territory and not locale.variant and "latn" in locale.number_symbols:
            found[name] = locale.get_display_name("en") or name
    return dict(sorted(found.items(), key=lambda entry: entry[1]))


def write_file() -> None:
    FILE.write_text("".join(f"{name}\t{label}\n" for name, label in names_of_babel().items()), encoding="utf-8")


if __name__ == "__main__":
    write_file()
