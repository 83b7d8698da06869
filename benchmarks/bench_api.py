"""Does the REST API slow down as the ledger grows? python benchmarks/bench_api.py [sqlite|postgresql ...]

Two installations of 10,000 schedules stand side by side, one with 1,000 executions and one with 1,000,000, each run
with its mail and a line of its timeline, each with a web process of its own. The same request goes to the one and to
the other in turns, so that whatever else the machine does slows both; what counts is the ratio, of times and of
processor time. Page 20, the last, stands for page 1,000 of the small one. SQLite is not analyzed, as in life;
PostgreSQL is vacuumed, as its autovacuum would have done.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import statistics
import subprocess
import sys
import threading
import time
import urllib.parse
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

import psutil
from bench_ledger import counted_statements
from installation import (
    Installation,
    add_rows,
    database,
    free_port,
    installation,
    machine,
    percentile,
    say,
)
from sqlalchemy import inspect, text

from core import clock
from core.database import get_engine, read_scope, session_scope
from core.services import executions, scheduled_reports
from core.settings import ROOT
from tests.fixtures_database import PASSWORD
from tests.fixtures_worker import until
from tests.ledger import house

SCHEDULES = 10_000
EXECUTIONS = (1_000, 1_000_000)
# How many requests of how many clients at once.
REQUESTS = {1: 64, 16: 256}
ROUNDS = 4
PAGE = 50
# The report whose own history is asked for, with pages of it in either ledger, and the oldest of its copied runs.
FIRST = uuid.UUID(int=1)
OF_FIRST = 100

_WORDS = {
    "sqlite": {
        "numbers": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})",
        "id": "lower(hex(randomblob(16)))",
        "numbered": "printf('%032x', {number})",
        "later": "strftime('%Y-%m-%d %H:%M:%f000', 'now', ({seconds}) || ' seconds')",
    },
    "postgresql": {
        "numbers": "WITH n(i) AS (SELECT generate_series(1, {count}))",
        "id": "gen_random_uuid()",
        "numbered": "lpad(to_hex({number}), 32, '0')::uuid",
        "later": "now() + make_interval(secs => {seconds})",
    },
}


@dataclass(frozen=True)
class Case:
    """A question; `offset` is where its page begins in a ledger of that size."""

    name: str
    path: str
    offsets: dict[int, int] = field(default_factory=dict)

    def url(self, count: int) -> str:
        offset = self.offsets.get(count, 0)
        return f"/api{self.path}" + (f"{'&' if '?' in self.path else '?'}offset={offset}" if offset else "")


CASES = (
    Case("schedules, page 1", "/scheduled-reports"),
    Case("one schedule", f"/scheduled-reports/{FIRST}"),
    Case("executions, page 1", "/executions?limit=50"),
    Case("executions, page 1,000", "/executions?limit=50", {count: min(count, 50_000) - PAGE for count in EXECUTIONS}),
    Case("failed executions", "/executions?status=failed"),
    Case("executions of one schedule", f"/scheduled-reports/{FIRST}/executions"),
    Case("one execution", f"/executions/{FIRST}"),
)


@dataclass
class Server:
    """A web process, with the token of the person who owns everything in it."""

    count: int
    port: int
    process: psutil.Process
    token: str = ""
    times: list[float] = field(default_factory=list)
    # Of the web process, in seconds, while `times` were taken.
    cpu: float = 0.0

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)

    def ask(self, connection: http.client.HTTPConnection, path: str) -> tuple[int, str | None]:
        """(bytes of the answer, its X-Total-Count)."""
        connection.request("GET", path, headers={"Authorization": f"Bearer {self.token}"})
        response = connection.getresponse()
        body = response.read()
        assert response.status == 200, (path, response.status, body[:500])
        return len(body), response.headers.get("x-total-count")

    def load(self, path: str, *, clients: int, requests: int) -> None:
        """So many requests by so many clients at once, each over one connection."""

        def client() -> None:
            with contextlib.closing(self.connect()) as connection:
                self.ask(connection, "/api/auth/me")
                barrier.wait()
                for _ in range(requests // clients):
                    began = time.perf_counter()
                    self.ask(connection, path)
                    self.times.append((time.perf_counter() - began) * 1000)

        barrier = threading.Barrier(clients, action=lambda: self._note_cpu(-1))
        threads = [threading.Thread(target=client) for _ in range(clients)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self._note_cpu(1)

    def forget(self) -> None:
        """What was asked so far only warmed it up."""
        self.times.clear()
        self.cpu = 0.0

    def _note_cpu(self, sign: int) -> None:
        used = self.process.cpu_times()
        self.cpu += sign * (used.user + used.system)


def _copies(table: str, source: str, changes: dict[str, str]) -> None:
    """Copies of the table's first row, one for each row of `n`, which `source` declares; `changes` are expressions."""
    names = [column["name"] for column in inspect(get_engine()).get_columns(table)]
    values = ", ".join(changes.get(name, f"t.{name}") for name in names)
    with session_scope() as session:
        copied = f"SELECT {values} FROM n, (SELECT * FROM {table} LIMIT 1) t"
        session.execute(text(f"INSERT INTO {table} ({', '.join(names)}) {source} {copied}"))


