"""A full disk is nobody's mistake: it ends a run with words and may be tried again."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from core.errors import RenderError

_FULL: Final = (errno.ENOSPC, errno.EDQUOT)


@contextmanager
def disk_errors() -> Iterator[None]:
    """Turns "no space left" into a RenderError of class `disk_full`; other errors pass."""
    try:
        yield
    except OSError as error:
        if error.errno not in _FULL:
            raise
        raise RenderError(
            "The disk is full, so the file could not be written. Free some space or delete old reports.",
            error_class="disk_full",
            transient=True,
        ) from error
