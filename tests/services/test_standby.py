from __future__ import annotations

import sys
import uuid

import psutil
import pytest

from core.services import standby, test_runs
from core.services.standby import Standby
from tests.fixtures_worker import until
from tests.ledger import house


@pytest.fixture
def waiting(monkeypatch):
    """Switched on for this test, and nothing left behind."""
    found = Standby()
    monkeypatch.setattr(standby, "_standby", found)
    yield found
    found.dismiss()


def interpreters() -> list[psutil.Process]:
    return [
        child
        for child in psutil.Process().children()
        if child.status() != psutil.STATUS_ZOMBIE and standby.MODULE in child.cmdline()
    ]


def test_nothing_is_started_ahead_where_nobody_sends_tests():
    standby.prepare()
    assert interpreters() == []
    assert standby.take(uuid.uuid4(), 1) is None


@pytest.mark.usefixtures("database")
def test_a_test_runs_in_the_interpreter_that_waited(alice, source_url, smtp_server, waiting):
    server = smtp_server()
    house.add_account(alice, port=server.port)
    report_id = house.add_report(alice, source_url)
    waiting.prepare()
    [ready] = interpreters()
    found = test_runs.run_test(actor=alice, report_id=report_id)
    assert found.success, found.detail
    assert len(server.received) == 1
    assert not ready.is_running() or ready.status() == psutil.STATUS_ZOMBIE
    # Who tests once often tests again.
    [following] = interpreters()
    assert following.pid != ready.pid


@pytest.mark.usefixtures("waiting")
def test_asking_again_starts_no_second_one():
    standby.prepare()
    [first] = interpreters()
    standby.prepare()
    assert [child.pid for child in interpreters()] == [first.pid]


def test_one_that_nobody_needs_ends():
    found = Standby(kept_seconds=0.05)
    found.prepare()
    until(lambda: interpreters() == [], what="the interpreter to end")


def test_one_that_died_is_not_used(waiting):
    waiting.prepare()
    [ready] = interpreters()
    ready.kill()
    until(lambda: ready.status() == psutil.STATUS_ZOMBIE, what="the interpreter to end")
    assert waiting.take(uuid.uuid4(), 1) is None


def test_it_ends_with_its_parent():
    program = (
        "import os; from core.services import standby; standby.switch_on(); standby.prepare();"
        "print(standby._standby._process.pid, flush=True); os.read(0, 1); os._exit(1)"
    )
    parent = psutil.Popen([sys.executable, "-c", program], stdin=-1, stdout=-1, cwd=standby.ROOT)
    child = psutil.Process(int(parent.stdout.readline()))
    parent.kill()
    parent.communicate()
    until(lambda: not child.is_running(), what="the interpreter to end")
