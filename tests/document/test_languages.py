"""The list of languages is a file; it says what Babel says, and asking for it reads nothing else."""

from __future__ import annotations

import subprocess
import sys

from core.document.languages import locale_names
from core.settings import ROOT

AGAIN = "from core.document import languages; print(languages.names_of_babel() == languages.locale_names())"
LOADED = (
    "import core.schemas.workspace as schemas; from babel import localedata;"
    "schemas.WorkspaceUpdate(locale='de_DE'); print(*localedata._cache)"
)


def said_by(code: str) -> str:
    """A process of its own: what Babel reads here stays in memory to the end."""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_the_file_is_what_babel_knows() -> None:
    assert said_by(AGAIN) == "True", "a new Babel: run `python -m core.document.languages` and look at the difference"


def test_each_is_named_with_its_country_in_the_order_of_the_names() -> None:
    names = locale_names()
    assert names["de_CH"] == "German (Switzerland)"
    assert list(names.values()) == sorted(names.values())


def test_choosing_a_language_reads_the_data_of_no_other() -> None:
    assert said_by(LOADED) == ""
