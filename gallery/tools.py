"""The programs that draw. What is missing is named, and the rest goes on without it."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Final

_BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome")


@dataclass(frozen=True, slots=True)
class Tools:
    """Paths of the programs; None where there is none. `missing` are sentences for people."""

    browser: str | None
    pdftoppm: str | None
    office: str | None
    missing: tuple[str, ...]


def find_tools() -> Tools:
    browser = os.environ.get("ROOSTER_TEST_BROWSER") or _first(*_BROWSERS) if find_spec("playwright") else None
    pdftoppm, office = _first("pdftoppm"), _first("soffice", "libreoffice")
    wanted = (
        (browser, "No Chromium with playwright: mails and HTML files are not drawn (script/setup --dev, chromium)."),
        (pdftoppm, "No pdftoppm: PDF files and workbooks are not drawn (Debian: poppler-utils)."),
        (office, "No LibreOffice: workbooks are not drawn (Debian: libreoffice-calc)."),
    )
    return Tools(browser, pdftoppm, office, tuple(text for found, text in wanted if found is None))


def _first(*names: str) -> str | None:
    return next((path for path in map(shutil.which, names) if path), None)
