"""What the installations of these tests need."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

import pytest

from core.sampledata import build


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
