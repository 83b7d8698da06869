"""A reader stops the mails of a report: at once, for that address alone, and the owner is told."""

from __future__ import annotations

import pytest

from core import clock
from core.database import read_scope, session_scope
from core.errors import Conflict, NotFound
from core.models import AuditEntry, ReportExecution, ScheduledReport
from core.schemas.scheduled_reports import ScheduledReportUpdate
from core.services import deliveries, executions, mailer, scheduled_reports, scheduler, unsubscribe
from core.services.supervisor import supervise
from tests.ledger import house

pytestmark = pytest.mark.usefixtures("database")
READERS = ["ann@example.test", "Ben@example.test"]


@pytest.fixture
def server(alice, smtp_server):
    running = smtp_server()
    house.add_account(alice, port=running.port)
    return running


@pytest.fixture
def report_id(alice, source_url, server):  # noqa: ARG001 - the account must be there
    return house.add_report(alice, source_url, recipients=READERS)


def make(alice, report_id):
    """A run whose mails wait."""
    execution_id = house.queue_run(alice, report_id)
    supervise(house.claim(execution_id), house.InlineChild)
    return execution_id


def token_of(report_id, address):
    return unsubscribe.stop_url(report_id, address).rpartition("/")[2]


def stop(report_id, address):
    with session_scope() as session:
        return unsubscribe.stop_mails(session, token=token_of(report_id, address), ip="127.0.0.1")


def readers_of(server):
    return [mail.recipients[0] for mail in server.received]


def test_looking_at_the_link_changes_nothing(report_id):
    with read_scope() as session:
        found = unsubscribe.find_subscription(session, token_of(report_id, "ann@example.test"))
    assert (found.report_name, found.address) == ("Daily sales", "ann@example.test")
    assert house.report(report_id).recipients == READERS


def test_the_address_leaves_the_report_whatever_its_capitals(report_id):
    before = house.report(report_id).version
    stop(report_id, "BEN@example.TEST")
    report = house.report(report_id)
    assert (report.recipients, report.is_active) == (["ann@example.test"], True)
    assert report.version == before + 1
    with read_scope() as session:
        assert unsubscribe.find_subscription(session, token_of(report_id, READERS[1])).address == ""


def test_mails_that_wait_are_cancelled_and_the_run_is_a_success_for_the_others(alice, report_id, server):
    execution_id = make(alice, report_id)
    stop(report_id, "ben@example.test")
    assert house.mails(execution_id)["Ben@example.test"].status == "cancelled"
    mailer.deliver(execution_id)
    assert readers_of(server).count("Ben@example.test") == 0
    assert "ann@example.test" in readers_of(server)
    row = house.execution(execution_id)
    assert (row.status, row.error_message) == ("success", None)


def test_the_owner_is_told_by_mail_once_and_the_deed_is_recorded(alice, report_id, server):
    execution_id = make(alice, report_id)
    mailer.deliver(execution_id)
    before = len(server.received)
    assert stop(report_id, "ann@example.test").execution_ids == (execution_id,)
    assert stop(report_id, "ann@example.test").execution_ids == ()
    mailer.deliver(execution_id)
    [notice] = server.received[before:]
    assert notice.recipients == [alice.email]
    assert notice.message["Subject"] == "ann@example.test stopped Daily sales"
    assert notice.message["List-Unsubscribe"] is None
    text = notice.message.get_body(("plain",)).get_content()
    assert f"/schedule?id={report_id}" in text
    assert "/u/" not in text
    with read_scope() as session:
        [entry] = session.query(AuditEntry).filter_by(action="stop_mails").all()
        assert (entry.object_id, entry.detail["recipient"]) == (report_id, "ann@example.test")


def test_two_readers_of_one_run_are_two_notices(alice, report_id, server):
    execution_id = make(alice, report_id)
    stop(report_id, "ann@example.test")
    stop(report_id, "ben@example.test")
    mailer.deliver(execution_id)
    assert readers_of(server) == [alice.email, alice.email]
    assert "it is paused" in server.received[1].message.get_body(("plain",)).get_content()


@pytest.mark.usefixtures("server")
def test_the_last_reader_pauses_the_report_with_a_reason(alice, source_url):
    report_id = house.add_report(alice, source_url)
    house.make_due(report_id)
    stop(report_id, "dana@example.test")
    report = house.report(report_id)
    assert (report.recipients, report.is_active, report.next_run_at) == ([], False, None)
    assert "its last reader, dana@example.test" in report.paused_reason
    assert scheduler.look(until=clock.now()).execution_ids == ()
    with session_scope() as session, pytest.raises(Conflict, match="Put a reader in before you run it"):
        executions.request_run(session, actor=alice, report_id=report_id)
    with session_scope() as session, pytest.raises(Conflict, match="Put a reader in before you resume it"):
        scheduled_reports.set_active(session, actor=alice, report_id=report_id, is_active=True)
    with session_scope() as session:
        data = ScheduledReportUpdate(recipients=["kim@example.test"], is_active=True)
        assert scheduled_reports.update_scheduled_report(session, actor=alice, report_id=report_id, data=data).is_active


