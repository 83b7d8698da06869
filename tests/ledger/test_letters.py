"""Where the files of a mail are between the run and the sending: inside the written letter, or beside it."""

from __future__ import annotations

import pytest

from core.database import session_scope
from core.services import deliveries, letters, mailer
from core.services.supervisor import supervise
from tests.ledger import house
from tests.ledger.test_mail_size import SMALL, attached

pytestmark = pytest.mark.usefixtures("database")
# A letter for each: together their files are more than a letter may hold.
CROWD = [f"reader{number}@example.test" for number in range(12)]


@pytest.fixture
def server(alice, smtp_server):
    server = smtp_server()
    house.add_account(alice, port=server.port)
    return server


def run(alice, url, *, recipients):
    report_id = house.add_report(alice, url, sql=SMALL, formats=["csv"], recipients=recipients)
    execution_id = house.queue_run(alice, report_id)
    supervise(house.claim(execution_id), house.InlineChild)
    return execution_id


def letter_of(execution_id, recipient):
    execution = house.execution(execution_id)
    return letters.letter_path(execution.scheduled_report_id, execution.id, execution.fence, recipient)


def on_the_disk(execution_id, recipient) -> list[str]:
    parts = letters.read_letter(letter_of(execution_id, recipient)).iter_attachments()
    return [part.get_content_type() for part in parts]


def test_a_letter_with_small_files_is_sent_as_it_lies_there(alice, source_url, server):
    execution_id = run(alice, source_url, recipients=CROWD[:2])
    assert mailer.deliver(execution_id) == 2
    assert {mail.recipients[0]: mail.content for mail in server.received} == {
        reader: letter_of(execution_id, reader).read_bytes() for reader in CROWD[:2]
    }
    assert [attached(mail) for mail in server.received] == [["text/csv"]] * 2


def test_the_files_of_a_crowd_lie_on_the_disk_once(alice, source_url, server):
    execution_id = run(alice, source_url, recipients=CROWD)
    assert {reader: on_the_disk(execution_id, reader) for reader in CROWD} == {reader: [] for reader in CROWD}
    assert mailer.deliver(execution_id) == len(CROWD)
    assert [attached(mail) for mail in server.received] == [["text/csv"]] * len(CROWD)


def test_a_resend_of_such_a_letter_is_a_mail_of_its_own(alice, source_url, server):
    execution_id = run(alice, source_url, recipients=CROWD[:1])
    mailer.deliver(execution_id)
    with session_scope() as session:
        deliveries.resend_execution(session, actor=alice, execution_id=execution_id)
    mailer.deliver(execution_id)
    first, second = (mail.message for mail in server.received)
    assert first["Message-ID"] != second["Message-ID"]
    assert [part.get_content() for part in first.iter_attachments()] == [
        part.get_content() for part in second.iter_attachments()
    ]
    assert [part.get_content_type() for part in second.iter_attachments()] == ["text/csv"]


def test_a_letter_that_is_gone_is_said(alice, source_url, server):
    execution_id = run(alice, source_url, recipients=CROWD[:1])
    letter_of(execution_id, CROWD[0]).unlink()
    mailer.deliver(execution_id)
    [mail] = house.mails(execution_id).values()
    assert (mail.status, server.received) == ("failed", [])
    assert "Run the report again" in mail.error_message
