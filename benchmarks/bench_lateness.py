"""How late things are: starts after their instant, mails after it, with the worker idle, busy, or flooded.

    python benchmarks/bench_lateness.py [sqlite|redis ...]

Cold: after a pause in which the server of warm children was ended, one report that is due 55 s later, or one that
somebody rings for; some of each. Idle: 20 reports of 1,000 rows in CSV, due 2.5 s apart; start, inbox and processor
time of each. Busy: both slots are held by endless queries; then a due report cannot start, so what is measured is how
late its row is made, and how long a mail takes that somebody rings for. Flood: 50 such reports due in the same
instant.
"""

from __future__ import annotations

import contextlib
import sys
import time
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from installation import Installation, add_rows, consumer, cpu_seconds, installation, machine, redis_queue, say, spread

from core import clock
from core.services.warm_server import PAUSE_SECONDS
from tests.fixtures_worker import until
from tests.ledger import house
from tests.worker.slow import COUNT, ENDLESS, Dial

ALL_ROWS = "SELECT * FROM sales"
INSTANTS = 20
APART = timedelta(seconds=2.5)
LEAD = timedelta(seconds=6)
FLOOD = 50
COLD = 3
COLD_LEAD = timedelta(seconds=55)


@contextlib.contextmanager
def _queue(kind: str) -> Iterator[dict[str, str]]:
    if kind == "sqlite":
        yield {}
        return
    with redis_queue() as url:
        yield {"ROOSTER_QUEUE_URL": url}


def _reports(inst: Installation, count: int, source: str) -> list[uuid.UUID]:
    return [
        house.add_report(
            inst.actor, source, sql=ALL_ROWS, name=f"Report {number}", recipients=[f"r{number}@example.test"]
        )
        for number in range(count)
    ]


def _due(inst: Installation, reports: list[uuid.UUID], *, apart: timedelta) -> list[Any]:
    """Make them due one after the other, ring once; returns their instants."""
    first = clock.now() + LEAD
    slots = [house.make_due(report_id, at=first + number * apart) for number, report_id in enumerate(reports)]
    inst.ring()
    return slots


def _ended(report_id: uuid.UUID) -> Any:
    return [row for row in house.all_executions(report_id) if row.status == "success"]


def measure_idle(inst: Installation, worker: Any, source: str) -> None:
    # Nothing is measured of the very first runs: the server of the children starts with them.
    for number in range(2):
        warm = house.queue_run(inst.actor, house.add_report(inst.actor, source, sql=ALL_ROWS, name=f"First {number}"))
        inst.ring(warm)
        until(lambda warm=warm: house.execution(warm).status == "success")
    reports = _reports(inst, INSTANTS, source)
    inst.inbox.arrivals.clear()
    used = cpu_seconds(worker)
    slots = _due(inst, reports, apart=APART)
    rows = [until(lambda report_id=report_id: _ended(report_id), seconds=120)[0] for report_id in reports]
    used = cpu_seconds(worker) - used
    began = [(row.started_at - slot).total_seconds() for row, slot in zip(rows, slots, strict=True)]
    arrived = {address: at for at, address in inst.inbox.arrivals}
    mails = [arrived[f"r{number}@example.test"] - slot.timestamp() for number, slot in enumerate(slots)]
    say("idle: start after the instant", spread(began))
    say("idle: mail after the instant", spread(mails))
    idle = _idle_cpu(worker)
    seconds = (LEAD + APART * INSTANTS).total_seconds()
    say("idle: CPU per run, all processes", f"{(used - idle * seconds) / INSTANTS:.3f} s (idle worker {idle:.4f} s/s)")


