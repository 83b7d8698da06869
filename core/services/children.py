"""Each execution runs in a process of its own, which dies with its parent and can be killed at once.

The worker forks children from a warm server that has the heavy imports done; the web process, whose `__main__`
is a page script, starts a plain new interpreter instead.
"""

from __future__ import annotations

import multiprocessing
import subprocess
import threading
import uuid
from collections.abc import Callable
from typing import Final, Protocol

from core.services import runner_child, standby

STOP_SECONDS: Final = 5.0
_WARM: Final = multiprocessing.get_context("forkserver")


class Child(Protocol):
    """A running execution, seen from its parent."""

    @property
    def pid(self) -> int: ...

    def wait(self, seconds: float) -> int | None:
        """The exit code, or None when it still runs after `seconds`."""

    def kill(self) -> None: ...


StartChild = Callable[[uuid.UUID, int], Child]


class _WarmChild:
    def __init__(self, execution_id: uuid.UUID, fence: int) -> None:
        self._process = _WARM.Process(target=runner_child.run_in_fork, args=(str(execution_id), fence))
        self._process.start()

    @property
    def pid(self) -> int:
        assert self._process.pid is not None, "it was started"
        return self._process.pid

    def wait(self, seconds: float) -> int | None:
        self._process.join(seconds)
        return self._process.exitcode

    def kill(self) -> None:
        self._process.kill()
        self._process.join(STOP_SECONDS)


class _ColdChild:
    def __init__(self, execution_id: uuid.UUID, fence: int) -> None:
        waiting = standby.take(execution_id, fence)
        self._process = waiting or standby.start_interpreter(str(execution_id), str(fence))

    @property
    def pid(self) -> int:
        return self._process.pid

    def wait(self, seconds: float) -> int | None:
        try:
            code = self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None
        assert self._process.stdin is not None, "it was started with a pipe"
        self._process.stdin.close()
        return code

    def kill(self) -> None:
        self._process.kill()
        self.wait(STOP_SECONDS)


_start_lock = threading.Lock()


def start_warm(execution_id: uuid.UUID, fence: int) -> Child:
    """About 30 ms once the server is up. One at a time: starting the server is not thread-safe."""
    with _start_lock:
        return _WarmChild(execution_id, fence)


def start_cold(execution_id: uuid.UUID, fence: int) -> Child:
    """About a second of imports, unless an interpreter was prepared (`standby`)."""
    return _ColdChild(execution_id, fence)


def warm_up() -> None:
    """Start the server of warm children ahead of the first run."""
    _WARM.set_forkserver_preload(["__main__", *runner_child.PRELOAD])
    with _start_lock:
        process = _WARM.Process(target=runner_child.do_nothing)
        process.start()
    process.join(60)
