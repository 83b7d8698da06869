"""The crash test: workers are killed and stopped at random while reports run and mails leave over a bad server."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from sqlalchemy import func, select

from core import clock
from core.database import read_scope
from core.models import Attempt, Delivery, ReportExecution, ScheduledReport
from core.schemas.accounts import Actor
from core.settings import ROOT
from tests.fixtures_worker import free_port
from tests.ledger import house
from tests.ledger.crash_nursery import LEASE

OPEN = ("queued", "running", "delivering")
BAD_ADDRESS = "nobody@example.test"
READERS = ["ann@example.test", "ben@example.test", BAD_ADDRESS]


@dataclass
class BadServer:
    """Refuses, hangs up before and after it has taken a mail; knows what it took."""

    port: int = 0
    accepted: Counter[str] = field(default_factory=Counter)
    hung_up: set[str] = field(default_factory=set)

    async def handle_MAIL(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:
        if random.random() < 0.05:
            return "421 4.3.2 going down"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:
        if address == BAD_ADDRESS:
            return "550 5.1.1 no such person"
        if random.random() < 0.08:
            return "451 4.7.1 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:
        identifier = str(message_from_bytes(envelope.content)["Message-ID"])
        fate = random.random()
        if fate >= 0.05:
            self.accepted[identifier] += 1
        if fate < 0.10:
            self.hung_up.add(identifier)
            server.transport.abort()
        return "250 OK"


@dataclass
class Outcome:
    """The table of the crash test. `causeless` are uncertain mails nobody can say why."""

    slots: int = 0
    lost: int = 0
    committed_twice: int = 0
    accepted_twice: int = 0
    sent_not_accepted: int = 0
    causeless: int = 0
    died_by_themselves: int = 0
    kills: int = 0
    zombies: int = 0
    attempts: int = 0
    deliveries: Counter[str] = field(default_factory=Counter)
    uncertain_accepted: int = 0
    worker_died: int = 0
    seconds: float = 0.0

    @property
    def faults(self) -> dict[str, int]:
        """What must not be; empty when all is well."""
        names = (
            "lost",
            "committed_twice",
            "accepted_twice",
            "sent_not_accepted",
            "causeless",
            "died_by_themselves",
        )
        return {name: getattr(self, name) for name in names if getattr(self, name)}


class Nursery:
    """The workers, all of them mortal."""

    def __init__(self, log: Path, *, workers: int) -> None:
        self.kills = self.zombies = self.died_by_themselves = 0
        self._log = log.open("ab")
        self._mother = subprocess.Popen(
            [sys.executable, "-m", "tests.ledger.crash_nursery"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
        )
        self._stopped: dict[int, threading.Timer] = {}
        self._alive = [self._born() for _ in range(workers)]

    def harm(self) -> None:
        """Kill one, or stop one for longer than its lease."""
        if random.random() < 0.2 and len(self._stopped) < 2:
            self._stop(random.choice(self._alive))
        else:
            self._kill(random.choice(self._alive))
            self.kills += 1

    def look_after(self) -> None:
        """Replace those who died without our doing."""
        for pid in [pid for pid in self._alive if not Path(f"/proc/{pid}").exists()]:
            self.died_by_themselves += 1
            self._replace(pid)

    def close(self) -> None:
        for timer in list(self._stopped.values()):
            timer.join()
        self._mother.communicate(timeout=30)
        self._log.close()

    def _stop(self, pid: int) -> None:
        """By a thread it is woken: stopped in a transaction, it holds up everybody, us too."""
        if pid not in self._stopped:
            os.kill(pid, signal.SIGSTOP)
            self._stopped[pid] = threading.Timer(LEASE.total_seconds() + 1, self._wake, (pid,))
            self._stopped[pid].start()

    def _wake(self, pid: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)
            self.zombies += 1
        self._stopped.pop(pid, None)

    def _kill(self, pid: int) -> None:
        os.kill(pid, signal.SIGKILL)
        while Path(f"/proc/{pid}").exists():
            time.sleep(0.005)
        self._replace(pid)

    def _replace(self, pid: int) -> None:
        self._alive[self._alive.index(pid)] = self._born()

    def _born(self) -> int:
        assert self._mother.stdin is not None
        assert self._mother.stdout is not None
        self._mother.stdin.write(b"\n")
        self._mother.stdin.flush()
        return int(self._mother.stdout.readline())


@dataclass
class _Slots:
    """Each report is made due again as soon as its slot has become a row."""

    reports: list[uuid.UUID]
    wanted: int
    made: list[tuple[uuid.UUID, Any]] = field(default_factory=list)

    @property
    def is_made(self) -> bool:
        return len(self.made) >= self.wanted

    def refill(self) -> None:
        with read_scope() as session:
            query = select(ScheduledReport.id).where(ScheduledReport.next_run_at > clock.now())
            waiting = list(session.scalars(query))
        # One at a time: who locks many rows in an order of its own runs into others who lock two.
        for report_id in waiting[: self.wanted - len(self.made)]:
            self.made.append((report_id, house.make_due(report_id)))


def crash(
    actor: Actor, source_url: str, *, slots: int, reports: int, workers: int, kills: int, zombies: int = 0, log: Path
) -> Outcome:
    """Run `slots` executions of `reports` reports to their end; at least `kills` and `zombies` workers suffer."""
    with bad_server() as server:
        house.add_account(actor, port=server.port)
        made = [house.add_report(actor, source_url, name=f"R{number}", recipients=READERS) for number in range(reports)]
        todo = _Slots(made, slots)
        nursery = Nursery(log, workers=workers)
        began = time.monotonic()
        try:
            _let_them_work(todo, nursery, kills=kills, zombies=zombies)
        finally:
            nursery.close()
        return _judge(todo, server, nursery, seconds=time.monotonic() - began)


def _let_them_work(todo: _Slots, nursery: Nursery, *, kills: int, zombies: int) -> None:
    deadline = time.monotonic() + 60 + 2 * todo.wanted
    harm_at = time.monotonic() + 0.5
    while not ((harmed := nursery.kills >= kills and nursery.zombies >= zombies) and todo.is_made and _is_quiet(todo)):
        assert time.monotonic() < deadline, "the work does not come to an end"
        todo.refill()
        nursery.look_after()
        if time.monotonic() > harm_at and not (harmed and todo.is_made):
            nursery.harm()
            harm_at = time.monotonic() + random.uniform(0.2, 0.8)
        time.sleep(0.05)


def _is_quiet(todo: _Slots) -> bool:
    with read_scope() as session:
        open_runs = session.scalar(select(func.count()).where(ReportExecution.status.in_(OPEN)))
        rows = session.scalar(select(func.count()).select_from(ReportExecution))
    return open_runs == 0 and rows == len(todo.made)


def _judge(todo: _Slots, server: BadServer, nursery: Nursery, *, seconds: float) -> Outcome:
    with read_scope() as session:
        runs = list(session.scalars(select(ReportExecution)))
        mails = list(session.scalars(select(Delivery).where(Delivery.kind == "report")))
        commits = Counter(session.scalars(select(Attempt.execution_id).where(Attempt.event == "generated")))
        session.expunge_all()
    found = Counter((run.scheduled_report_id, run.scheduled_for) for run in runs)
    uncertain = [mail for mail in mails if mail.status == "uncertain"]
    expected = {(run.id, reader) for run in runs for reader in READERS}
    missing = expected - {(mail.execution_id, mail.recipient) for mail in mails}
    return Outcome(
        slots=len(todo.made),
        lost=sum(found[slot] != 1 for slot in todo.made) + sum(commits[run.id] == 0 for run in runs) + len(missing),
        committed_twice=sum(count > 1 for count in commits.values()),
        accepted_twice=sum(count > 1 for count in server.accepted.values()),
        sent_not_accepted=sum(mail.status == "sent" and not server.accepted[mail.message_id] for mail in mails),
        causeless=sum(not _has_cause(mail, server) for mail in uncertain),
        died_by_themselves=nursery.died_by_themselves,
        kills=nursery.kills,
        zombies=nursery.zombies,
        attempts=sum(run.attempt for run in runs),
        deliveries=Counter(mail.status for mail in mails),
        uncertain_accepted=sum(bool(server.accepted[mail.message_id]) for mail in uncertain),
        worker_died=sum(mail.error_class == "worker_died" for mail in uncertain),
        seconds=seconds,
    )


def _has_cause(mail: Delivery, server: BadServer) -> bool:
    """Its worker died or was stopped in the window, or the server hung up on it."""
    return mail.error_class == "worker_died" or mail.message_id in server.hung_up


@contextlib.contextmanager
def bad_server() -> Iterator[BadServer]:
    server = BadServer(port=free_port())
    controller = Controller(server, hostname="127.0.0.1", port=server.port, server_hostname="localhost")
    controller.start()
    try:
        yield server
    finally:
        controller.stop()
