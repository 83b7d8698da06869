"""The owner, and nobody else, is told when a scheduled run did not reach everybody."""

from __future__ import annotations

import pytest

from core import clock
from core.database import session_scope
from core.models import ReportExecution, ScheduledReport
from core.services import executions, mailer, scheduler
from core.services.supervisor import supervise
from tests.fixtures_smtp import Behaviour
from tests.ledger import house

pytestmark = pytest.mark.usefixtures("database")


def run_due(report_id):
    house.make_due(report_id)
    [execution_id] = scheduler.look(until=clock.now()).execution_ids
    supervise(house.claim(execution_id), house.InlineChild)
    mailer.deliver(execution_id)
    mailer.deliver(execution_id)
    return house.execution(execution_id)


def test_a_failed_scheduled_run_is_told_to_its_owner_in_words(alice, source_url, smtp_server):
    server = smtp_server()
    house.add_account(alice, port=server.port)
    row = run_due(house.add_report(alice, source_url, sql="SELECT a FROM nowhere"))
    [mail] = server.received
    assert row.status == "failed"
    assert mail.recipients == [alice.email]
    text = mail.message.get_body(("plain",)).get_content()
    assert "nowhere" in text
    assert "The next run is planned for" in text
    assert mail.message["Subject"].startswith("Daily sales did not arrive")
    assert "SELECT" not in text


def test_a_refused_reader_is_told_to_the_owner_and_the_others_keep_their_mail(alice, source_url, smtp_server):
    server = smtp_server(behaviour=Behaviour(rcpt={"gone@example.test": "550 5.1.1 no such person"}))
    house.add_account(alice, port=server.port)
    readers = ["gone@example.test", "ben@example.test"]
    row = run_due(house.add_report(alice, source_url, recipients=readers))
    assert row.status == "partial"
    assert [mail.recipients[0] for mail in server.received] == ["ben@example.test", alice.email]


def test_the_notice_is_no_part_of_the_report(alice, source_url, smtp_server):
    server = smtp_server()
    house.add_account(alice, port=server.port)
    row = run_due(house.add_report(alice, source_url, sql="SELECT a FROM nowhere"))
    with session_scope() as session:
        shown = executions.get_execution(session, actor=alice, execution_id=row.id)
    assert (shown.status, shown.deliveries, shown.sent_to) == ("failed", [], [])


def test_a_run_that_somebody_asked_for_is_told_on_the_screen_alone(alice, source_url, smtp_server):
    server = smtp_server()
    house.add_account(alice, port=server.port)
    execution_id = house.queue_run(alice, house.add_report(alice, source_url, sql="SELECT a FROM nowhere"))
    supervise(house.claim(execution_id), house.InlineChild)
    mailer.deliver(execution_id)
    assert server.received == []


def test_a_success_is_told_to_nobody(alice, source_url, smtp_server):
    server = smtp_server()
    house.add_account(alice, port=server.port)
    row = run_due(house.add_report(alice, source_url))
    assert row.status == "success"
    assert [mail.recipients for mail in server.received] == [["dana@example.test"]]


def test_without_a_mail_account_the_failure_still_stands_in_the_history(alice, source_url):
    row = run_due(house.add_report(alice, source_url))
    assert (row.status, row.error_class) == ("failed", "missing_account")
    with session_scope() as session:
        assert session.get(ReportExecution, row.id).finished_at is not None


OWN = {
    "failure_subject": "Broken: {{ report.name }}, {{ failures_in_row }} in a row",
    "failure_body": "**Dear {{ recipient.name }}**\n\n{{ error.title }}: {{ error.detail }}\n\nNext: {{ next_try }}, "
    "run {{ run.number }} was {{ run.status }}.",
}


def test_the_owner_reads_the_words_that_were_chosen_for_a_failure(alice, source_url, smtp_server):
    server = smtp_server()
    house.add_account(alice, port=server.port)
    run_due(house.add_report(alice, source_url, sql="SELECT a FROM nowhere", **OWN))
    [mail] = server.received
    text = mail.message.get_body(("plain",)).get_content()
    html = mail.message.get_body(("html",)).get_content()
    assert mail.message["Subject"] == "Broken: Daily sales, 1 in a row"
    assert "Daily sales did not arrive:" in text
    assert "nowhere" in text
    assert "07:00, run 1 was failed." in " ".join(text.split())
    assert "<strong>Dear " in html
    # The line that inboxes show has no marks of Markdown.
    assert "**" not in html
    assert "The next run is planned for" not in text
    assert "/execution?id=" in text


def test_readers_never_get_the_words_of_a_failure(alice, source_url, smtp_server):
    server = smtp_server(behaviour=Behaviour(rcpt={"gone@example.test": "550 5.1.1 no such person"}))
    house.add_account(alice, port=server.port)
    readers = ["gone@example.test", "ben@example.test"]
    row = run_due(house.add_report(alice, source_url, recipients=readers, **OWN))
    assert row.status == "partial"
    told = {mail.recipients[0]: mail.content.decode() for mail in server.received}
    assert set(told) == {"ben@example.test", alice.email}
    assert "Broken" not in told["ben@example.test"]
    assert "5.1.1" not in told["ben@example.test"]
    assert "Broken" in told[alice.email]


def test_words_that_fail_themselves_do_not_keep_the_bad_news(alice, source_url, smtp_server):
    server = smtp_server()
    house.add_account(alice, port=server.port)
    shaky = "{{ 1 / (failures_in_row - 1) }}"
    report_id = house.add_report(alice, source_url, sql="SELECT a FROM nowhere")
    with session_scope() as session:
        session.get(ScheduledReport, report_id).failure_body = shaky
    run_due(report_id)
    [mail] = server.received
    assert "nowhere" in mail.message.get_body(("plain",)).get_content()
    assert mail.message["Subject"].startswith("Daily sales did not arrive")


def test_one_of_the_two_may_stay_ours(alice, source_url, smtp_server):
    server = smtp_server()
    house.add_account(alice, port=server.port)
    run_due(house.add_report(alice, source_url, sql="SELECT a FROM nowhere", failure_subject="Oh no"))
    [mail] = server.received
    assert mail.message["Subject"] == "Oh no"
    assert "The next run is planned for" in mail.message.get_body(("plain",)).get_content()
