"""What people do with executions: ask, watch, stop, fetch, send again."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from core import clock
from core.database import session_scope
from core.errors import Conflict, InvalidInput, NotFound
from core.models import AuditEntry, Delivery, ReportExecution
from core.services import deliveries, delivery_ledger, executions, health, mailer, overview
from core.services.supervisor import supervise
from tests.fixtures_smtp import Behaviour
from tests.ledger import house

pytestmark = pytest.mark.usefixtures("database")
READERS = ["ann@example.test", "ben@example.test"]


@pytest.fixture
def server(smtp_server, alice):
    running = smtp_server()
    house.add_account(alice, port=running.port)
    return running


@pytest.fixture
def report_id(alice, source_url):
    return house.add_report(alice, source_url, recipients=READERS)


def run(alice, report_id):
    execution_id = house.queue_run(alice, report_id)
    supervise(house.claim(execution_id), house.InlineChild)
    mailer.deliver(execution_id)
    return execution_id


def seen(actor, execution_id):
    with session_scope() as session:
        return executions.get_execution(session, actor=actor, execution_id=execution_id)


def test_the_same_request_id_is_the_same_run(alice, report_id):
    with session_scope() as session:
        first = executions.request_run(session, actor=alice, report_id=report_id, request_id="click-1")
    with session_scope() as session:
        again = executions.request_run(session, actor=alice, report_id=report_id, request_id="click-1")
        other = executions.request_run(session, actor=alice, report_id=report_id, request_id="click-2")
    assert first.id == again.id
    assert other.id != first.id


def test_the_history_pages_and_filters(alice, report_id):
    ids = [house.queue_run(alice, report_id) for _ in range(5)]
    with session_scope() as session:
        session.get(ReportExecution, ids[0]).status = "failed"
    with session_scope() as session:
        page = executions.list_executions(session, actor=alice, offset=0, limit=2)
        failed = executions.list_executions(session, actor=alice, status="failed", scheduled_report_id=report_id)
        recent = executions.list_executions(session, actor=alice, since=clock.now() + timedelta(minutes=1))
    assert (page.total, [row.id for row in page.items]) == (5, [ids[4], ids[3]])
    assert [row.id for row in failed.items] == [ids[0]]
    assert recent.total == 0


@pytest.mark.usefixtures("server")
def test_an_execution_shows_its_files_deliveries_and_timeline(alice, report_id):
    shown = seen(alice, run(alice, report_id))
    assert shown.sent_to == READERS
    assert {mail.smtp_code for mail in shown.deliveries} == {250}
    file = shown.generated_files["csv"]
    assert file.url == f"/files/{shown.id}/csv"
    assert file.name.startswith("daily-sales_")
    assert [step.event for step in shown.attempts] == [
        "queued", "claimed", "started", "generated", "sent", "sent", "success",
    ]  # fmt: skip


@pytest.mark.usefixtures("server")
def test_somebody_elses_execution_does_not_exist(alice, charlie, report_id):
    execution_id = run(alice, report_id)
    with session_scope() as session:
        delivery_id = session.query(Delivery).first().id
    calls = [
        lambda s: executions.get_execution(s, actor=charlie, execution_id=execution_id),
        lambda s: executions.cancel_execution(s, actor=charlie, execution_id=execution_id),
        lambda s: executions.get_file(s, actor=charlie, execution_id=execution_id, format="csv"),
        lambda s: executions.request_run(s, actor=charlie, report_id=report_id),
        lambda s: executions.list_executions(s, actor=charlie, scheduled_report_id=report_id),
        lambda s: deliveries.resend_execution(s, actor=charlie, execution_id=execution_id),
        lambda s: deliveries.settle_delivery(s, actor=charlie, delivery_id=delivery_id, outcome="sent"),
    ]
    for call in calls:
        with pytest.raises(NotFound), session_scope() as session:
            call(session)
    with session_scope() as session:
        assert executions.list_executions(session, actor=charlie).total == 0
        assert overview.get_overview(session, actor=charlie).arrived_24h == 0


def test_a_queued_run_is_stopped_at_once(alice, report_id):
    execution_id = house.queue_run(alice, report_id)
    with session_scope() as session:
        executions.cancel_execution(session, actor=alice, execution_id=execution_id)
    assert seen(alice, execution_id).status == "cancelled"
    assert house.claim(execution_id) is None


def test_stopping_while_mails_wait_keeps_those_that_left(alice, report_id):
    execution_id = house.queue_run(alice, report_id)
    house.claim(execution_id)
    house.put_mails(execution_id, READERS)
    with session_scope() as session:
        claimed = delivery_ledger.claim_delivery(session, owner=house.host.identity(), execution_id=execution_id)
    with session_scope() as session:
        delivery_ledger.record_sent(session, claimed, code=250, response="OK")
    with session_scope() as session:
        executions.cancel_execution(session, actor=alice, execution_id=execution_id)
    shown = seen(alice, execution_id)
    assert sorted(mail.status for mail in shown.deliveries) == ["cancelled", "sent"]
    assert shown.status == "partial"


@pytest.mark.usefixtures("server")
def test_a_finished_run_cannot_be_stopped(alice, report_id):
    execution_id = run(alice, report_id)
    with pytest.raises(Conflict, match="over already"), session_scope() as session:
        executions.cancel_execution(session, actor=alice, execution_id=execution_id)


def test_a_resend_is_the_same_bytes_with_an_id_of_its_own(alice, report_id, server):
    execution_id = run(alice, report_id)
    with session_scope() as session:
        deliveries.resend_execution(session, actor=alice, execution_id=execution_id, recipients=["BEN@example.test"])
    mailer.deliver(execution_id)
    first, again = (mail.message for mail in server.received if mail.recipients == ["ben@example.test"])
    assert first["Message-ID"] != again["Message-ID"]
    [one], [two] = (list(message.iter_attachments()) for message in (first, again))
    assert one.get_payload(decode=True) == two.get_payload(decode=True)
    assert seen(alice, execution_id).status == "success"


@pytest.mark.usefixtures("server")
def test_a_resend_reaches_nobody_new(alice, report_id):
    execution_id = run(alice, report_id)
    with pytest.raises(InvalidInput, match=r"ann@example.test and ben@example.test"), session_scope() as session:
        deliveries.resend_execution(session, actor=alice, execution_id=execution_id, recipients=["new@example.test"])


def test_a_resend_that_arrives_makes_a_partial_run_whole(alice, source_url, smtp_server):
    server = smtp_server(behaviour=Behaviour(rcpt={"ann@example.test": "550 no"}))
    house.add_account(alice, port=server.port)
    execution_id = run(alice, house.add_report(alice, source_url, recipients=READERS))
    assert seen(alice, execution_id).status == "partial"
    server.behaviour.rcpt.clear()
    with session_scope() as session:
        deliveries.resend_execution(session, actor=alice, execution_id=execution_id, recipients=["ann@example.test"])
    mailer.deliver(execution_id)
    assert seen(alice, execution_id).status == "success"


@pytest.mark.parametrize(("outcome", "status"), [("sent", "success"), ("drop", "failed"), ("resend", "success")])
def test_a_person_settles_what_no_server_told(alice, source_url, smtp_server, outcome, status):
    server = smtp_server(behaviour=Behaviour(drop="after_accept"))
    house.add_account(alice, port=server.port)
    execution_id = run(alice, house.add_report(alice, source_url))
    mail = seen(alice, execution_id).deliveries[0]
    assert mail.status == "uncertain"
    server.behaviour.drop = ""
    with session_scope() as session:
        deliveries.settle_delivery(session, actor=alice, delivery_id=mail.id, outcome=outcome)
    mailer.deliver(execution_id)
    assert seen(alice, execution_id).status == status
    assert len(server.received) == (2 if outcome == "resend" else 1)


@pytest.mark.usefixtures("server")
def test_a_file_that_was_deleted_or_never_was_is_not_found(alice, report_id):
    execution_id = run(alice, report_id)
    with session_scope() as session:
        file = executions.get_file(session, actor=alice, execution_id=execution_id, format="csv")
        with pytest.raises(NotFound):
            executions.get_file(session, actor=alice, execution_id=execution_id, format="pdf")
    file.path.unlink()
    with pytest.raises(NotFound, match="Run the report again"), session_scope() as session:
        executions.get_file(session, actor=alice, execution_id=execution_id, format="csv")


@pytest.mark.usefixtures("server")
def test_the_first_screen_counts_what_arrived_and_what_did_not(alice, source_url, report_id):
    run(alice, report_id)
    run(alice, house.add_report(alice, source_url, sql="SELECT a FROM nowhere", name="Broken"))
    house.queue_run(alice, report_id)
    with session_scope() as session:
        found = overview.get_overview(session, actor=alice)
    assert (found.arrived_24h, found.failed_24h, found.waiting, found.active_reports) == (1, 1, 1, 2)
    assert [row.report_name for row in found.attention] == ["Broken"]
    assert [row.status for row in found.recent] == ["queued", "failed", "success"]
    assert not found.worker.alive


def test_what_people_do_is_written_down(alice, report_id):
    execution_id = house.queue_run(alice, report_id)
    with session_scope() as session:
        executions.cancel_execution(session, actor=alice, execution_id=execution_id)
    with session_scope() as session:
        actions = {entry.action for entry in session.query(AuditEntry).filter_by(actor_id=alice.id)}
    assert {"run", "cancel"} <= actions


def test_health_is_bad_without_a_worker_and_says_what_is_missing():
    found = health.get_health(lambda: False)
    assert (found.status, found.database, found.queue, found.worker.alive) == ("degraded", "ok", "unreachable", False)


def test_an_execution_that_never_was_is_not_found(alice):
    with pytest.raises(NotFound), session_scope() as session:
        executions.get_execution(session, actor=alice, execution_id=uuid.uuid4())
