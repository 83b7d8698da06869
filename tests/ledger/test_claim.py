"""Claims, leases and fences: one worker runs an execution, and one that was given up changes nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from core import clock
from core.database import session_scope
from core.models import ReportExecution, ScheduledReport
from core.services import ledger, recovery
from tests.ledger import house

pytestmark = pytest.mark.usefixtures("database")
# A process of this host that never was: its pid is beyond what a kernel gives.
ELSEWHERE = "another-host|1|1|1.00"


@pytest.fixture
def report_id(alice, source_url):
    return house.add_report(alice, source_url)


@pytest.fixture
def execution_id(alice, report_id):
    return house.queue_run(alice, report_id)


def dead_owner() -> str:
    host_name, boot, _pid, _start = house.host.identity().split("|")
    return f"{host_name}|{boot}|4194999|1.00"


def test_of_many_workers_one_gets_it(execution_id):
    with ThreadPoolExecutor(8) as pool:
        claims = [claim for claim in pool.map(lambda _: house.claim(execution_id), range(16)) if claim]
    assert len(claims) == 1
    row = house.execution(execution_id)
    assert (row.status, row.attempt, row.fence) == ("running", 1, 1)


def test_two_runs_of_one_report_never_overlap(alice, report_id, execution_id):
    second = house.queue_run(alice, report_id)
    assert house.claim(execution_id)
    assert house.claim(second) is None
    assert house.execution(second).status == "queued"


def test_a_consumer_takes_no_more_than_its_slots(alice, source_url, execution_id):
    other = house.queue_run(alice, house.add_report(alice, source_url, name="Other"))
    assert house.claim(execution_id, slots=1)
    assert house.claim(other, slots=1) is None
    assert house.claim(other, slots=2)


def test_the_person_with_fewer_runs_goes_first(alice, bob, source_url, execution_id):
    waiting = house.queue_run(alice, house.add_report(alice, source_url, name="Second"))
    bobs = house.queue_run(bob, house.add_report(bob, source_url))
    assert house.claim(execution_id)
    assert house.claim().execution_id == bobs
    assert house.claim().execution_id == waiting


def test_a_run_before_its_time_is_not_taken(execution_id):
    with session_scope() as session:
        session.get(ReportExecution, execution_id).not_before = clock.now() + timedelta(minutes=1)
    assert house.claim(execution_id) is None


def test_a_scheduled_run_of_a_report_paused_meanwhile_is_skipped_and_a_manual_one_is_not(report_id, execution_id):
    with session_scope() as session:
        session.get(ScheduledReport, report_id).is_active = False
        session.get(ReportExecution, execution_id).trigger = "schedule"
    assert house.claim(execution_id) is None
    row = house.execution(execution_id)
    assert (row.status, row.error_class) == ("skipped", "paused")


def test_a_paused_report_leaves_the_free_slot_to_the_next_run(alice, source_url, report_id, execution_id):
    waiting = house.queue_run(alice, house.add_report(alice, source_url, name="Second"))
    with session_scope() as session:
        session.get(ScheduledReport, report_id).is_active = False
        session.get(ReportExecution, execution_id).trigger = "schedule"
    assert house.claim().execution_id == waiting
    assert house.execution(execution_id).status == "skipped"


def test_a_heartbeat_renews_the_lease_and_brings_the_wish_to_stop(execution_id):
    claimed = house.claim(execution_id)
    before = house.execution(execution_id).lease_until
    with session_scope() as session:
        session.get(ReportExecution, execution_id).cancel_requested = True
    with session_scope() as session:
        beat = ledger.beat(session, execution_id, claimed.fence)
    assert beat.is_ours
    assert beat.cancel_requested
    assert house.execution(execution_id).lease_until >= before


def test_a_worker_that_was_given_up_can_change_nothing(execution_id):
    claimed = house.claim(execution_id, owner=dead_owner())
    with session_scope() as session:
        assert recovery.take_back(session) == [execution_id]
    with session_scope() as session:
        assert not ledger.beat(session, execution_id, claimed.fence).is_ours
        assert not ledger.fail(session, execution_id, claimed.fence, error_class="query", message="late")
        assert not ledger.start(session, execution_id, claimed.fence, at=clock.now())
    assert house.execution(execution_id).status == "queued"


def test_a_dead_process_of_this_host_is_taken_back_at_once_and_its_first_retry_does_not_wait(execution_id):
    house.claim(execution_id, owner=dead_owner())
    with session_scope() as session:
        recovery.take_back(session)
    row = house.execution(execution_id)
    assert (row.status, row.lease_owner, row.error_class) == ("queued", None, "worker_died")
    assert row.not_before <= clock.now()


def test_another_hosts_run_is_left_alone_until_its_lease_ends(execution_id):
    house.claim(execution_id, owner=ELSEWHERE)
    with session_scope() as session:
        assert recovery.take_back(session) == []
        session.get(ReportExecution, execution_id).lease_until = clock.now() - timedelta(seconds=1)
    with session_scope() as session:
        assert recovery.take_back(session) == [execution_id]


def test_a_report_that_kills_its_workers_is_given_up_after_three(execution_id):
    for _ in range(3):
        with session_scope() as session:
            session.get(ReportExecution, execution_id).not_before = clock.now()
        assert house.claim(execution_id, owner=dead_owner())
        with session_scope() as session:
            recovery.take_back(session)
    row = house.execution(execution_id)
    assert (row.status, row.error_class, row.attempt) == ("failed", "crash_loop", 3)


def test_a_transient_failure_waits_and_the_third_ends_it(execution_id):
    for attempt in (1, 2, 3):
        claimed = house.claim(execution_id)
        with session_scope() as session:
            assert ledger.requeue(session, execution_id, claimed.fence, error_class="connection", message="away")
        row = house.execution(execution_id)
        if attempt < 3:
            assert row.status == "queued"
            wait = (row.not_before - clock.now()).total_seconds()
            assert 30 * 2 ** (attempt - 1) - 5 < wait <= 60 * 2 ** (attempt - 1)
            with session_scope() as session:
                session.get(ReportExecution, execution_id).not_before = clock.now()
    assert (row.status, row.error_class, row.error_message) == ("failed", "connection", "away")


def test_a_failure_is_counted_on_the_report_and_the_next_run_still_stands(report_id, execution_id):
    planned = house.report(report_id).next_run_at
    claimed = house.claim(execution_id)
    with session_scope() as session:
        ledger.start(session, execution_id, claimed.fence, at=clock.now())
        ledger.fail(session, execution_id, claimed.fence, error_class="query", message="no such table")
    report = house.report(report_id)
    assert report.failures_in_row == 1
    assert report.last_run_at is not None
    assert report.next_run_at == planned
    assert house.execution(execution_id).finished_at is not None
