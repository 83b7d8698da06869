"""Writing a file so that it is there whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path


def finish(temporary: Path) -> Path:
    """Flush `x.tmp` to the disk and rename it to `x`; returns the final path."""
    with temporary.open("rb") as handle:
        os.fsync(handle.fileno())
    final = temporary.with_suffix("")
    os.replace(temporary, final)
    return final


def discard(temporary: Path) -> None:
    temporary.unlink(missing_ok=True)
