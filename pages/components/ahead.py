"""Imports that only some pages need, done while somebody looks at the list that leads there."""

from __future__ import annotations

import importlib
import sys
import threading
from typing import Final

_TABLES: Final = "pandas"


def prepare_tables() -> None:
    """Streamlit draws tables with pandas: a second of imports and 32 MiB, which the other pages never pay for."""
    if _TABLES not in sys.modules:
        threading.Thread(target=importlib.import_module, args=(_TABLES,), name="tables", daemon=True).start()
