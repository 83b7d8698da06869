"""The consumer as it runs in production: on time, once, whatever happens to the messages."""

from __future__ import annotations

import importlib
from datetime import timedelta

import pytest

import tasks
from core import clock
from core.services import scheduler
from core.settings import get_settings
from tests.fixtures_worker import is_worker_alive, until
from tests.ledger import house
from tests.worker.slow import COUNT, ENDLESS, Dial


@pytest.fixture
def server(smtp_server, alice):
    running = smtp_server()
    house.add_account(alice, port=running.port)
    return running


@pytest.fixture
def bell(queue):  # noqa: ARG001 - the queue must be there when the tasks are loaded
    """The tasks of this test's queue, as the web process would import them."""
    return importlib.reload(tasks)


@pytest.mark.usefixtures("sqlite_database")
class TestOnEachQueue:
    def test_a_due_report_runs_by_itself_at_its_instant_and_reaches_its_readers_once(
        self, alice, source_url, server, bell, start_consumer
    ):
        report_id = house.add_report(alice, source_url, recipients=["ann@example.test", "ben@example.test"])
        start_consumer()
        slot = house.make_due(report_id, at=clock.now() + timedelta(seconds=6))
        bell.ring()
        [row] = until(lambda: [row for row in house.all_executions(report_id) if row.status == "success"])
        assert row.scheduled_for == slot
        assert row.started_at >= slot
        assert sorted(mail.recipients[0] for mail in server.received) == ["ann@example.test", "ben@example.test"]
        assert house.report(report_id).next_run_at > slot

    def test_a_message_that_comes_five_times_is_one_run(self, alice, source_url, server, bell, start_consumer):
        execution_id = house.queue_run(alice, house.add_report(alice, source_url))
        start_consumer()
        bell.ring([execution_id] * 5)
        until(lambda: house.execution(execution_id).status == "success")
        until(lambda: bell.huey.pending_count() == 0)
        assert house.execution(execution_id).attempt == 1
        assert len(server.received) == 1

    def test_a_lost_message_is_found_by_the_sweep(self, alice, source_url, server, bell, start_consumer):
        execution_id = house.queue_run(alice, house.add_report(alice, source_url))
        bell.ring([execution_id])
        bell.huey.flush()
        assert bell.huey.pending_count() == 0
        start_consumer()
        until(lambda: house.execution(execution_id).status == "success")
        assert len(server.received) == 1

    @pytest.mark.usefixtures("server")
    def test_a_message_that_somebody_else_wrote_is_refused(self, alice, source_url, bell, start_consumer):
        consumer = start_consumer()
        bell.huey.storage.enqueue(b"cos\nsystem\n(S'touch /tmp/never'\ntR.:0000")
        execution_id = house.queue_run(alice, house.add_report(alice, source_url))
        bell.ring([execution_id])
        until(lambda: house.execution(execution_id).status == "success")
        assert consumer.process.poll() is None

    def test_the_worker_shows_signs_of_life_and_signs_off(self, bell, start_consumer):
        consumer = start_consumer()
        assert bell.queue_answers()
        assert is_worker_alive()
        assert consumer.stop() == 0
        assert not is_worker_alive()


@pytest.mark.usefixtures("sqlite_database", "server")
def test_slots_that_become_free_together_are_filled_with_different_runs(alice, tmp_path, bell, start_consumer):
    start_consumer(ROOSTER_WORKERS="2")
    dial = Dial(tmp_path, top=ENDLESS)
    runs = [house.queue_run(alice, house.add_report(alice, dial.url, sql=COUNT, name=name)) for name in ("A", "B")]
    bell.run_next_task()
    bell.run_next_task()
    until(lambda: all(house.execution(run).started_at for run in runs), seconds=30, what="both to run")
    assert [house.execution(run).status for run in runs] == ["running", "running"]


@pytest.mark.usefixtures("sqlite_database", "server")
def test_what_waits_behind_full_slots_runs_without_another_ring(alice, source_url, bell, start_consumer):
    start_consumer(ROOSTER_WORKERS="2")
    runs = [house.queue_run(alice, house.add_report(alice, source_url, name=f"Report {n}")) for n in range(6)]
    bell.ring(runs[:2])
    until(lambda: {house.execution(run).status for run in runs} == {"success"}, seconds=40, what="all to run")
    assert [house.execution(run).attempt for run in runs] == [1] * 6


@pytest.mark.usefixtures("sqlite_database")
def test_a_ring_that_fails_raises_nothing_and_the_work_is_still_there(alice, source_url, monkeypatch):
    monkeypatch.setenv("ROOSTER_QUEUE_URL", "redis://127.0.0.1:1/0")
    get_settings.cache_clear()
    bell = importlib.reload(tasks)
    execution_id = house.queue_run(alice, house.add_report(alice, source_url))
    bell.ring([execution_id])
    assert not bell.queue_answers()
    assert scheduler.sweep() == [execution_id]


def test_missing_flags_of_a_plain_consumer_are_named():
    plain = tasks.warn_about_flags(["huey_consumer", "tasks.huey"])
    assert [flag[:2] for flag in plain] == ["-w", "-g", "-t", "-d", "-m", "-b"]


@pytest.mark.parametrize(
    ("flags", "named"),
    [
        ("-k thread -w {w} -g TERM -t 60 -d 0.05 -m 0.2 -b 1", []),
        ("--workers={w} --graceful-signal TERM --shutdown-timeout 60 --delay 0.05 --max-delay 0.2 --backoff 1", []),
        ("-k process -w {w} -g TERM -t 60 -d 0.05 -m 0.2 -b 1", ["-k"]),
        ("-w 1 -g TERM -t 1 -d 0.05 -m 10 -b 1", ["-w", "-t", "-m"]),
    ],
)
def test_flags_count_by_their_values_in_either_spelling(flags: str, named: list[str]):
    given = flags.format(w=get_settings().workers + 4).split()
    assert [flag[:2] for flag in tasks.warn_about_flags(["huey_consumer", "tasks.huey", *given])] == named
