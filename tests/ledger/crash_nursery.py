"""Workers to be killed: `python -m tests.ledger.crash_nursery` forks one for each line it reads and prints its pid.

They are real but for three numbers: leases of two seconds, so that a stopped process loses its work to another
while the test lasts, pauses of a fraction of a second between tries, and no limit on tries.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import random
import signal
import sys
import time
from datetime import timedelta

from core import host, logs
from core.database import session_scope
from core.services import (
    backoff,
    delivery_ledger,
    due,
    ledger,
    mailer,
    runner,
    scheduler,
)

LEASE = timedelta(seconds=2)
IDLE_SECONDS = 0.05
SWEEP_SECONDS = 0.5


def work() -> None:
    """Look at the clock, run, deliver, repair; for ever."""
    swept = 0.0
    while True:
        scheduler.look()
        if time.monotonic() - swept > SWEEP_SECONDS:
            scheduler.sweep()
            swept = time.monotonic()
        if not _run_one() and not mailer.deliver():
            time.sleep(IDLE_SECONDS)


def _run_one() -> bool:
    with session_scope() as session:
        claimed = ledger.claim(session, owner=host.identity(), slots=1)
    if claimed is None:
        return False
    runner.run(claimed.execution_id, claimed.fence)
    mailer.deliver(claimed.execution_id)
    return True


def _shorten() -> None:
    ledger.LEASE = delivery_ledger.LEASE = LEASE  # type: ignore[misc] # constants elsewhere
    backoff.pause = lambda _attempt: timedelta(seconds=random.uniform(0.05, 0.2))
    due.EXECUTION_ATTEMPTS = backoff.DELIVERY_ATTEMPTS = 10_000  # type: ignore[misc] # constants elsewhere


def _fork() -> int:
    pid = os.fork()
    if pid:
        return pid
    code = 1
    with contextlib.suppress(KeyboardInterrupt):
        try:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            random.seed()
            work()
        except BaseException:
            sys.excepthook(*sys.exc_info())
        finally:
            sys.stderr.flush()
            os._exit(code)
    return 0


def main() -> None:
    logs.set_up()
    importlib.import_module("core.services.rehearsed")
    _shorten()
    # The kernel buries the dead: a pid that is gone is gone.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    born = []
    for _line in sys.stdin:
        born.append(_fork())
        sys.stdout.write(f"{born[-1]}\n")
        sys.stdout.flush()
    for pid in born:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


if __name__ == "__main__":
    main()
