"""Leaving out what another library would import, needed or not."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def left_out(names: Iterable[str]) -> Iterator[None]:
    """Meanwhile an import of these says "not installed". What is there already stays; afterwards all can be had."""
    modules: dict[str, Any] = sys.modules
    absent = [name for name in names if name not in modules]
    modules.update(dict.fromkeys(absent))
    try:
        yield
    finally:
        for name in absent:
            del modules[name]
