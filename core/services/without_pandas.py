"""Keeps pandas out of the process of an execution.

pyarrow looks for it at the first list it turns into an array, only to ask whether the list is one of its types:
40 MiB and half a second of imports, for nothing. Importing this module makes the search end with "not installed".
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from types import ModuleType
from typing import Final

_UNWANTED: Final = "pandas"


class _Refusal(MetaPathFinder):
    def find_spec(self, fullname: str, _path: Sequence[str] | None, _target: ModuleType | None = None) -> None:
        if fullname == _UNWANTED:
            raise ModuleNotFoundError(f"{_UNWANTED} is left out of this process", name=_UNWANTED)


sys.meta_path.insert(0, _Refusal())
