"""Ending with the process that started us, whatever it died of.

The parent keeps the other end of our standard input open. When it is gone we read the end of the file.
"""

from __future__ import annotations

import os
import signal
import threading
from typing import Final

# Set by script/server for the processes it keeps alive.
VARIABLE: Final = "ROOSTER_SUPERVISED"


def end_with_parent() -> bool:
    """Ask ourselves to stop (SIGTERM) when the supervisor dies; False when there is none."""
    if os.environ.get(VARIABLE) != "1":
        return False
    threading.Thread(target=_wait_for_the_end, daemon=True, name="parent-watch").start()
    return True


def _wait_for_the_end() -> None:
    try:
        # Not through sys.stdin: a thread that waits in its buffer makes the interpreter abort when it ends.
        while os.read(0, 1024):
            pass
    finally:
        os.kill(os.getpid(), signal.SIGTERM)
