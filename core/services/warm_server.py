"""The server from which warm children fork: there ahead of need, gone when nothing is near.

It has every import of a run done and a run rehearsed, which takes more memory than the worker itself. So it is started
when something is due within the coming minute or when a run finds none, and ended a while after the last use.

The server is multiprocessing's own, which starts a new one when it finds the old one dead. Its process id comes from
a child of it, so that nothing private is needed to end it.
"""

from __future__ import annotations

import logging
import multiprocessing
import multiprocessing.util
import os
import signal
import threading
import time
from collections.abc import Callable
from datetime import datetime
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Final

from core import clock
from core.services import runner_child

# Who presses "Run now" often presses it again, and a new server costs two seconds of processor time.
PAUSE_SECONDS: Final = 60.0
# The imports take a second or two; on a machine that swaps or thaws they may take much longer.
LONGEST_START: Final = 60.0

log = logging.getLogger("rooster.worker")
_context: Final = multiprocessing.get_context("forkserver")


class WarmServer:
    """At most one server. Ended `pause_seconds` after the last child ended or the last expected instant passed."""

    def __init__(self, *, pause_seconds: float = PAUSE_SECONDS) -> None:
        self._pause = pause_seconds
        # Held while the server is started, used to start a child, or ended: none of these is thread-safe.
        self._using = threading.Lock()
        self._changed = threading.Condition()
        self._wanted_until = 0.0
        self._children = 0
        self._pid: int | None = None
        self._keeper: threading.Thread | None = None

    def expect(self, instant: datetime) -> None:
        """A run starts at `instant`: have the server up from now until then. Returns at once."""
        self._want(seconds=(instant - clock.now()).total_seconds())

    def start(self, target: Callable[..., None], *args: object) -> BaseProcess:
        """A child that runs `target`: about 30 ms, or two seconds when there was no server. `release` it later."""
        with self._using:
            with self._changed:
                self._children += 1
            try:
                return self._fork_or_renew(target, *args)
            except BaseException:
                self.release()
                raise

    def release(self) -> None:
        """A child has ended."""
        with self._changed:
            self._children -= 1
        self._want()

    @property
    def pid(self) -> int | None:
        """The process id of the server; None when there is none."""
        return self._pid if self._is_up() else None

    def _want(self, *, seconds: float = 0) -> None:
        with self._changed:
            until = time.monotonic() + max(seconds, 0) + self._pause
            self._wanted_until = max(self._wanted_until, until)
            if self._keeper is None:
                self._keeper = threading.Thread(target=self._keep, daemon=True, name="warm-server")
                self._keeper.start()
            self._changed.notify_all()

    def _is_wanted(self) -> bool:
        return self._children > 0 or time.monotonic() < self._wanted_until

    def _keep(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(self._is_wanted)
            self._start_ahead()
            with self._changed:
                while self._is_wanted():
                    left = self._wanted_until - time.monotonic()
                    self._changed.wait(None if self._children else max(left, 0))
            self._end_unless_wanted()

    def _start_ahead(self) -> None:
        try:
            with self._using:
                self._ensure()
        except (OSError, EOFError) as error:
            log.warning("Runs will start slowly: the server of warm children did not start: %r", error)

    def _end_unless_wanted(self) -> None:
        with self._using:
            with self._changed:
                if self._is_wanted():
                    return
            self._end()

    def _fork_or_renew(self, target: Callable[..., None], *args: object) -> BaseProcess:
        try:
            self._ensure()
            return _fork(target, *args)
        except (OSError, EOFError) as error:
            log.warning("The server of warm children has died; starting another: %r", error)
        # Not in the handler: what the error holds on to must go first, since its pipes keep a half-made child alive.
        self._end()
        self._ensure()
        return _fork(target, *args)

    def _ensure(self) -> None:
        if self._is_up():
            return
        _context.set_forkserver_preload(["__main__", *runner_child.PRELOAD])
        began = time.monotonic()
        self._pid = _ask_for_pid()
        log.debug("Warm children are ready after %.1f s", time.monotonic() - began)

    def _is_up(self) -> bool:
        """It lives, and is the one we know: nobody but multiprocessing takes note of its death, to start the next."""
        if self._pid is None:
            return False
        try:
            return os.waitid(os.P_PID, self._pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is None
        except ChildProcessError:
            return False

    def _end(self) -> None:
        if not self._is_up():
            return
        assert self._pid is not None, "it is up"
        # It has nothing to tidy up, and this cannot be put off. Only waited for: multiprocessing must find it dead.
        os.kill(self._pid, signal.SIGKILL)
        os.waitid(os.P_PID, self._pid, os.WEXITED | os.WNOWAIT)
        self._pid = None
        # Each server listens at a path of its own, which would stay until we end.
        for path in Path(multiprocessing.util.get_temp_dir()).glob("listener-*"):
            path.unlink(missing_ok=True)
        log.debug("Nothing is due soon: warm children are dismissed")


def _fork(target: Callable[..., None], *args: object) -> BaseProcess:
    process = _context.Process(target=target, args=args)
    process.start()
    return process


def _ask_for_pid() -> int:
    """The server's process id, from a child that it forks for that; starts the server when there is none."""
    receiver, sender = _context.Pipe(duplex=False)
    with receiver:
        with sender:
            asked = _fork(runner_child.tell_parent, sender)
        found = _received(receiver)
    asked.join()
    asked.close()
    return int(found)


def _received(receiver: Connection[Any, Any]) -> Any:
    if not receiver.poll(LONGEST_START):
        raise TimeoutError("it does not answer")
    return receiver.recv()
