"""The pipeline in its own process: query, files, letters, one commit; or the reason in words."""

from __future__ import annotations

import hashlib
import io
from datetime import timedelta

import openpyxl
import pytest

from core import clock
from core.database import session_scope
from core.models import DataSource, GeneratedFile, ScheduledReport
from core.schemas.content import DashboardCreate, TileInput
from core.services import dashboards, mailer, storage
from core.services.children import start_cold
from core.services.supervisor import supervise
from core.settings import get_settings
from tests.fixtures_smtp import Behaviour
from tests.ledger import house

pytestmark = pytest.mark.usefixtures("database")
FORMATS = ["excel", "csv", "pdf", "html"]


@pytest.fixture
def server(smtp_server, alice):
    running = smtp_server()
    house.add_account(alice, port=running.port)
    return running


def run(alice, report_id, *, start_child=house.InlineChild):
    """From Run now to the settled row."""
    execution_id = house.queue_run(alice, report_id)
    supervise(house.claim(execution_id), start_child)
    mailer.deliver(execution_id)
    return house.execution(execution_id)


def files_of(execution_id):
    with session_scope() as session:
        rows = session.query(GeneratedFile).filter_by(execution_id=execution_id).all()
        session.expunge_all()
    return {row.format: row for row in rows}


def test_a_run_writes_every_format_and_each_reader_gets_one_mail(alice, source_url, server):
    report_id = house.add_report(
        alice, source_url, formats=FORMATS, recipients=["ann@example.test", "ben@example.test"]
    )
    row = run(alice, report_id)
    assert (row.status, row.row_count, row.error_message) == ("success", 100, None)
    assert sorted(mail.recipients for mail in server.received) == [["ann@example.test"], ["ben@example.test"]]
    files = files_of(row.id)
    assert set(files) == set(FORMATS)
    for file in files.values():
        path = storage.resolve(file.path)
        assert path.parent == get_settings().storage_path / "reports" / str(report_id) / str(row.id)
        assert hashlib.sha256(path.read_bytes()).hexdigest() == file.sha256
        assert (file.rows_written, file.rows_total) == (100, 100)
    assert not list(path.parent.glob("*.tmp"))


def test_the_attached_workbook_holds_the_rows_of_the_source(alice, source_url, server):
    run(alice, house.add_report(alice, source_url, formats=["excel"]))
    [attachment] = list(server.received[0].message.iter_attachments())
    book = openpyxl.load_workbook(io.BytesIO(attachment.get_payload(decode=True)))
    rows = list(book.worksheets[1].values)
    assert len(rows) == 101
    assert rows[1][1:] == ("East", 103.5, 1)


@pytest.mark.usefixtures("server")
def test_the_times_of_the_report_follow_the_run(alice, source_url):
    report_id = house.add_report(alice, source_url)
    planned = house.report(report_id).next_run_at
    row = run(alice, report_id)
    report = house.report(report_id)
    assert report.last_run_at == row.started_at
    assert report.next_run_at == planned
    assert row.execution_time_ms > 0


def test_sql_that_is_wrong_fails_at_once_with_the_databases_words(alice, source_url, server):
    row = run(alice, house.add_report(alice, source_url, sql="SELECT a FROM nowhere"))
    assert (row.status, row.error_class, row.attempt) == ("failed", "query", 1)
    assert "nowhere" in row.error_message
    assert server.received == []


@pytest.mark.usefixtures("server")
def test_a_source_that_is_gone_names_itself_missing_and_leaves_no_file(alice, source_url, source_file):
    report_id = house.add_report(alice, source_url)
    source_file.unlink()
    row = run(alice, report_id)
    assert row.status in ("failed", "queued")
    assert row.error_message
    assert not list(storage.execution_folder(report_id, row.id).glob("*"))


def test_without_a_mail_account_the_run_fails_naming_the_page_to_open(alice, source_url):
    row = run(alice, house.add_report(alice, source_url))
    assert (row.status, row.error_class) == ("failed", "missing_account")
    assert "E-mail settings" in row.error_message


