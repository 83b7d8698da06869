"""One due time is one run, whoever looks and however often."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import update

from core import clock
from core.database import session_scope
from core.models import ScheduledReport
from core.schemas.accounts import Actor
from core.services import due, scheduler
from tests.ledger import house

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def report_id(alice: Actor, source_url: str) -> object:
    return house.add_report(alice, source_url)


def test_a_due_slot_becomes_one_queued_execution_and_the_next_run_moves_on(report_id):
    slot = house.make_due(report_id)
    found = scheduler.look()
    [row] = house.all_executions(report_id)
    assert found.execution_ids == (row.id,)
    assert (row.status, row.trigger, row.scheduled_for) == ("queued", "schedule", slot)
    assert house.report(report_id).next_run_at > slot


def test_many_schedulers_at_once_make_one_row(report_id):
    house.make_due(report_id)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: scheduler.look(until=clock.now()), range(16)))
    assert sum(len(one.execution_ids) for one in found) == 1
    assert len(house.all_executions(report_id)) == 1


def test_the_same_slot_set_again_gives_no_second_row(report_id):
    slot = house.make_due(report_id)
    scheduler.look()
    house.make_due(report_id, at=slot)
    assert scheduler.look().execution_ids == ()
    assert len(house.all_executions(report_id)) == 1


def test_after_a_short_downtime_the_latest_slot_runs_and_older_ones_are_recorded_as_skipped(report_id):
    now = clock.now()
    slot = now - timedelta(days=3, minutes=20)
    with session_scope() as session:
        report = session.get(ScheduledReport, report_id)
        report.schedule_config = {"type": "daily", "time": f"{slot:%H:%M}", "timezone": "UTC"}
    house.make_due(report_id, at=slot.replace(second=0, microsecond=0))
    found = scheduler.look()
    rows = house.all_executions(report_id)
    assert [row.status for row in rows] == ["skipped", "skipped", "skipped", "queued"]
    assert len(found.execution_ids) == 1
    assert {row.error_class for row in rows[:3]} == {"misfire"}
    assert house.report(report_id).next_run_at > now


def test_a_slot_more_than_an_hour_late_is_skipped_and_visible(report_id):
    slot = (clock.now() - timedelta(hours=2)).replace(second=0, microsecond=0)
    with session_scope() as session:
        # Its next slot is tomorrow's, whatever the time of day.
        config = {"type": "daily", "time": f"{slot:%H:%M}", "timezone": "UTC"}
        session.get(ScheduledReport, report_id).schedule_config = config
    house.make_due(report_id, at=slot)
    assert scheduler.look().execution_ids == ()
    [row] = house.all_executions(report_id)
    assert row.status == "skipped"
    assert "was not running" in row.error_message


def test_a_paused_report_is_never_due(report_id):
    house.make_due(report_id)
    with session_scope() as session:
        session.execute(update(ScheduledReport).values(is_active=False))
    assert scheduler.look().execution_ids == ()


def test_a_report_whose_schedule_cannot_be_read_does_not_stop_the_others(alice, source_url, report_id):
    other = house.add_report(alice, source_url, name="Other")
    house.make_due(other)
    house.make_due(report_id, at=clock.now() - timedelta(minutes=1))
    with session_scope() as session:
        session.get(ScheduledReport, report_id).schedule_config = {"type": "yearly"}
    assert len(scheduler.look().execution_ids) == 1
    broken = house.report(report_id)
    assert broken.next_run_at > clock.now() + timedelta(minutes=50)
    assert "cannot be read" in broken.paused_reason


def test_what_is_due_within_the_coming_minute_gets_an_exact_wake_up(alice, source_url, report_id):
    soon = house.make_due(report_id, at=clock.now() + timedelta(seconds=30))
    later = house.add_report(alice, source_url, name="Later")
    house.make_due(later, at=clock.now() + timedelta(minutes=10))
    assert scheduler.look().upcoming == (soon,)


def test_a_look_ahead_to_an_instant_makes_its_rows_early_for_the_exact_moment(report_id):
    instant = house.make_due(report_id, at=clock.now() + timedelta(seconds=2))
    assert len(scheduler.look(until=instant).execution_ids) == 1
    [row] = house.all_executions(report_id)
    assert row.not_before == instant


def test_the_snapshot_is_frozen_and_holds_no_secret(source_url, report_id):
    house.make_due(report_id)
    scheduler.look()
    with session_scope() as session:
        session.get(ScheduledReport, report_id).recipients = ["somebody.else@example.test"]
    [row] = house.all_executions(report_id)
    assert row.snapshot["recipients"] == ["dana@example.test"]
    assert row.snapshot["queries"][0]["sql"] == house.SALES
    assert source_url not in str(row.snapshot)


def test_downtime_of_years_makes_a_bounded_number_of_rows(report_id):
    house.make_due(report_id, at=clock.now().replace(hour=7, minute=0, second=0, microsecond=0) - timedelta(days=900))
    scheduler.look()
    assert 0 < len(house.all_executions(report_id)) <= due.MOST_MISSED_SLOTS
