"""Writers do not lose each other's updates, readers wait for nobody."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from core.database import read_scope, session_scope
from core.models import Workspace
from core.schemas.accounts import Actor
from core.services import workspace

THREADS, EACH = 6, 100


@pytest.fixture
def counter(database: str) -> None:
    assert database
    with session_scope() as session:
        workspace.get_or_create(session).week_start = 0


def _read() -> int:
    with read_scope() as session:
        return session.scalars(select(Workspace.week_start)).one()


def _add_one() -> None:
    with session_scope() as session:
        # On PostgreSQL a writer that reads first must lock the row; SQLite locks the whole file at once.
        row = session.scalars(select(Workspace).with_for_update()).one()
        row.week_start += 1


@pytest.mark.usefixtures("counter")
def test_six_hundred_increments_from_six_threads_are_six_hundred() -> None:
    def work() -> None:
        for _ in range(EACH):
            _add_one()

    with ThreadPoolExecutor(THREADS) as pool:
        for future in [pool.submit(work) for _ in range(THREADS)]:
            future.result()
    assert _read() == THREADS * EACH


@pytest.mark.usefixtures("counter")
def test_a_reader_does_not_wait_for_a_writer() -> None:
    written, may_end = threading.Event(), threading.Event()

    def write() -> None:
        with session_scope() as session:
            workspace.get_or_create(session).week_start = 5
            session.flush()
            written.set()
            assert may_end.wait(30)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert written.wait(30)
        assert _read() == 0, "it sees what was there before"
    finally:
        may_end.set()
        writer.join()
    assert _read() == 5


@pytest.mark.usefixtures("counter")
def test_an_error_takes_everything_back() -> None:
    def fail() -> None:
        with session_scope() as session:
            workspace.get_or_create(session).week_start = 6
            session.flush()
            raise RuntimeError("half way")

    with pytest.raises(RuntimeError):
        fail()
    assert _read() == 0


@pytest.mark.usefixtures("counter")
def test_what_is_written_in_a_reading_scope_is_not_kept(alice: Actor) -> None:
    with read_scope() as session:
        workspace.get_or_create(session).week_start = 4
        session.flush()
    assert (_read(), alice.name) == (0, "Alice")
