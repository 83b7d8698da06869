"""The background work: the Huey instance and small tasks, each a few lines over a service.

A message carries one id and is only a door-bell: losing or doubling it changes nothing, the rows are the truth.
Start a consumer with script/worker, the one place that knows the right flags.
"""

from __future__ import annotations

import contextlib
import logging
import os
import sqlite3
import sys
import threading
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from core import clock, host, logs
from core.database import DatabaseUnavailable, session_scope
from core.errors import SettingsError
from core.lean import left_out
from core.parent import end_with_parent
from core.services import children, consumer_flags, ledger, mailer, retention, scheduler, supervisor, workers
from core.services.keys import check_key, key_ring
from core.settings import get_settings
from core.version import VERSION

# The module of its client -> the queues that need it.
_CLIENTS: Final = {"redis": ("redis", "rediss"), "psycopg": ("postgresql",)}
_QUEUE: Final = get_settings().queue.split(":", 1)[0].split("+", 1)[0]

# Huey imports the client of each queue it knows: 15 MiB here and as much in the web process.
with left_out(client for client, queues in _CLIENTS.items() if _QUEUE not in queues):
    from huey import Huey, PostgresHuey, PriorityRedisExpireHuey, SqliteHuey, crontab
    from huey.consumer_options import OptionParserHandler, config_defaults
    from huey.serializer import SignedSerializer


def _queue_errors() -> tuple[type[Exception], ...]:
    """What an unreachable queue raises."""
    if _QUEUE in _CLIENTS["redis"]:
        import redis

        return redis.RedisError, OSError
    if _QUEUE in _CLIENTS["psycopg"]:
        import psycopg

        return psycopg.Error, OSError
    return sqlite3.Error, OSError


# The clock and the mail go first, whatever is waiting.
URGENT: Final = 10
NORMAL: Final = 0
# A wake-up comes early: the run gets ready and waits for the exact instant.
WAKE_EARLY: Final = timedelta(seconds=2)
QUEUE_ERRORS: Final = _queue_errors()

log = logging.getLogger("rooster.worker")


def make_huey() -> Huey:
    """The queue behind `ROOSTER_QUEUE_URL`. Messages are signed: who can write to the queue cannot run code."""
    url = get_settings().queue
    options: dict[str, Any] = {
        "name": "rooster",
        "results": False,
        "serializer": SignedSerializer(secret=key_ring().derive("queue messages"), salt="rooster"),
    }
    if _QUEUE == "sqlite":
        return SqliteHuey(filename=url.removeprefix("sqlite:///"), **options)
    if _QUEUE in _CLIENTS["redis"]:
        return PriorityRedisExpireHuey(url=url, **options)
    if _QUEUE in _CLIENTS["psycopg"]:
        return PostgresHuey(dsn=url.replace("postgresql+psycopg://", "postgresql://"), **options)
    raise SettingsError("ROOSTER_QUEUE_URL is wrong: use sqlite://, redis:// or postgresql://.")


huey = make_huey()


def ring(execution_ids: Iterable[UUID] = ()) -> None:
    """Ask the worker to look after executions; without an id, to look at the clock (a schedule was saved).

    Called after the commit. A lost ring is logged and repaired by the sweep, so it raises nothing.
    """
    ids = [str(execution_id) for execution_id in execution_ids]
    with _a_lost_ring_is_logged():
        for execution_id in ids:
            run_scheduled_report_task(execution_id)
        if not ids:
            check_and_run_scheduled_reports()


@contextlib.contextmanager
def _a_lost_ring_is_logged() -> Iterator[None]:
    try:
        yield
    except QUEUE_ERRORS as error:
        log.warning("The queue did not answer; the sweep will find the work: %s", logs.redact(str(error)))


def queue_answers() -> bool:
    """Does the queue answer?"""
    try:
        huey.pending_count()
    except QUEUE_ERRORS:
        return False
    return True


@huey.periodic_task(crontab(minute="*"), priority=URGENT)
def check_and_run_scheduled_reports() -> int:
    """Enqueue what is due, set an exact wake-up for what is due within the coming minute; returns the count."""
    found = scheduler.look()
    children.expect_runs(found.upcoming)
    for instant in found.upcoming:
        wake_up.schedule(args=(instant.isoformat(),), eta=instant - WAKE_EARLY)
    ring_each(found.execution_ids)
    return len(found.execution_ids)


