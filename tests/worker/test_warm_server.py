"""The server of warm children: there when something is due, gone afterwards, and no run suffers from either."""

from __future__ import annotations

import multiprocessing.connection
import multiprocessing.util
import os
import signal
import time
from datetime import timedelta
from pathlib import Path

import psutil
import pytest

from core import clock
from core.services.warm_server import WarmServer
from tests.fixtures_worker import until

HOURS = 3600.0
MOMENT = 0.2


def say_pid(path: str) -> None:
    """What a child does here: say who it is and who forked it."""
    Path(path).write_text(f"{os.getpid()} {os.getppid()}")


def stay_with_parent(path: str) -> None:
    say_pid(path)
    parent = multiprocessing.parent_process()
    assert parent is not None
    multiprocessing.connection.wait([parent.sentinel])


def stay(path: str) -> None:
    say_pid(path)
    time.sleep(HOURS)


@pytest.fixture(autouse=True)
def light(monkeypatch):
    """Without the imports of a run: what is looked at here does not depend on them."""
    monkeypatch.setattr("core.services.runner_child.PRELOAD", ("core.clock",))


@pytest.fixture
def patient():
    """A server that would stay for hours."""
    server = WarmServer(pause_seconds=HOURS)
    yield server
    server._end()


@pytest.fixture
def hasty():
    """A server that goes as soon as nothing is near."""
    server = WarmServer(pause_seconds=MOMENT)
    yield server
    server._end()


def run(server: WarmServer, folder: Path) -> tuple[int, int]:
    """A child from start to end: its process id, and that of what forked it."""
    child = server.start(say_pid, str(folder / "said"))
    child.join()
    assert child.exitcode == 0
    child.close()
    server.release()
    return said(folder)


def said(folder: Path) -> tuple[int, int]:
    child, parent = until(lambda: (folder / "said").exists() and (folder / "said").read_text().split())
    return int(child), int(parent)


def wait_until_up(server: WarmServer) -> int:
    return until(lambda: server.pid, what="the server to be up")


def wait_until_gone(server: WarmServer) -> None:
    until(lambda: server.pid is None, what="the server to be ended")


def is_running(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def open_files() -> int:
    return len(os.listdir("/proc/self/fd"))


def test_nothing_is_started_before_something_is_due(patient):
    assert patient.pid is None


def test_it_is_up_before_the_instant_and_forks_the_child_then(patient, tmp_path):
    patient.expect(clock.now() + timedelta(hours=1))
    ready = wait_until_up(patient)
    assert run(patient, tmp_path)[1] == ready


def test_asking_twice_starts_one(patient):
    for _ in range(2):
        patient.expect(clock.now())
    ready = wait_until_up(patient)
    patient.expect(clock.now())
    assert patient.pid == ready


def test_a_run_that_nobody_expected_starts_it(patient, tmp_path):
    forked_by = run(patient, tmp_path)[1]
    assert patient.pid == forked_by


def test_it_is_ended_after_the_pause_and_the_next_run_works(hasty, tmp_path):
    first = run(hasty, tmp_path)[1]
    wait_until_gone(hasty)
    assert not is_running(first)
    assert run(hasty, tmp_path)[1] != first


def test_what_was_due_and_never_came_does_not_keep_it(hasty):
    until(lambda: hasty.expect(clock.now()) or hasty.pid, what="the server to be up")
    wait_until_gone(hasty)


def test_it_stays_while_something_is_due(hasty, tmp_path):
    hasty.expect(clock.now() + timedelta(hours=1))
    ready = wait_until_up(hasty)
    run(hasty, tmp_path)
    time.sleep(3 * MOMENT)
    assert hasty.pid == ready


def test_it_stays_while_a_child_runs(hasty, tmp_path):
    child = hasty.start(stay, str(tmp_path / "said"))
    ready = said(tmp_path)[1]
    time.sleep(3 * MOMENT)
    assert hasty.pid == ready
    assert child.is_alive()
    child.kill()
    child.join()
    hasty.release()
    wait_until_gone(hasty)


def test_one_that_was_killed_is_replaced_at_the_next_run(patient, tmp_path):
    for _ in range(3):
        forked_by = run(patient, tmp_path)[1]
        os.kill(forked_by, signal.SIGKILL)
    assert run(patient, tmp_path)[1] != forked_by


def test_the_child_of_one_that_was_killed_ends_when_its_parent_lets_go(patient, tmp_path):
    child = patient.start(stay_with_parent, str(tmp_path / "said"))
    pid, forked_by = said(tmp_path)
    os.kill(forked_by, signal.SIGKILL)
    child.join()
    assert is_running(pid)
    child.close()
    patient.release()
    until(lambda: not is_running(pid), what="the child to end")


def test_coming_and_going_leaves_no_open_file_no_listener_and_no_process(hasty, tmp_path):
    run(hasty, tmp_path)
    wait_until_gone(hasty)
    before = open_files()
    for _ in range(5):
        run(hasty, tmp_path)
        wait_until_gone(hasty)
    assert open_files() <= before
    assert list(Path(multiprocessing.util.get_temp_dir()).glob("listener-*")) == []
    dead = [child for child in psutil.Process().children() if child.status() == psutil.STATUS_ZOMBIE]
    assert len(dead) <= 1