def test_a_run_in_the_queue_writes_nothing_to_them(alice, report_id, server):
    execution_id = house.queue_run(alice, report_id)
    stop(report_id, "ann@example.test")
    supervise(house.claim(execution_id), house.InlineChild)
    mailer.deliver(execution_id)
    assert sorted(readers_of(server)) == sorted(["Ben@example.test", alice.email])


@pytest.mark.usefixtures("server")
def test_a_run_in_the_queue_for_nobody_else_does_not_begin(alice, source_url):
    report_id = house.add_report(alice, source_url)
    execution_id = house.queue_run(alice, report_id)
    stop(report_id, "dana@example.test")
    row = house.execution(execution_id)
    assert (row.status, row.error_class) == ("cancelled", "stopped")


def test_a_mail_that_was_written_before_the_click_and_stored_after_it_does_not_leave(alice, report_id, server):
    execution_id = make(alice, report_id)
    stop(report_id, "ann@example.test")
    with session_scope() as session:
        row = session.get(ReportExecution, execution_id)
        late = next(mail for mail in row.deliveries if mail.recipient == "ann@example.test")
        late.status, late.error_class = "pending", None
    mailer.deliver(execution_id)
    assert "ann@example.test" not in readers_of(server)
    assert house.mails(execution_id)["ann@example.test"].status == "cancelled"


@pytest.mark.parametrize(
    ("others", "promoted"), [({"cc": ["kim@example.test"]}, "CC"), ({"bcc": ["lee@x.test"]}, "BCC")]
)
def test_when_to_is_empty_the_others_move_up(alice, source_url, server, others, promoted):
    report_id = house.add_report(alice, source_url, **others)
    stop(report_id, "dana@example.test")
    report = house.report(report_id)
    assert [report.recipients] == list(others.values())
    assert (report.cc, report.bcc, report.is_active) == ([], [], True)
    [execution] = house.all_executions(report_id)
    mailer.deliver(execution.id)
    assert f"the people in {promoted} stand there now" in server.received[0].message.get_body(("plain",)).get_content()


def test_without_any_run_left_a_line_in_the_history_stands_for_it(report_id):
    stop(report_id, "ann@example.test")
    [row] = house.all_executions(report_id)
    assert (row.status, row.error_class) == ("skipped", "stopped")
    assert "ann@example.test asked" in row.error_message


def test_sending_again_leaves_them_out_until_the_owner_puts_them_in(alice, report_id, server):
    execution_id = make(alice, report_id)
    mailer.deliver(execution_id)
    stop(report_id, "ann@example.test")
    with session_scope() as session, pytest.raises(Conflict, match="asked to get no more"):
        deliveries.resend_execution(session, actor=alice, execution_id=execution_id, recipients=["ann@example.test"])
    with session_scope() as session:
        deliveries.resend_execution(session, actor=alice, execution_id=execution_id)
    mailer.deliver(execution_id)
    assert readers_of(server).count("ann@example.test") == 1
    assert readers_of(server).count("Ben@example.test") == 2
    with session_scope() as session:
        session.get(ScheduledReport, report_id).recipients = READERS
    with session_scope() as session:
        deliveries.resend_execution(session, actor=alice, execution_id=execution_id, recipients=["ann@example.test"])


def test_a_test_to_oneself_is_not_concerned(alice, source_url, server):
    report_id = house.add_report(alice, source_url, recipients=[alice.email, "ann@example.test"])
    stop(report_id, alice.email)
    with session_scope() as session:
        report = session.get(ScheduledReport, report_id)
        execution_id = executions.new_execution(session, report, actor=alice, trigger="test").id
    supervise(house.claim(execution_id), house.InlineChild)
    mailer.deliver(execution_id)
    assert [str(mail.message["Subject"])[:6] for mail in server.received] == ["[Test]"]


def test_a_token_of_somebody_else_or_of_nothing_stops_nothing(report_id):
    good = token_of(report_id, "ann@example.test")
    for token in (good[:-1] + ("A" if good[-1] != "A" else "B"), good[5:], "x", ""):
        with session_scope() as session, pytest.raises(NotFound):
            unsubscribe.stop_mails(session, token=token, ip="")
    assert stop(report_id, "stranger@example.test").execution_ids == ()
    assert house.report(report_id).recipients == READERS


def test_of_a_deleted_report_nothing_is_left_to_stop(report_id):
    with session_scope() as session:
        session.delete(session.get(ScheduledReport, report_id))
    assert stop(report_id, "ann@example.test").report_name == ""