@pytest.mark.usefixtures("server")
def test_an_unreadable_source_secret_ends_the_run_and_deletes_nothing(alice, source_url):
    report_id = house.add_report(alice, source_url)
    with session_scope() as session:
        session.query(DataSource).one().url_encrypted = "gAAAAA-not-ours"
    row = run(alice, report_id)
    assert (row.status, row.error_class) == ("failed", "missing_source")
    assert house.report(report_id).is_active


def test_one_failed_tile_is_shown_as_failed_and_the_run_is_partial(alice, source_url, server):
    good = house.add_query(alice, source_url, name="Good")
    bad = house.add_query(alice, source_url, sql="SELECT * FROM nowhere", name="Bad")
    with session_scope() as session:
        tiles = [TileInput(saved_query_id=good), TileInput(saved_query_id=bad, title="Broken tile")]
        dashboard = dashboards.create_dashboard(session, actor=alice, data=DashboardCreate(name="Two", tiles=tiles))
    row = run(alice, house.add_report(alice, source_url, dashboard_id=dashboard.id, formats=["excel", "pdf"]))
    assert row.status == "partial"
    assert [bool(tile["error"]) for tile in row.tiles] == [False, True]
    text = server.received[0].message.get_body(("plain",)).get_content()
    assert "Broken tile" in text


@pytest.mark.usefixtures("server")
def test_a_result_over_the_row_limit_fails_naming_the_limit(alice, source_url, monkeypatch):
    monkeypatch.setenv("ROOSTER_MAX_ROWS", "50")
    get_settings.cache_clear()
    row = run(alice, house.add_report(alice, source_url))
    assert (row.status, row.error_class) == ("failed", "row_limit")
    assert "50" in row.error_message
    assert "ROOSTER_MAX_ROWS" in row.error_message


@pytest.mark.usefixtures("server")
def test_a_run_over_its_time_limit_is_killed_and_says_so(alice, source_url):
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) AS top FROM n"
    report_id = house.add_report(alice, source_url, sql=endless)
    with session_scope() as session:
        session.get(ScheduledReport, report_id).time_limit_s = 3
    row = run(alice, report_id, start_child=start_cold)
    assert (row.status, row.error_class) == ("failed", "time_limit")
    assert "3 seconds" in row.error_message
    assert "ROOSTER_RUN_TIME_LIMIT" in row.error_message


def test_a_refused_reader_does_not_stop_the_others(alice, source_url, smtp_server):
    behaviour = Behaviour(rcpt={"ann@example.test": "550 5.1.1 no such person"})
    running = smtp_server(behaviour=behaviour)
    house.add_account(alice, port=running.port)
    readers = ["ann@example.test", "ben@example.test"]
    row = run(alice, house.add_report(alice, source_url, recipients=readers))
    assert row.status == "partial"
    found = house.mails(row.id)
    assert (found["ann@example.test"].status, found["ann@example.test"].smtp_code) == ("failed", 550)
    assert found["ben@example.test"].status == "sent"


def test_a_lost_answer_after_the_final_dot_is_uncertain_and_not_repeated(alice, source_url, smtp_server):
    running = smtp_server(behaviour=Behaviour(drop="after_accept"))
    house.add_account(alice, port=running.port)
    row = run(alice, house.add_report(alice, source_url))
    assert row.status == "uncertain"
    assert mailer.deliver() == 0
    assert len(running.received) == 1


def test_more_mails_than_a_day_allows_fail_naming_the_limit(alice, source_url, server, monkeypatch):
    monkeypatch.setenv("ROOSTER_MAX_MAILS_PER_DAY", "1")
    get_settings.cache_clear()
    row = run(alice, house.add_report(alice, source_url, recipients=["ann@example.test", "ben@example.test"]))
    assert (row.status, row.error_class) == ("failed", "too_many_mails")
    assert server.received == []


def test_key_figures_are_compared_with_the_run_before(alice, source_url, server):
    report_id = house.add_report(alice, source_url)
    first = run(alice, report_id)
    assert first.kpis[0]["kpis"]
    run(alice, report_id)
    before, after = (mail.message.get_body(("plain",)).get_content() for mail in server.received)
    assert "first run" in before.lower()
    assert "first run" not in after.lower()
    assert clock.now() - house.report(report_id).last_run_at < timedelta(minutes=5)
