"""A report that is deleted while it runs: its child ends, and nothing of it stays on the disk."""

from __future__ import annotations

import psutil
import pytest

from core.database import read_scope, session_scope
from core.models import ReportExecution
from core.services import scheduled_reports, storage
from tests.fixtures_worker import until
from tests.ledger import house
from tests.worker.slow import ENDLESS, ROWS, Dial


@pytest.mark.usefixtures("sqlite_database")
def test_deleting_a_report_ends_its_run_within_seconds_and_leaves_no_file(
    alice, bob, smtp_server, source_url, tmp_path, start_consumer
):
    server = smtp_server()
    for person in (alice, bob):
        house.add_account(person, port=server.port)
    dial = Dial(tmp_path, top=ENDLESS)
    report_id = house.add_report(alice, dial.url, sql=ROWS, formats=["excel", "csv"])
    execution_id = house.queue_run(alice, report_id)
    folder = storage.report_folder(report_id)
    consumer = start_consumer(ROOSTER_WORKERS="1")
    until(lambda: [file for file in folder.rglob("*.tmp") if file.stat().st_size > 100_000], what="a growing file")
    writers = [
        process
        for process in psutil.Process(consumer.process.pid).children(recursive=True)
        if any(str(folder) in file.path for file in process.open_files())
    ]
    assert writers
    with session_scope() as session:
        scheduled_reports.delete_scheduled_report(session, actor=alice, report_id=report_id)
    _gone, alive = psutil.wait_procs(writers, timeout=30)
    assert alive == []
    until(lambda: not folder.exists(), what="the folder to go")
    with read_scope() as session:
        assert session.get(ReportExecution, execution_id) is None
    # The only slot is free again.
    other = house.queue_run(bob, house.add_report(bob, source_url))
    until(lambda: house.execution(other).status == "success", what="the next run")
    assert not folder.exists()
    assert len(server.received) == 1
