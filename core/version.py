"""The version, read from the newest released heading of the changelog."""

from __future__ import annotations

import re
from typing import Final

from core.settings import ROOT

_HEADING: Final = re.compile(r"^## (\d+\.\d+(?:\.\d+)?)", re.MULTILINE)


def _read() -> str:
    found = _HEADING.search((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    return found[1] if found else "0"


VERSION: Final = _read()
