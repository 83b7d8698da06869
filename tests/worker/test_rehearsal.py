"""What a warm server does before its first child: everything a run does, without a trace."""

from __future__ import annotations

import pytest
from sqlalchemy import event, func, select

from core.database import get_engine, read_scope
from core.models import Base
from core.services import rehearsal

pytestmark = pytest.mark.usefixtures("database")


def counts() -> dict[str, int]:
    with read_scope() as session:
        return {
            table.name: session.scalar(select(func.count()).select_from(table))
            for table in Base.metadata.tables.values()
        }


def test_it_goes_through_and_leaves_nothing_in_the_database():
    before = counts()
    rehearsal.rehearse()
    assert counts() == before


def test_it_says_all_the_statements_of_a_run_up_to_its_commit():
    said: list[str] = []
    event.listen(get_engine(), "before_cursor_execute", lambda *given: said.append(given[2]))
    rehearsal.rehearse()
    for table in ("report_executions", "generated_files", "deliveries", "attempts"):
        assert any(f"INTO {table}" in statement for statement in said)


def test_it_leaves_no_connection_to_the_children():
    rehearsal.rehearse()
    assert get_engine().pool.checkedin() == get_engine().pool.checkedout() == 0
