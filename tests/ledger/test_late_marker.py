"""A worker that is slow, not dead, passes the marker at the very moment its mail is taken back."""

from __future__ import annotations

import threading

import pytest

from core import host
from core.database import session_scope
from core.services import delivery_ledger
from tests.ledger import house
from tests.ledger.test_claim import dead_owner

pytestmark = pytest.mark.usefixtures("database")
READER = "ann@example.test"
# On SQLite the slow worker waits for the one that takes back; only then is this waited out.
HEAD_START_SECONDS = 1.0


def test_a_mail_whose_marker_was_set_in_between_is_never_put_back_to_be_sent_again(alice, source_url, monkeypatch):
    execution_id = house.queue_run(alice, house.add_report(alice, source_url, recipients=[READER]))
    house.claim(execution_id)
    house.put_mails(execution_id, [READER])
    with session_scope() as session:
        claimed = delivery_ledger.claim_delivery(session, owner=dead_owner(), execution_id=execution_id)
    may_send: list[bool] = []

    def pass_the_marker() -> None:
        with session_scope() as session:
            may_send.append(delivery_ledger.mark_data(session, claimed))

    slow = threading.Thread(target=pass_the_marker)

    def is_gone(_owner: str) -> bool:
        """Asked after the row was read and before it is changed."""
        slow.start()
        slow.join(HEAD_START_SECONDS)
        return True

    monkeypatch.setattr(host, "is_gone", is_gone)
    with session_scope() as session:
        delivery_ledger.take_back_deliveries(session)
    slow.join()
    waits_again = house.mails(execution_id)[READER].status == "pending"
    assert [waits_again] != may_send, "two workers would send this mail"
