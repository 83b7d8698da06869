"""Each execution runs in a process of its own, which dies with its parent and can be killed at once.

The worker forks children from a warm server that has the heavy imports done (`warm_server`); the web process, whose
`__main__` is a page script, starts a plain new interpreter instead.
"""

from __future__ import annotations

import subprocess
import uuid
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final, Protocol

from core.services import runner_child, standby
from core.services.warm_server import WarmServer

STOP_SECONDS: Final = 5.0
_server: Final = WarmServer()


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
        self._process = _server.start(runner_child.run_in_fork, str(execution_id), fence)
        assert self._process.pid is not None, "it was started"
        self._pid = self._process.pid
        self._code: int | None = None

    @property
    def pid(self) -> int:
        return self._pid

    def wait(self, seconds: float) -> int | None:
        if self._code is None:
            self._process.join(seconds)
            self._code = self._process.exitcode
            if self._code is not None:
                # When the server was killed, its child lives on; the end of this pipe ends it.
                self._process.close()
                _server.release()
        return self._code

    def kill(self) -> None:
        if self._code is None:
            self._process.kill()
            self.wait(STOP_SECONDS)


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


def start_warm(execution_id: uuid.UUID, fence: int) -> Child:
    """About 30 ms when a run was expected (`expect_runs`), else up to two seconds."""
    return _WarmChild(execution_id, fence)


def start_cold(execution_id: uuid.UUID, fence: int) -> Child:
    """About a second of imports, unless an interpreter was prepared (`standby`)."""
    return _ColdChild(execution_id, fence)


def expect_runs(instants: Iterable[datetime]) -> None:
    """Runs start at these instants: warm children are prepared for them, in a thread of their own."""
    for instant in instants:
        _server.expect(instant)
