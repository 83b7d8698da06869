"""Does the size of the ledger matter? python benchmarks/bench_ledger.py

The due check with 1,000 and 100,000 active schedules; the history's pages 1 and 1,000 with 1,000 and 1,000,000
executions (page 20, the last, stands for page 1,000 of the small one). Medians of n calls, on SQLite.
"""

from __future__ import annotations

import contextlib
import statistics
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta

from installation import Installation, add_rows, installation, machine, say
from sqlalchemy import event, text

from core import clock
from core.database import get_engine, read_scope, session_scope
from core.services import due, executions, scheduled_reports
from tests.ledger import house

CALLS = 15
PAGE = 50
SCHEDULES = (1_000, 100_000)
EXECUTIONS = (1_000, 1_000_000)


@contextlib.contextmanager
def counted_statements() -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    event.listen(get_engine(), "before_cursor_execute", note)
    yield statements
    event.remove(get_engine(), "before_cursor_execute", note)


def _copies(table: str, count: int, changes: dict[str, str]) -> None:
    """Copies of the table's only row; `changes` are SQL expressions of the running number `i`."""
    with session_scope() as session:
        names = [row[1] for row in session.execute(text(f"PRAGMA table_info({table})"))]
        values = ", ".join(changes.get(name, name) for name in names)
        numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count)"
        copied = f"{numbers} SELECT {values} FROM n, (SELECT * FROM {table} LIMIT 1)"
        session.execute(text(f"INSERT INTO {table} ({', '.join(names)}) {copied}"), {"count": count})
        session.execute(text("ANALYZE"))


def _median_ms(call: Callable[[], object]) -> float:
    call()
    times = []
    for _ in range(CALLS):
        began = time.perf_counter()
        call()
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)


def _report(inst: Installation) -> uuid.UUID:
    return house.add_report(inst.actor, add_rows(inst.folder, 10), sql="SELECT * FROM sales")


def _due_check() -> None:
    with read_scope() as session:
        due.list_due(session, until=clock.now())
        due.list_upcoming_instants(session, after=clock.now(), until=clock.now() + timedelta(seconds=75))


def measure_schedules(count: int) -> tuple[float, float]:
    """(ms of the due check, ms of the first page of the schedules)."""
    with installation() as inst:
        house.make_due(_report(inst), at=clock.now() + timedelta(days=1))
        later = "strftime('%Y-%m-%d %H:%M:%f000', 'now', '+' || (i + 3600) || ' seconds')"
        _copies("scheduled_reports", count, {"id": "lower(hex(randomblob(16)))", "next_run_at": later})

        def first_page() -> None:
            with read_scope() as session:
                scheduled_reports.list_scheduled_reports(session, actor=inst.actor)

        return _median_ms(_due_check), _median_ms(first_page)


def measure_history(count: int) -> dict[str, float]:
    """ms of pages of the history of everything and of one report; statements of a page."""
    with installation() as inst:
        report_id = _report(inst)
        execution_id = house.queue_run(inst.actor, report_id)
        with session_scope() as session:
            executions.cancel_execution(session, actor=inst.actor, execution_id=execution_id)
        at = "strftime('%Y-%m-%d %H:%M:%f000', 'now', '-' || i || ' seconds')"
        changes = {"id": "lower(hex(randomblob(16)))", "created_at": at, "scheduled_for": at, "request_id": "NULL"}
        # Small rows are made faster; their width matters to no index.
        changes |= {"snapshot": """'{"name": "Daily sales"}'"""}
        _copies("report_executions", count - 1, changes)
        last = min(count // PAGE, 1000) - 1

        def page(number: int, **filters: object) -> None:
            with read_scope() as session:
                executions.list_executions(session, actor=inst.actor, offset=number * PAGE, limit=PAGE, **filters)

        with counted_statements() as statements:
            page(0)
        return {
            "first page": _median_ms(lambda: page(0)),
            "page 1,000": _median_ms(lambda: page(last)),
            "first page of one report": _median_ms(lambda: page(0, scheduled_report_id=report_id)),
            "first page of failed ones": _median_ms(lambda: page(0, status="failed")),
            "statements of a page": len(statements),
        }


def main() -> None:
    say(machine(), f"n = {CALLS}")
    small, large = (measure_schedules(count) for count in SCHEDULES)
    for name, before, after in zip(("due check", "schedules, first page"), small, large, strict=True):
        say(name, f"{SCHEDULES[0]}: {before:.2f} ms", f"{SCHEDULES[1]}: {after:.2f} ms")
    few, many = (measure_history(count) for count in EXECUTIONS)
    for name, before in few.items():
        say(f"history, {name}", f"{EXECUTIONS[0]}: {before:.2f}", f"{EXECUTIONS[1]}: {many[name]:.2f}")
    say(machine())


if __name__ == "__main__":
    main()
