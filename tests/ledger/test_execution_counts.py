"""The number of a list: counted anew while it is small, kept for a while when it is long."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event

from core import clock
from core.database import get_engine, read_scope, session_scope
from core.models import ReportExecution
from core.services import execution_counts, executions
from tests.ledger import house

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def report_id(alice, source_url):
    return house.add_report(alice, source_url)


@pytest.fixture
def long_from_three(monkeypatch):
    monkeypatch.setattr(execution_counts, "COUNTED_ANEW", 2)


@contextmanager
def statements():
    """What is sent to the database meanwhile."""
    sent = []

    def note(_connection, _cursor, statement, *_rest):
        sent.append(statement)

    event.listen(get_engine(), "before_cursor_execute", note)
    yield sent
    event.remove(get_engine(), "before_cursor_execute", note)


def total(actor, **filters):
    with read_scope() as session:
        return executions.list_executions(session, actor=actor, **filters).total


def forget(execution_id):
    with session_scope() as session:
        session.delete(session.get_one(ReportExecution, execution_id))


def later(monkeypatch, by):
    now = clock.now() + by
    monkeypatch.setattr(clock, "now", lambda: now)


def test_a_short_list_is_exact_at_every_moment(alice, report_id):
    runs = [house.queue_run(alice, report_id) for _ in range(3)]
    assert total(alice) == 3
    forget(runs[0])
    assert total(alice) == 2


@pytest.mark.usefixtures("long_from_three")
def test_a_new_run_of_a_long_list_counts_at_once(alice, report_id):
    for _ in range(3):
        house.queue_run(alice, report_id)
    assert total(alice) == 3
    house.queue_run(alice, report_id)
    assert total(alice) == 4
    assert total(alice) == 4


@pytest.mark.usefixtures("long_from_three")
def test_a_run_that_is_gone_from_a_long_list_is_missed_within_half_a_minute(alice, report_id, monkeypatch):
    runs = [house.queue_run(alice, report_id) for _ in range(4)]
    assert total(alice) == 4
    forget(runs[0])
    later(monkeypatch, timedelta(seconds=10))
    assert total(alice) == 4
    later(monkeypatch, timedelta(seconds=60))
    assert total(alice) == 3


@pytest.mark.usefixtures("long_from_three")
def test_a_list_that_became_short_is_exact_again(alice, report_id, monkeypatch):
    runs = [house.queue_run(alice, report_id) for _ in range(3)]
    assert total(alice) == 3
    forget(runs[0])
    later(monkeypatch, execution_counts.KEPT + timedelta(seconds=1))
    assert total(alice) == 2
    forget(runs[1])
    assert total(alice) == 1


@pytest.mark.usefixtures("long_from_three")
def test_numbers_of_different_lists_are_kept_apart(alice, bob, report_id):
    for _ in range(3):
        house.queue_run(alice, report_id)
    assert total(alice) == 3
    assert total(alice, status="failed") == 0
    assert total(alice, status="queued") == 3
    assert total(alice, scheduled_report_id=report_id) == 3
    assert total(alice, since=clock.now()) == 0
    assert total(bob) == 0


@pytest.mark.usefixtures("long_from_three")
@pytest.mark.parametrize("filters", [{}, {"status": "queued"}])
def test_a_long_list_is_counted_once_and_then_only_what_was_added(alice, report_id, filters):
    for _ in range(3):
        house.queue_run(alice, report_id)

    def counts():
        with statements() as sent:
            total(alice, **filters)
        return [statement for statement in sent if "count(*)" in statement]

    (first,), (second,) = counts(), counts()
    assert "created_at >=" not in first
    assert "created_at >=" in second
