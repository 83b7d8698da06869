"""An interpreter with the imports done, waiting for the next Send test: half of a cold one's time goes into them.

Only while somebody is about to need it: the page of a schedule asks for one, which ends some minutes later when it was
not used, and soon when nobody has a page open any more. The process that serves pages switches this on; elsewhere
(tests, commands) nothing is started ahead.
"""

from __future__ import annotations

import contextlib
import logging
import subprocess
import sys
import threading
import uuid
from typing import Final

from core.settings import ROOT

KEPT_SECONDS: Final = 300.0
MODULE: Final = "core.services.runner_child"

log = logging.getLogger("rooster.run")


class Standby:
    """At most one waiting interpreter. Its input is a pipe of ours: it ends when we do."""

    def __init__(self, *, kept_seconds: float = KEPT_SECONDS) -> None:
        self._lock = threading.Lock()
        self._kept_seconds = kept_seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._end: threading.Timer | None = None

    def prepare(self) -> None:
        """Have one waiting, or let the one that waits stay longer."""
        with self._lock:
            if self._process is not None and self._process.poll() is not None:
                _end(self._process)
                self._process = None
            self._process = self._process or start_interpreter()
            self._restart_timer()

    def take(self, execution_id: uuid.UUID, fence: int) -> subprocess.Popen[bytes] | None:
        """The process that now runs this execution; None when none was waiting."""
        with self._lock:
            process, self._process = self._process, None
            self._stop_timer()
        if process is None:
            return None
        assert process.stdin is not None, "it was started with a pipe"
        try:
            if process.poll() is None:
                process.stdin.write(f"{execution_id} {fence}\n".encode())
                process.stdin.flush()
                return process
        except OSError:
            log.warning("The interpreter that waited for a test has died")
        _end(process)
        return None

    def dismiss(self) -> None:
        """Nobody is waiting any more."""
        with self._lock:
            process, self._process = self._process, None
            self._stop_timer()
        if process is not None:
            _end(process)

    def _restart_timer(self) -> None:
        self._stop_timer()
        self._end = threading.Timer(self._kept_seconds, self.dismiss)
        self._end.daemon = True
        self._end.start()

    def _stop_timer(self) -> None:
        if self._end is not None:
            self._end.cancel()
            self._end = None


def start_interpreter(*arguments: str) -> subprocess.Popen[bytes]:
    """With an execution as arguments it runs that one; without, it waits to be told on its input."""
    command = [sys.executable, "-m", MODULE, *arguments]
    # Our end of the pipe closes when we die, whatever we die of: the child sees it and stops.
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE)  # noqa: S603 - our own module


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    assert process.stdin is not None, "it was started with a pipe"
    with contextlib.suppress(OSError):
        process.stdin.close()


_standby: Standby | None = None


def switch_on() -> None:
    """This process serves people who press Send test."""
    global _standby
    _standby = _standby or Standby()


def prepare() -> None:
    """Somebody may press Send test soon. Returns at once."""
    if _standby is None:
        return
    try:
        _standby.prepare()
    except OSError as error:
        log.warning("No interpreter could be started ahead: %s", error)


def dismiss() -> None:
    """Nobody can press Send test any more."""
    if _standby is not None:
        _standby.dismiss()


def take(execution_id: uuid.UUID, fence: int) -> subprocess.Popen[bytes] | None:
    """As `Standby.take`."""
    return _standby.take(execution_id, fence) if _standby is not None else None
