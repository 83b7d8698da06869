"""Send test: the same pipeline, at once, to the person who asked and to nobody else."""

from __future__ import annotations

import pytest

from core.database import session_scope
from core.errors import NotFound
from core.models import ReportExecution, ScheduledReport
from core.schemas.scheduled_reports import ScheduledReportCreate
from core.services import mail_preview, mailer, scheduled_reports, supervisor, test_runs
from tests.ledger import house
from tests.worker.slow import COUNT, ENDLESS, Dial

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def server(smtp_server, alice):
    running = smtp_server()
    house.add_account(alice, port=running.port)
    return running


@pytest.fixture
def report_id(alice, source_url):
    return house.add_report(
        alice, source_url, recipients=["real@example.test"], cc=["copy@example.test"], bcc=["hidden@example.test"]
    )


def run(alice, report_id):
    execution_id = house.queue_run(alice, report_id)
    supervisor.supervise(house.claim(execution_id), house.InlineChild)
    mailer.deliver(execution_id)
    return house.execution(execution_id)


def test_it_reaches_the_caller_alone_whatever_the_report_says(alice, report_id, server):
    found = test_runs.run_test(actor=alice, report_id=report_id, start_child=house.InlineChild)
    assert found.success, found.detail
    [mail] = server.received
    assert mail.recipients == [alice.email]
    assert mail.message["To"] == alice.email
    assert mail.message["Cc"] is None
    assert mail.message["Subject"].startswith("[Test] ")
    assert not any(name in mail.content.decode() for name in ("real@", "copy@", "hidden@"))


def test_it_works_with_the_real_child_and_no_worker(alice, report_id, server):
    found = test_runs.run_test(actor=alice, report_id=report_id)
    assert found.success, found.detail
    assert alice.email in found.detail
    assert len(server.received) == 1


@pytest.mark.usefixtures("server")
def test_the_reports_own_times_stay_and_it_works_while_paused(alice, report_id):
    with session_scope() as session:
        scheduled_reports.set_active(session, actor=alice, report_id=report_id, is_active=False)
    before = house.report(report_id)
    assert test_runs.run_test(actor=alice, report_id=report_id, start_child=house.InlineChild).success
    after = house.report(report_id)
    assert (after.next_run_at, after.last_run_at, after.failures_in_row) == (
        before.next_run_at,
        before.last_run_at,
        before.failures_in_row,
    )


@pytest.mark.usefixtures("server")
def test_it_runs_beside_a_run_of_the_same_report(alice, report_id):
    assert house.claim(house.queue_run(alice, report_id))
    assert test_runs.run_test(actor=alice, report_id=report_id, start_child=house.InlineChild).success


@pytest.mark.usefixtures("server")
def test_a_failure_comes_back_in_words(alice, source_url):
    report_id = house.add_report(alice, source_url, sql="SELECT a FROM nowhere")
    found = test_runs.run_test(actor=alice, report_id=report_id, start_child=house.InlineChild)
    assert not found.success
    assert "nowhere" in found.detail
    assert found.execution.status == "failed"
    assert house.report(report_id).failures_in_row == 0


def test_a_test_whose_process_died_is_failed_and_never_queued_again(alice, report_id):
    with session_scope() as session:
        report = session.get(ScheduledReport, report_id)
        row = test_runs.new_execution(session, report, actor=alice, trigger="test")
        claimed = test_runs.ledger.take(session, row, owner="nobody")
    with session_scope() as session:
        assert not supervisor.recovery.recover_one(session, claimed.execution_id, claimed.fence)
    row = house.execution(claimed.execution_id)
    assert (row.status, row.error_class) == ("failed", "worker_died")


def test_somebody_elses_report_cannot_be_tested(charlie, report_id):
    with pytest.raises(NotFound):
        test_runs.run_test(actor=charlie, report_id=report_id, start_child=house.InlineChild)
    with session_scope() as session:
        assert session.query(ReportExecution).count() == 0


def test_a_run_that_eats_the_memory_is_stopped_and_says_so(alice, tmp_path, monkeypatch, server):
    monkeypatch.setattr(supervisor, "MEMORY_LIMIT_BYTES", 30_000_000)
    dial = Dial(tmp_path, top=ENDLESS)
    found = test_runs.run_test(actor=alice, report_id=house.add_report(alice, dial.url, sql=COUNT))
    assert (found.success, found.execution.error_class) == (False, "memory")
    assert "30 MB of memory" in found.detail
    assert server.received == []


class TestPreview:
    def fields(self, report_id, **changes):
        report = house.report(report_id)
        values = {
            "name": report.name,
            "saved_query_id": report.saved_query_id,
            "schedule_config": report.schedule_config,
            "recipients": ["dana.brooks@example.test"],
            "formats": ["csv"],
        }
        return ScheduledReportCreate.model_validate(values | changes)

    def preview(self, actor, data, report_id=None):
        with session_scope() as session:
            prepared = mail_preview.prepare_mail_preview(session, actor=actor, data=data, report_id=report_id)
        return mail_preview.run_mail_preview(prepared)

    def test_a_preview_has_the_rows_and_the_readers_words_and_sends_nothing(self, alice, report_id, server):
        data = self.fields(report_id, email_subject="Sales of {{ date }}", email_body="Dear {{ recipient.name }}")
        made = self.preview(alice, data)
        assert made.subject.startswith("Sales of 20")
        assert "Dear Dana Brooks" in made.text
        assert "North" in made.html
        assert "cid:" not in made.html
        assert server.received == []
        with session_scope() as session:
            assert session.query(ScheduledReport).count() == 1
            assert session.query(ReportExecution).count() == 0

    def test_somebody_elses_query_cannot_be_previewed(self, charlie, report_id):
        with pytest.raises(NotFound):
            self.preview(charlie, self.fields(report_id))

    @pytest.mark.usefixtures("server")
    def test_a_preview_compares_with_the_last_run_as_a_run_would(self, alice, report_id):
        data = self.fields(report_id)
        assert "first run, nothing to compare with yet" in self.preview(alice, data, report_id).html
        assert run(alice, report_id).status == "success"
        again = self.preview(alice, data, report_id).html
        assert "compared with the run before" in again
        assert "first run" not in again