def _fill(inst: Installation, count: int) -> None:
    words = _WORDS[get_engine().dialect.name]
    report_id = house.add_report(inst.actor, add_rows(inst.folder, 10), sql="SELECT * FROM sales")
    house.make_due(report_id, at=clock.now() + timedelta(days=30))
    execution_id = house.queue_run(inst.actor, report_id)
    house.put_mails(execution_id, ["dana@example.test"])
    with session_scope() as session:
        session.execute(text("UPDATE report_executions SET status = 'success', trigger = 'schedule'"))
        session.execute(text("UPDATE deliveries SET status = 'sent', smtp_code = 250, smtp_response = 'OK'"))
    _copies(
        "scheduled_reports",
        words["numbers"].format(count=SCHEDULES - 1),
        {"id": words["numbered"].format(number="i"), "next_run_at": words["later"].format(seconds="3600 + i")},
    )
    number = f"CASE WHEN i <= {OF_FIRST} THEN 1 ELSE 1 + (i - {OF_FIRST}) % {SCHEDULES - 1} END"
    at = words["later"].format(seconds=f"i - {count}")
    _copies(
        "report_executions",
        words["numbers"].format(count=count - 1),
        {
            "id": f"CASE WHEN i = 1 THEN {words['numbered'].format(number=1)} ELSE {words['id']} END",
            "scheduled_report_id": words["numbered"].format(number=number),
            "created_at": at,
            "scheduled_for": at,
            "status": "CASE WHEN i % 20 = 0 THEN 'failed' ELSE 'success' END",
            "error_message": "CASE WHEN i % 20 = 0 THEN 'The database did not answer.' END",
            # Small rows are made faster; their width matters to no index.
            "snapshot": """'{"name": "Daily sales"}'""",
        },
    )
    for table in ("deliveries", "attempts"):
        without = f"SELECT id AS run FROM report_executions WHERE id NOT IN (SELECT execution_id FROM {table})"
        _copies(table, f"WITH n AS ({without})", {"id": words["id"], "execution_id": "run"})
    if get_engine().dialect.name == "postgresql":
        with get_engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))


def _statements(inst: Installation) -> dict[str, int]:
    """How many statements the services behind a page take."""
    asked = {
        "schedules": scheduled_reports.list_scheduled_reports,
        "executions": executions.list_executions,
    }
    found = {}
    for name, service in asked.items():
        with read_scope() as session, counted_statements() as statements:
            service(session, actor=inst.actor)
        found[name] = len(statements)
    return found


@contextlib.contextmanager
def _serving(kind: str, count: int) -> Iterator[Server]:
    with database(kind) as url, installation(url) as inst:
        began = time.perf_counter()
        _fill(inst, count)
        say(kind, f"{count} executions made in {time.perf_counter() - began:.0f} s", f"statements {_statements(inst)}")
        port = free_port()
        command = [sys.executable, "-m", "uvicorn", "app:app", "--host", "127.0.0.1", "--port", str(port)]
        with (inst.folder / "web.log").open("wb") as log:
            process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
        try:
            server = Server(count, port, psutil.Process(process.pid))
            until(lambda: _answers(server), seconds=120)
            server.token = _token(server, inst.actor.email)
            yield server
        finally:
            process.terminate()
            process.wait(timeout=60)


def _answers(server: Server) -> bool:
    with contextlib.closing(server.connect()) as connection, contextlib.suppress(OSError):
        connection.request("GET", "/login")
        return connection.getresponse().status == 200
    return False


def _token(server: Server, email: str) -> str:
    form = urllib.parse.urlencode({"username": email, "password": PASSWORD})
    with contextlib.closing(server.connect()) as connection:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", "/api/auth/token", form, headers)
        return str(json.loads(connection.getresponse().read())["access_token"])


def _measure(case: Case, servers: list[Server], clients: int) -> list[str]:
    """The columns of a line: milliseconds of each ledger, and how they and the processor's grow."""
    for server in servers:
        server.load(case.url(server.count), clients=clients, requests=clients * 2)
        server.forget()
    for _ in range(ROUNDS):
        for server in servers:
            server.load(case.url(server.count), clients=clients, requests=REQUESTS[clients] // ROUNDS)
    medians = [statistics.median(server.times) for server in servers]
    used = [server.cpu * 1000 / len(server.times) for server in servers]
    columns = [
        f"{median:.1f} / {percentile(server.times, 0.95):.1f} / {cpu:.1f}"
        for server, median, cpu in zip(servers, medians, used, strict=True)
    ]
    return [*columns, f"{medians[-1] / medians[0]:.2f} / {used[-1] / used[0]:.2f}"]


def measure(kind: str) -> None:
    with contextlib.ExitStack() as stack:
        servers = [stack.enter_context(_serving(kind, count)) for count in EXECUTIONS]
        for case in CASES:
            for server in servers:
                with contextlib.closing(server.connect()) as connection:
                    size, total = server.ask(connection, case.url(server.count))
                say(f"{server.count}: {case.name}", f"{size} bytes", f"X-Total-Count {total}")
        say(machine(), f"n = {REQUESTS} by clients, in {ROUNDS} rounds", "p50 / p95 / processor in ms")
        say("", "database", "clients", *(f"{count:,} executions" for count in EXECUTIONS), "growth (p50 / processor)")
        for clients in REQUESTS:
            for case in CASES:
                say(case.name, kind, clients, *_measure(case, servers, clients))
        say(machine())


def main() -> None:
    for kind in sys.argv[1:] or ("sqlite", "postgresql"):
        measure(kind)


if __name__ == "__main__":
    main()
