"""What is asked every minute, and what a person turns the pages of, reads indexes and no more."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import event

from core import clock
from core.database import get_engine, read_scope
from core.services import due, executions
from tests.ledger import house

pytestmark = pytest.mark.usefixtures("sqlite_database")


def plans_of(ask) -> list[str]:
    """The steps of SQLite's plans for every statement that `ask(session)` runs."""
    steps: list[str] = []

    def explain(connection, _cursor, statement, values, *_rest):
        driver = connection.connection.driver_connection
        steps.extend(row[3] for row in driver.execute(f"EXPLAIN QUERY PLAN {statement}", values))

    with read_scope() as session:
        event.listen(get_engine(), "before_cursor_execute", explain)
        try:
            ask(session)
        finally:
            event.remove(get_engine(), "before_cursor_execute", explain)
    assert steps
    return steps


def test_the_due_check_reads_only_what_is_due():
    now = clock.now()
    steps = plans_of(lambda session: due.list_due(session, until=now))
    assert all("USING INDEX ix_scheduled_reports_due" in step for step in steps), steps


def test_the_next_wake_ups_come_from_the_same_index():
    now = clock.now()
    steps = plans_of(lambda session: due.list_upcoming_instants(session, after=now, until=now + timedelta(minutes=1)))
    assert "ix_scheduled_reports_due" in steps[0]
    assert not any(step.startswith("SCAN") for step in steps), steps


@pytest.mark.parametrize("status", [None, "failed"])
def test_pages_of_the_history_are_found_without_reading_the_rows_before_them(alice, status):
    steps = plans_of(lambda session: executions.list_executions(session, actor=alice, status=status, offset=50_000))
    assert not any(step.startswith("SCAN") for step in steps), steps
    assert sum("USING COVERING INDEX ix_report_executions_owner_id" in step for step in steps) == 2, steps


def test_the_last_runs_of_schedules_are_looked_up_one_by_one(alice, source_url):
    report_id = house.add_report(alice, source_url)
    steps = plans_of(lambda session: executions.last_of(session, [report_id]))
    wanted = "SEARCH report_executions USING INDEX ix_report_executions_scheduled_report_id_created_at_id"
    assert any(step.startswith(wanted) for step in steps), steps
    assert not any(step.startswith("SCAN") for step in steps), steps


def test_a_page_of_the_history_costs_the_same_statements_however_long_it_is(alice, source_url):
    report_id = house.add_report(alice, source_url)

    house.queue_run(alice, report_id)
    one = statements_of(alice)
    for _ in range(5):
        house.queue_run(alice, report_id)
    assert statements_of(alice) == one


def statements_of(actor) -> int:
    """How many statements the first page takes."""
    asked: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        asked.append(statement)

    with read_scope() as session:
        event.listen(get_engine(), "before_cursor_execute", note)
        try:
            executions.list_executions(session, actor=actor)
        finally:
            event.remove(get_engine(), "before_cursor_execute", note)
    return len(asked)