@huey.task(priority=URGENT)
def wake_up(instant: str) -> int:
    """Something is due at `instant`, about now."""
    found = scheduler.look(until=datetime.fromisoformat(instant))
    ring_each(found.execution_ids)
    return len(found.execution_ids)


@huey.task(priority=NORMAL)
def run_scheduled_report_task(execution_id: str) -> None:
    """Look after one execution: run it when it is queued and a slot is free, then send its mails."""
    wanted = UUID(execution_id)
    claimed = claim(wanted)
    if claimed is not None:
        run(claimed)
    mailer.deliver(wanted)


@huey.task(priority=NORMAL)
def run_next_task() -> None:
    """A slot is free: run what waits, of the person who has the fewest runs, then send its mails."""
    claimed = claim()
    if claimed is not None:
        run(claimed)
        mailer.deliver(claimed.execution_id)


@huey.task(priority=URGENT)
def deliver_pending() -> int:
    """Send every mail that may go out."""
    return mailer.deliver()


@huey.periodic_task(crontab(minute="*"), priority=URGENT)
def sweep() -> int:
    """Ring again what was lost; returns how many."""
    lost = scheduler.sweep()
    ring_each(lost)
    return len(lost)


@huey.periodic_task(crontab(minute="17"))
def clean_up() -> None:
    """Delete executions and files past their time."""
    retention.clean_up()


def ring_each(execution_ids: Iterable[UUID]) -> None:
    """As `ring`, where no id means nothing to do."""
    ids = list(execution_ids)
    if ids:
        ring(ids)


_claiming = threading.Lock()


def claim(execution_id: UUID | None = None) -> ledger.Claimed | None:
    """The run named, or the one whose turn it is. One claim at a time per consumer: `ROOSTER_WORKERS` counts for all
    its threads together."""
    with _claiming, session_scope() as session:
        return ledger.claim(session, owner=host.identity(), slots=get_settings().workers, execution_id=execution_id)


def run(claimed: ledger.Claimed) -> None:
    """Supervise a run to its end, then let the next one have the slot."""
    if supervisor.supervise(claimed, children.start_warm):
        ring([claimed.execution_id])
    # Through the queue, not in a loop: a consumer that stops takes no new work. Without an id, because slots that
    # become free together would both be given the same run, and one of them would stay empty.
    if scheduler.is_anything_queued():
        with _a_lost_ring_is_logged():
            run_next_task()


_started = threading.Lock()
_stopped = threading.Event()


@huey.on_startup()
def start_up() -> None:
    """Once per consumer, though Huey calls it in each thread: take back, show signs of life."""
    if not _started.acquire(blocking=False):
        return
    logs.set_up()
    end_with_parent()
    warn_about_flags(sys.argv)
    with session_scope() as session:
        check_key(session)
    _beat()
    threading.Thread(target=_keep_beating, daemon=True, name="heartbeat").start()
    ring_each(scheduler.sweep())
    check_and_run_scheduled_reports()
    log.info("Rooster %s worker is ready: process %d, %d at once", VERSION, os.getpid(), get_settings().workers)


@huey.on_shutdown()
def shut_down() -> None:
    if _stopped.is_set():
        return
    _stopped.set()
    with session_scope() as session:
        workers.sign_off(session, identity=host.identity())


def warn_about_flags(arguments: list[str]) -> list[str]:
    """Name the consumer flags that are missing or too weak; script/worker sets them all."""
    options, _ = OptionParserHandler().get_option_parser().parse_args(arguments[1:])
    given = {**dict(config_defaults), **{name: value for name, value in vars(options).items() if value is not None}}
    weak = consumer_flags.weak(given, slots=get_settings().workers)
    if weak:
        log.warning("The consumer was started without %s. Use script/worker.", ", ".join(weak))
    return weak


def _keep_beating() -> None:
    while not _stopped.wait(workers.BEAT_SECONDS):
        _beat()


def _beat() -> None:
    """A sign of life. And each worker gets ready for what is due soon: the minute tick reaches one of them only."""
    try:
        with session_scope() as session:
            workers.beat(session, identity=host.identity(), slots=get_settings().workers, version=VERSION)
        children.expect_runs(scheduler.list_upcoming(after=clock.now()))
    except DatabaseUnavailable as error:
        log.warning("The database did not take the heartbeat: %s", error.orig)
