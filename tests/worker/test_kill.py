"""kill -9 at the worst moments: no run lost, none doubled, no mail sent twice."""

from __future__ import annotations

import os
import signal

import psutil
import pytest

from core.database import session_scope
from core.services import executions, storage
from tests.fixtures_smtp import Behaviour
from tests.fixtures_worker import until
from tests.ledger import house
from tests.worker.slow import COUNT, ENDLESS, ROWS, SECONDS_LONG, Dial

READERS = ["ann@example.test", "ben@example.test"]


@pytest.fixture
def server(smtp_server, alice):
    running = smtp_server()
    house.add_account(alice, port=running.port)
    return running


@pytest.fixture
def dial(tmp_path):
    return Dial(tmp_path, top=ENDLESS)


def children_of(consumer) -> list[psutil.Process]:
    return psutil.Process(consumer.process.pid).children(recursive=True)


def wait_until_started(execution_id):
    until(lambda: house.execution(execution_id).started_at, what="the run to start")


def wait_until_success(execution_id):
    until(lambda: house.execution(execution_id).status == "success", what="the run to succeed")


def received_by(server) -> list[str]:
    return sorted(mail.recipients[0] for mail in server.received)


@pytest.mark.usefixtures("database")
def test_kill_in_the_query_ends_the_child_too_and_after_a_restart_the_run_finishes(alice, server, dial, start_consumer):
    execution_id = house.queue_run(alice, house.add_report(alice, dial.url, sql=COUNT, recipients=READERS))
    first = start_consumer()
    wait_until_started(execution_id)
    children = children_of(first)
    first.kill()
    _gone, alive = psutil.wait_procs(children, timeout=15)
    assert alive == []
    dial.set(10)
    start_consumer()
    wait_until_success(execution_id)
    row = house.execution(execution_id)
    assert (row.attempt, row.fence) == (2, 3)
    assert received_by(server) == READERS


@pytest.mark.usefixtures("sqlite_database")
def test_kill_while_a_file_is_written_leaves_whole_files_only(alice, server, dial, start_consumer):
    report_id = house.add_report(alice, dial.url, sql=ROWS, formats=["excel", "csv"], recipients=READERS)
    execution_id = house.queue_run(alice, report_id)
    folder = storage.execution_folder(report_id, execution_id)
    first = start_consumer()
    until(lambda: [path for path in folder.glob("*.tmp") if path.stat().st_size > 100_000], what="a growing file")
    first.kill()
    dial.set(1000)
    start_consumer()
    wait_until_success(execution_id)
    assert received_by(server) == READERS
    with session_scope() as session:
        detail = executions.get_execution(session, actor=alice, execution_id=execution_id)
    assert {key: file.rows_written for key, file in detail.generated_files.items()} == {"excel": 1000, "csv": 1000}
    assert all(
        storage.resolve(f"reports/{report_id}/{execution_id}/3-{key}").exists() for key in ("excel.xlsx", "csv.csv")
    )


@pytest.mark.usefixtures("sqlite_database")
def test_kill_between_the_marker_and_the_answer_leaves_one_uncertain_mail_and_sends_no_second(
    alice, source_url, smtp_server, start_consumer
):
    server = smtp_server(behaviour=Behaviour(answer_after=3600))
    house.add_account(alice, port=server.port)
    execution_id = house.queue_run(alice, house.add_report(alice, source_url, recipients=READERS))
    first = start_consumer()
    until(lambda: server.received, what="the mail to be in the server's hands")
    first.kill()
    server.behaviour.answer_after = 0
    start_consumer()
    until(lambda: house.execution(execution_id).status == "uncertain", what="the run to be called uncertain")
    found = house.mails(execution_id)
    assert sorted(mail.status for mail in found.values()) == ["sent", "uncertain"]
    assert received_by(server) == READERS


@pytest.mark.usefixtures("sqlite_database")
def test_the_death_of_a_child_is_noticed_at_once(alice, server, dial, start_consumer):
    execution_id = house.queue_run(alice, house.add_report(alice, dial.url, sql=COUNT))
    consumer = start_consumer()
    wait_until_started(execution_id)
    dial.set(10)
    busiest = max(children_of(consumer), key=lambda process: sum(process.cpu_times()[:2]))
    running = [process for process in children_of(consumer) if process.parent().pid != consumer.process.pid]
    os.kill((running or [busiest])[-1].pid, signal.SIGKILL)
    wait_until_success(execution_id)
    assert house.execution(execution_id).attempt == 2
    assert len(server.received) == 1


@pytest.mark.usefixtures("sqlite_database")
def test_the_death_of_the_warm_server_ends_its_child_and_the_run_is_claimed_again_at_once(
    alice, server, dial, start_consumer
):
    execution_id = house.queue_run(alice, house.add_report(alice, dial.url, sql=COUNT))
    consumer = start_consumer()
    wait_until_started(execution_id)
    dial.set(10)
    [child] = [process for process in children_of(consumer) if process.parent().pid != consumer.process.pid]
    child.parent().kill()
    wait_until_success(execution_id)
    assert house.execution(execution_id).attempt == 2
    _gone, alive = psutil.wait_procs([child], timeout=15)
    assert alive == []
    assert len(server.received) == 1


@pytest.mark.usefixtures("sqlite_database")
def test_a_stop_lets_the_running_report_finish(alice, server, dial, start_consumer):
    dial.set(SECONDS_LONG)
    execution_id = house.queue_run(alice, house.add_report(alice, dial.url, sql=COUNT))
    consumer = start_consumer()
    wait_until_started(execution_id)
    assert consumer.stop() == 0
    row = house.execution(execution_id)
    assert (row.status, row.attempt) == ("success", 1)
    assert len(server.received) == 1


@pytest.mark.usefixtures("sqlite_database")
def test_a_person_can_stop_a_run(alice, server, dial, start_consumer):
    execution_id = house.queue_run(alice, house.add_report(alice, dial.url, sql=COUNT))
    start_consumer()
    wait_until_started(execution_id)
    with session_scope() as session:
        executions.cancel_execution(session, actor=alice, execution_id=execution_id)
    until(lambda: house.execution(execution_id).status == "cancelled")
    assert server.received == []


@pytest.mark.usefixtures("sqlite_database")
def test_while_every_slot_is_busy_the_clock_goes_on_and_mail_still_leaves(
    alice, server, dial, source_url, start_consumer
):
    busy = house.queue_run(alice, house.add_report(alice, dial.url, sql=COUNT))
    start_consumer(ROOSTER_WORKERS="1")
    wait_until_started(busy)
    due = house.add_report(alice, source_url, name="Due meanwhile")
    house.make_due(due)
    waiting = house.queue_run(alice, house.add_report(alice, source_url, name="Made already"))
    house.claim(waiting)
    write_letter(waiting)
    until(lambda: server.received, seconds=100, what="the waiting mail to leave")
    [row] = until(lambda: house.all_executions(due), seconds=100, what="the due slot to become a row")
    assert row.status == "queued"
    with session_scope() as session:
        executions.cancel_execution(session, actor=alice, execution_id=busy)
    until(lambda: house.execution(row.id).status == "success", what="the next run to take the free slot")


def write_letter(execution_id) -> None:
    """A run whose mail waits: the pipeline up to its commit, without the sending."""
    house.InlineChild(execution_id, house.execution(execution_id).fence)
