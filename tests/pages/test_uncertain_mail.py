"""A mail in doubt is settled by a person, once; who is asked about it is its newest sending."""

from __future__ import annotations

import uuid

import pytest

from core import clock
from core.database import read_scope, session_scope
from core.errors import Conflict
from core.mail.headers import message_id
from core.models import Delivery, ReportExecution
from core.schemas.accounts import Actor
from core.schemas.executions import ExecutionDetail
from core.services import deliveries, executions, letters
from tests.factories import make_query_report
from tests.pages.conftest import Open, words

READER = "dana@example.test"


@pytest.fixture
def run(alice: Actor, source_url: str) -> ExecutionDetail:
    """A run whose only mail is in doubt; its letter lies on the disk."""
    report = make_query_report(alice, url=source_url)
    now = clock.now()
    with session_scope() as session:
        execution = executions.request_run(session, actor=alice, report_id=report.id)
        row = session.get_one(ReportExecution, execution.id)
        row.status, row.finished_at = "uncertain", now
        row.deliveries.append(
            Delivery(
                kind="report", recipient=READER, role="to", send_no=1, status="uncertain", not_before=now,
                give_up_at=now, message_id=message_id(str(row.id), READER, 1, "example.test"),
                error_message="The connection broke.",
            )
        )  # fmt: skip
        path = letters.letter_path(report.id, row.id, row.fence, READER)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"Subject: Numbers\r\n\r\nHello")
    return found(alice, execution.id)


def found(actor: Actor, execution_id: uuid.UUID) -> ExecutionDetail:
    with read_scope() as session:
        return executions.get_execution(session, actor=actor, execution_id=execution_id)


@pytest.mark.parametrize(("outcome", "status"), [("sent", "sent"), ("drop", "failed")])
def test_a_person_settles_it(outcome: str, status: str, alice: Actor, run: ExecutionDetail, open_page: Open) -> None:
    page = open_page(alice, "pages/execution.py", id=run.id)
    page.button(key=f"{outcome}-{run.deliveries[0].id}").click().run()
    assert not page.exception
    assert [mail.status for mail in found(alice, run.id).deliveries] == [status]
    assert ("Marked as sent" in words(page)) is (outcome == "sent")


def test_sent_again_leaves_nothing_to_press_at_the_older_one(
    alice: Actor, run: ExecutionDetail, open_page: Open
) -> None:
    page = open_page(alice, "pages/execution.py", id=run.id)
    page.button(key=f"resend-{run.deliveries[0].id}").click().run()
    assert not page.exception
    assert sorted(mail.status for mail in found(alice, run.id).deliveries) == ["pending", "uncertain"]
    assert "It was sent again, see below." in words(page)
    assert not [button for button in page.button if str(button.key).startswith("resend-")]


def test_a_second_press_sends_nothing_more(alice: Actor, run: ExecutionDetail) -> None:
    identity = run.deliveries[0].id
    with session_scope() as session:
        deliveries.settle_delivery(session, actor=alice, delivery_id=identity, outcome="resend")
    with session_scope() as session, pytest.raises(Conflict, match="sent again already"):
        deliveries.settle_delivery(session, actor=alice, delivery_id=identity, outcome="resend")
    assert len(found(alice, run.id).deliveries) == 2