def measure_cold(inst: Installation, worker: Any, source: str) -> None:
    began, mails, rung, started = [], [], [], []
    for number in range(COLD):
        report_id = house.add_report(
            inst.actor, source, sql=ALL_ROWS, name=f"Cold {number}", recipients=["cold@example.test"]
        )
        _until_nothing_is_warm(worker)
        inst.inbox.arrivals.clear()
        slot = house.make_due(report_id, at=clock.now() + COLD_LEAD)
        inst.ring()
        [row] = until(lambda report_id=report_id: _ended(report_id), seconds=120)
        began.append((row.started_at - slot).total_seconds())
        mails.append(inst.inbox.arrivals[0][0] - slot.timestamp())
        _until_nothing_is_warm(worker)
        inst.inbox.arrivals.clear()
        asked = time.time()
        execution_id = house.queue_run(inst.actor, report_id)
        inst.ring(execution_id)
        until(lambda: inst.inbox.arrivals)
        rung.append(inst.inbox.arrivals[0][0] - asked)
        started.append(house.execution(execution_id).started_at.timestamp() - asked)
    say("cold: start after the instant, due 55 s ahead", spread(began))
    say("cold: mail after the instant, due 55 s ahead", spread(mails))
    say("cold: start after its ring", spread(started))
    say("cold: mail after its ring", spread(rung))


def _until_nothing_is_warm(worker: Any) -> None:
    """The server of warm children holds more than all else; what is left of it, if anything, is small."""
    most = 60 * 1024**2
    until(
        lambda: all(child.memory_info().rss < most for child in worker.children(recursive=True)),
        seconds=PAUSE_SECONDS + 60,
        what="the pause to be over",
    )


def _idle_cpu(worker: Any, seconds: float = 5.0) -> float:
    before = cpu_seconds(worker)
    time.sleep(seconds)
    return (cpu_seconds(worker) - before) / seconds


def measure_flood(inst: Installation, worker: Any, source: str) -> None:
    reports = _reports(inst, FLOOD, source)
    inst.inbox.arrivals.clear()
    used = cpu_seconds(worker)
    slots = _due(inst, reports, apart=timedelta(0))
    until(lambda: len(inst.inbox.arrivals) >= FLOOD, seconds=180)
    after = [at - slots[0].timestamp() for at, _address in inst.inbox.arrivals]
    until(lambda: all(_ended(report_id) for report_id in reports))
    say(f"flood: {FLOOD} due at once, mails after", spread(after))
    say("flood: CPU per run", f"{(cpu_seconds(worker) - used) / FLOOD:.3f} s")


def measure_busy(inst: Installation, source: str) -> None:
    dial = Dial(inst.folder, top=ENDLESS)
    for number in range(2):
        run = house.queue_run(inst.actor, house.add_report(inst.actor, dial.url, sql=COUNT, name=f"Endless {number}"))
        inst.ring(run)
        until(lambda run=run: house.execution(run).started_at)
    reports = _reports(inst, INSTANTS // 2, source)
    others = _reports(inst, INSTANTS // 2, source)
    slots = _due(inst, reports, apart=APART)
    mails = [_mail_after_ring(inst, report_id) for report_id in others]
    rows = [until(lambda report_id=report_id: house.all_executions(report_id), seconds=90)[0] for report_id in reports]
    made = [(row.created_at - slot).total_seconds() for row, slot in zip(rows, slots, strict=True)]
    say("busy: row made after the instant (before it: negative)", spread(made))
    say("busy: mail after its ring", spread(mails))


def _mail_after_ring(inst: Installation, report_id: uuid.UUID) -> float:
    """A run made up to its commit, without a ring; only then is the bell rung."""
    execution_id = house.queue_run(inst.actor, report_id)
    inst.inbox.arrivals.clear()
    house.InlineChild(execution_id, house.claim(execution_id).fence)
    began = time.time()
    inst.ring(execution_id)
    until(lambda: inst.inbox.arrivals)
    return inst.inbox.arrivals[0][0] - began


def main(kinds: list[str]) -> None:
    say(machine())
    for kind in kinds:
        with _queue(kind) as environment, installation(ROOSTER_WORKERS="2", **environment) as inst:
            say(f"--- queue {kind}, SQLite database, 2 slots, {machine().rpartition(', load ')[2]} load")
            source = add_rows(inst.folder, 1000)
            with consumer(inst.folder) as worker:
                measure_cold(inst, worker, source)
                measure_idle(inst, worker, source)
                measure_flood(inst, worker, source)
                measure_busy(inst, source)
    say(machine())


if __name__ == "__main__":
    main(sys.argv[1:] or ["sqlite", "redis"])
