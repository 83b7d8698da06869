"""The process of one execution: `python -m core.services.runner_child EXECUTION_ID FENCE`.

Without arguments it imports what a run needs and waits for a line with the two on its input.
It ends at once when its parent dies: a run without a supervisor has no time limit and cannot be cancelled.
"""

from __future__ import annotations

import contextlib
import importlib
import logging
import multiprocessing
import multiprocessing.connection
import os
import signal
import sys
import threading
import uuid
from collections.abc import Callable
from typing import Final

from core import logs

# What a warm server imports once, so that its children need not.
PRELOAD: Final = (
    "core.services.without_pandas",
    "core.services.runner",
    "core.formats.excel",
    "core.formats.csv",
    "core.formats.pdf",
    "core.formats.html",
    "core.document.charts",
    "core.mail.message",
    "core.sources.sqlite",
    "core.sources.postgresql",
    "core.services.rehearsed",
)
ORPHANED: Final = 70


def run_in_fork(execution_id: str, fence: int) -> None:
    """Entry of a warm child."""
    parent = multiprocessing.parent_process()
    assert parent is not None, "a warm child has a parent"
    sentinel = parent.sentinel
    _main(execution_id, fence, until_orphaned=lambda: multiprocessing.connection.wait([sentinel]))


def tell_parent(parent: multiprocessing.connection.Connection[int, int]) -> None:
    """Entry of the child that tells the process id of the warm server."""
    parent.send(os.getppid())


def _main(execution_id: str, fence: int, *, until_orphaned: Callable[[], object]) -> None:
    # The parent decides about Ctrl-C and about stopping: it waits for us, or kills us.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    threading.Thread(target=_die_with_parent, args=(until_orphaned,), daemon=True).start()
    logs.set_up()
    # After the watch has begun: the imports take a second when cold.
    from core.services import without_pandas  # noqa: F401 - imported for what it does
    from core.services.runner import run

    try:
        run(uuid.UUID(execution_id), fence)
    finally:
        logging.shutdown()


def _die_with_parent(until_orphaned: Callable[[], object]) -> None:
    with contextlib.suppress(OSError):
        until_orphaned()
    os._exit(ORPHANED)


def _until_input_ends() -> None:
    # Not through sys.stdin: a thread that waits in its buffer makes the interpreter abort when it ends.
    while os.read(0, 1024):
        pass


def _told_on_input() -> list[str]:
    """Ready for a run; nothing when nobody needed one."""
    importlib.import_module("core.services.without_pandas")
    importlib.import_module("core.services.rehearsed")
    told = b""
    while not told.endswith(b"\n") and (piece := os.read(0, 1024)):
        told += piece
    return told.decode().split()


if __name__ == "__main__":
    if asked := sys.argv[1:] or _told_on_input():
        _main(asked[0], int(asked[1]), until_orphaned=_until_input_ends)
