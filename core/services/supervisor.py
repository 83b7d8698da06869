"""Watching over one execution: the lease, the time limit, the memory, a person's wish to stop, its death."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from typing import Final

from sqlalchemy.exc import OperationalError

from core import clock, host
from core.database import read_scope, session_scope
from core.services import ledger, recovery, storage
from core.services.children import Child, StartChild
from core.services.ledger import Claimed
from core.settings import get_settings
from core.text import human_size, plural

# A beat renews the lease and asks whether somebody wants the run stopped: that wish is heard this fast.
BEAT_SECONDS: Final = 3.0
# How often the child and its memory are looked at.
LOOK_SECONDS: Final = 0.5
# Streaming keeps a run far below this; what passes it would take the machine with it.
MEMORY_LIMIT_BYTES: Final = 2 * 1024**3

log = logging.getLogger("rooster.worker")


@dataclass(slots=True)
class _Watch:
    claimed: Claimed
    child: Child
    deadline: float


def supervise(claimed: Claimed, start_child: StartChild) -> bool:
    """Run a claimed execution to its end. True when the id is to be rung again (its worker died, tries are left)."""
    limit = claimed.time_limit_s or get_settings().run_time_limit
    # The child waits for the exact instant itself; that wait is not part of its time.
    early = max((claimed.scheduled_for - clock.now()).total_seconds(), 0) if claimed.trigger == "schedule" else 0
    now = time.monotonic()
    child = start_child(claimed.execution_id, claimed.fence)
    watch = _Watch(claimed, child, deadline=now + early + limit)
    try:
        return _watch(watch, limit)
    finally:
        if child.wait(0) is None:
            child.kill()
        _clear_deleted(claimed)


def _clear_deleted(claimed: Claimed) -> None:
    """When the report was deleted meanwhile, the child may have written files since."""
    try:
        with read_scope() as session:
            known = ledger.is_known(session, claimed.report_id)
    except OperationalError as error:
        log.warning("Whether %s still exists is not known: %s", claimed.report_name, error.orig)
        return
    if not known:
        storage.remove_tree(storage.report_folder(claimed.report_id))


def _watch(watch: _Watch, limit: int) -> bool:
    next_beat = time.monotonic() + BEAT_SECONDS
    while (code := watch.child.wait(LOOK_SECONDS)) is None:
        now = time.monotonic()
        if now > watch.deadline:
            _stop(
                watch,
                "time_limit",
                f"The run took longer than {_duration(limit)} and was stopped. "
                "Make the query faster, or let an administrator raise ROOSTER_RUN_TIME_LIMIT.",
            )
            return False
        if host.resident_bytes(watch.child.pid) > MEMORY_LIMIT_BYTES:
            _stop(
                watch,
                "memory",
                f"The run needed more than {human_size(MEMORY_LIMIT_BYTES)} of memory and was "
                "stopped. Ask for fewer or narrower columns.",
            )
            return False
        if now > next_beat:
            next_beat = now + BEAT_SECONDS
            if not _beat(watch):
                return False
    return _after_end(watch, code)


def _beat(watch: _Watch) -> bool:
    """Renew the lease; False when the run must stop."""
    try:
        with session_scope() as session:
            beat = ledger.beat(session, watch.claimed.execution_id, watch.claimed.fence)
    except OperationalError as error:
        # The database may be back before the lease ends; if not, the fence protects the ledger.
        log.warning("Heartbeat of %s failed: %s", watch.claimed.report_name, error.orig)
        return True
    if beat.is_ours and not beat.cancel_requested:
        return True
    if watch.child.wait(0) is not None:
        return True  # it ended by itself between two looks
    watch.child.kill()
    if beat.is_ours:
        with session_scope() as session:
            ledger.cancel(session, watch.claimed.execution_id, watch.claimed.fence)
    return False


def _stop(watch: _Watch, error_class: str, message: str) -> None:
    watch.child.kill()
    with session_scope() as session:
        ledger.fail(session, watch.claimed.execution_id, watch.claimed.fence, error_class=error_class, message=message)


def _after_end(watch: _Watch, code: int) -> bool:
    """A child that recorded its own end leaves nothing to do; one that died is given another try."""
    with session_scope() as session:
        again = recovery.recover_one(session, watch.claimed.execution_id, watch.claimed.fence)
    if again:
        log.warning(
            "The process of %s died with exit code %s; the run is started again", watch.claimed.report_name, code
        )
    return again


def _duration(seconds: int) -> str:
    return plural(seconds // 60, "minute") if seconds >= 60 else plural(seconds, "second")
