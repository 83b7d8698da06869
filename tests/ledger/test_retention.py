"""What is past its time is deleted, and nothing else."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest

from core import clock
from core.database import session_scope
from core.models import Delivery, GeneratedFile, ReportExecution, ScheduledReport
from core.services import mailer, retention, scheduled_reports, storage
from core.services.supervisor import supervise
from tests.ledger import house

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def report_id(alice, source_url, smtp_server):
    house.add_account(alice, port=smtp_server().port)
    return house.add_report(alice, source_url)


@pytest.fixture
def execution_id(alice, report_id):
    execution_id = house.queue_run(alice, report_id)
    supervise(house.claim(execution_id), house.InlineChild)
    mailer.deliver(execution_id)
    return execution_id


def age(execution_id, *, days):
    with session_scope() as session:
        row = session.get(ReportExecution, execution_id)
        row.finished_at = clock.now() - timedelta(days=days)


def folder(report_id, execution_id):
    return storage.execution_folder(report_id, execution_id)


def exists(execution_id) -> bool:
    with session_scope() as session:
        return session.get(ReportExecution, execution_id) is not None


def test_an_execution_of_31_days_goes_with_its_files(report_id, execution_id):
    age(execution_id, days=31)
    assert retention.clean_up().executions == 1
    assert not exists(execution_id)
    assert not folder(report_id, execution_id).exists()


def test_one_of_29_days_stays(report_id, execution_id):
    age(execution_id, days=29)
    assert retention.clean_up().executions == 0
    assert list(folder(report_id, execution_id).glob("*.csv"))


def test_a_report_may_keep_its_executions_longer(report_id, execution_id):
    with session_scope() as session:
        session.get(ScheduledReport, report_id).retention_days = 365
    age(execution_id, days=100)
    retention.clean_up()
    assert exists(execution_id)


def test_an_uncertain_execution_waits_for_a_person(execution_id):
    age(execution_id, days=31)
    with session_scope() as session:
        session.get(ReportExecution, execution_id).status = "uncertain"
    retention.clean_up()
    assert exists(execution_id)


def test_files_past_their_time_go_and_the_history_stays(report_id, execution_id):
    with session_scope() as session:
        session.query(GeneratedFile).one().expires_at = clock.now() - timedelta(minutes=1)
    assert list(folder(report_id, execution_id).glob("*.eml"))
    assert retention.clean_up().files == 1
    assert exists(execution_id)
    # Small files are inside the letters, too.
    assert not [path for path in folder(report_id, execution_id).iterdir() if path.suffix in (".csv", ".eml")]


def test_a_file_that_a_waiting_mail_needs_stays(report_id, execution_id):
    with session_scope() as session:
        session.query(GeneratedFile).one().expires_at = clock.now() - timedelta(minutes=1)
        session.query(Delivery).one().status = "pending"
    assert retention.clean_up().files == 0
    assert list(folder(report_id, execution_id).glob("*.csv"))


def test_a_folder_that_no_row_knows_goes_once_it_is_a_day_old(report_id, execution_id):
    orphan = folder(report_id, execution_id).with_name("11111111-2222-4333-8444-555555555555")
    orphan.mkdir()
    (orphan / "1-csv.csv").write_text("x")
    assert retention.clean_up().orphans == 0
    yesterday = clock.now().timestamp() - 90_000
    os.utime(orphan, (yesterday, yesterday))
    assert retention.clean_up().orphans == 1
    assert not orphan.exists()


def test_nothing_is_ever_deleted_outside_the_storage_folder(tmp_path, report_id, execution_id):
    outside = tmp_path / "precious"
    outside.mkdir()
    link = folder(report_id, execution_id).with_name("link")
    link.symlink_to(outside)
    storage.remove_tree(link)
    storage.remove_tree(outside)
    storage.remove_tree(storage.get_settings().storage_path)
    assert outside.exists()
    assert folder(report_id, execution_id).exists()


def test_deleting_a_report_takes_its_executions_and_files_along(alice, report_id, execution_id):
    with session_scope() as session:
        scheduled_reports.delete_scheduled_report(session, actor=alice, report_id=report_id)
    assert not exists(execution_id)
    assert not folder(report_id, execution_id).exists()
