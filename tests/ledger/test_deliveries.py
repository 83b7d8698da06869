"""One mail to one person, once; what nobody can know is called uncertain and never sent again by itself."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core import clock, host
from core.database import session_scope
from core.errors import DeliveryError
from core.models import Delivery, EmailConfiguration, ReportExecution
from core.services import delivery_ledger
from tests.ledger import house
from tests.ledger.test_claim import dead_owner

pytestmark = pytest.mark.usefixtures("database")
READERS = ["ann@example.test", "ben@example.test"]


@pytest.fixture
def execution_id(alice, source_url):
    report_id = house.add_report(alice, source_url, recipients=READERS)
    execution_id = house.queue_run(alice, report_id)
    house.claim(execution_id)
    house.put_mails(execution_id, READERS)
    return execution_id


def take(execution_id, *, owner=None):
    with session_scope() as session:
        return delivery_ledger.claim_delivery(session, owner=owner or host.identity(), execution_id=execution_id)


def sent(claimed):
    with session_scope() as session:
        delivery_ledger.record_sent(session, claimed, code=250, response="OK")


def failed(claimed, **kind):
    with session_scope() as session:
        delivery_ledger.record_failure(session, claimed, DeliveryError("no", **kind))


def settled(execution_id):
    with session_scope() as session:
        delivery_ledger.settle(session, execution_id)
    return house.execution(execution_id)


def test_each_mail_is_claimed_once(execution_id):
    first, second, third = take(execution_id), take(execution_id), take(execution_id)
    assert {first.recipient, second.recipient} == set(READERS)
    assert third is None


def test_a_run_whose_every_mail_was_taken_is_a_success(execution_id):
    sent(take(execution_id))
    assert settled(execution_id).status == "delivering"
    sent(take(execution_id))
    row = settled(execution_id)
    assert row.status == "success"
    assert row.finished_at is not None


def test_one_refused_reader_makes_it_partial_and_all_refused_failed(execution_id):
    failed(take(execution_id), permanent=True, code=550, error_class="recipient")
    sent(take(execution_id))
    assert settled(execution_id).status == "partial"
    with session_scope() as session:
        for mail in session.query(Delivery):
            mail.status = "failed"
        session.get(ReportExecution, execution_id).status = "delivering"
    assert settled(execution_id).status == "failed"


def test_a_transient_failure_waits_and_does_not_close_the_run(execution_id):
    failed(take(execution_id), permanent=False, code=451)
    sent(take(execution_id))
    assert settled(execution_id).status == "delivering"
    waiting = house.mails(execution_id)["ann@example.test"]
    assert waiting.status == "pending"
    assert waiting.not_before > clock.now() + timedelta(seconds=25)
    assert take(execution_id) is None


def test_the_eighth_try_or_a_day_is_the_end(execution_id):
    claimed = take(execution_id)
    with session_scope() as session:
        session.get(Delivery, claimed.delivery_id).attempt = 8
    failed(claimed, permanent=False)
    other = take(execution_id)
    with session_scope() as session:
        session.get(Delivery, other.delivery_id).give_up_at = clock.now()
    failed(other, permanent=False)
    assert {mail.status for mail in house.mails(execution_id).values()} == {"failed"}


def test_a_worker_that_died_before_the_marker_gives_the_mail_back(execution_id):
    take(execution_id, owner=dead_owner())
    with session_scope() as session:
        assert delivery_ledger.take_back_deliveries(session) == {execution_id}
    assert house.mails(execution_id)["ann@example.test"].status == "pending"


def test_a_worker_that_died_after_the_marker_leaves_an_uncertain_mail_that_is_not_sent_again(execution_id):
    claimed = take(execution_id, owner=dead_owner())
    with session_scope() as session:
        assert delivery_ledger.mark_data(session, claimed)
    with session_scope() as session:
        delivery_ledger.take_back_deliveries(session)
    sent(take(execution_id))
    assert take(execution_id) is None
    row = settled(execution_id)
    assert row.status == "uncertain"
    assert "may have arrived" in row.error_message


def test_late_evidence_turns_uncertain_into_sent(execution_id):
    claimed = take(execution_id, owner=dead_owner())
    with session_scope() as session:
        delivery_ledger.mark_data(session, claimed)
    with session_scope() as session:
        delivery_ledger.take_back_deliveries(session)
    sent(claimed)
    assert house.mails(execution_id)[claimed.recipient].status == "sent"


def test_a_worker_that_was_given_up_gets_no_marker(execution_id):
    claimed = take(execution_id, owner=dead_owner())
    with session_scope() as session:
        delivery_ledger.take_back_deliveries(session)
    with session_scope() as session:
        assert not delivery_ledger.mark_data(session, claimed)
    failed(claimed, permanent=True)
    assert house.mails(execution_id)[claimed.recipient].status == "pending"


def test_a_refused_password_ends_the_other_mails_without_another_login(execution_id):
    claimed = take(execution_id)
    error = DeliveryError("wrong password", permanent=True, server_wide=True, error_class="login", code=535)
    add_configuration(execution_id)
    with session_scope() as session:
        delivery_ledger.record_failure(session, claimed, error)
        delivery_ledger.hold_back(session, claimed, error)
    assert take(execution_id) is None
    assert settled(execution_id).status == "failed"
    assert settled(execution_id).error_class == "login"


def test_a_server_that_is_away_makes_the_others_wait_without_spending_a_try(execution_id):
    claimed = take(execution_id)
    add_configuration(execution_id)
    error = DeliveryError("away", permanent=False, server_wide=True)
    with session_scope() as session:
        delivery_ledger.record_failure(session, claimed, error)
        delivery_ledger.hold_back(session, claimed, error)
    other = house.mails(execution_id)["ben@example.test"]
    assert (other.status, other.attempt) == ("pending", 0)
    assert other.not_before > clock.now()


def test_a_lost_settling_is_found_by_the_sweep(execution_id):
    sent(take(execution_id))
    sent(take(execution_id))
    with session_scope() as session:
        assert delivery_ledger.list_unsettled(session) == [execution_id]


def add_configuration(execution_id):
    """The mails go through one account."""
    with session_scope() as session:
        owner_id = session.get(ReportExecution, execution_id).owner_id
        row = EmailConfiguration(owner_id=owner_id, smtp_host="127.0.0.1", smtp_port=25, from_email="r@example.test")
        session.add(row)
        session.flush()
        for mail in session.query(Delivery).filter_by(execution_id=execution_id):
            mail.email_configuration_id = row.id
