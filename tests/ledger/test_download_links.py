"""Links to files that are too large: they open the very file, to the promised day, until somebody withdraws them."""

from __future__ import annotations

import hashlib
import re
import zipfile
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest

from core import clock
from core.database import read_scope, session_scope
from core.errors import Conflict, NotFound
from core.models import AuditEntry, EmailConfiguration, GeneratedFile, ReportExecution, ScheduledReport
from core.services import deliveries, download_links, executions, mailer, retention
from core.services.executions import StoredFile
from core.services.supervisor import supervise
from tests.fixtures_smtp import Behaviour
from tests.ledger import house

pytestmark = pytest.mark.usefixtures("database")
# One column, so that there is nothing to draw: a row is 400 characters, at random or always the same.
NUMBERS = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 4000) SELECT n FROM c"
ROWS = f"SELECT {{}} AS words FROM ({NUMBERS})"
NOISE = ROWS.format("hex(randomblob(200))")
CALM = ROWS.format("hex(zeroblob(200))")


@pytest.fixture
def server(alice, smtp_server):
    running = smtp_server(size=1_000_000)
    house.add_account(alice, port=running.port)
    know_the_limit(1_000_000)
    return running


def know_the_limit(size):
    with session_scope() as session:
        session.query(EmailConfiguration).one().max_message_bytes = size


def deliver(alice, url, *, sql=NOISE, **changes):
    """A run from the query to its mails."""
    execution_id = house.queue_run(alice, house.add_report(alice, url, sql=sql, **changes))
    supervise(house.claim(execution_id), house.InlineChild)
    mailer.deliver(execution_id)
    return execution_id


def file_of(execution_id) -> GeneratedFile:
    with read_scope() as session:
        row = session.query(GeneratedFile).filter_by(execution_id=execution_id, format="csv").one()
        session.expunge(row)
        return row


def token_in(mail) -> str:
    [token] = set(re.findall(r"/d/([A-Za-z0-9_-]+)", mail.message.get_body(("plain",)).get_content()))
    return token


def opened(token):
    with read_scope() as session:
        return download_links.open_link(session, token)


def change(execution_id, **values):
    with session_scope() as session:
        for row in session.query(GeneratedFile).filter_by(execution_id=execution_id):
            for name, value in values.items():
                setattr(row, name, value)


def test_what_is_too_large_arrives_as_a_link_to_the_very_bytes(alice, source_url, server):
    execution_id = deliver(alice, source_url, formats=["csv"])
    [mail] = server.received
    assert house.execution(execution_id).status == "success"
    assert list(mail.message.iter_attachments()) == []
    found = opened(token_in(mail))
    assert isinstance(found, StoredFile)
    assert hashlib.sha256(found.path.read_bytes()).hexdigest() == file_of(execution_id).sha256
    assert found.name.endswith(".csv")


def test_a_table_that_fits_when_zipped_goes_along_zipped(alice, source_url, server):
    execution_id = deliver(alice, source_url, sql=CALM)
    [mail] = server.received
    [part] = mail.message.iter_attachments()
    assert part.get_content_type() == "application/zip"
    assert part.get_filename().endswith(".zip")
    with zipfile.ZipFile(BytesIO(part.get_payload(decode=True))) as archive:
        [name] = archive.namelist()
        assert name == part.get_filename()[:-4] + ".csv"
        assert hashlib.sha256(archive.read(name)).hexdigest() == file_of(execution_id).sha256
    assert file_of(execution_id).linked_until is None
    assert "/d/" not in mail.message.get_body(("plain",)).get_content()


@pytest.mark.usefixtures("server")
def test_a_link_is_made_only_when_it_is_needed(alice, source_url):
    execution_id = deliver(alice, source_url, sql=house.SALES)
    assert file_of(execution_id).linked_until is None
    with read_scope() as session:
        assert executions.get_execution(session, actor=alice, execution_id=execution_id).links_until is None


def test_each_attempt_sends_the_same_whatever_the_server_says_by_then(alice, source_url, smtp_server):
    behaviour = Behaviour(data="451 4.3.0 later")
    server = smtp_server(behaviour=behaviour)
    house.add_account(alice, port=server.port)
    execution_id = deliver(alice, source_url)
    know_the_limit(300_000)
    behaviour.data = ""
    with session_scope() as session:
        for mail in session.get(ReportExecution, execution_id).deliveries:
            mail.not_before = clock.now()
    mailer.deliver(execution_id)
    [mail] = server.received
    assert [part.get_content_type() for part in mail.message.iter_attachments()] == ["text/csv"]


def test_a_server_that_nobody_tested_is_asked_before_the_letters_are_written(alice, source_url, smtp_server):
    server = smtp_server(size=500_000)
    house.add_account(alice, port=server.port)
    assert house.execution(deliver(alice, source_url)).status == "success"
    assert token_in(server.received[0])
    with read_scope() as session:
        assert session.query(EmailConfiguration).one().max_message_bytes == 500_000


def test_a_server_that_takes_less_than_before_counts_for_the_next_run(alice, source_url, smtp_server):
    server = smtp_server(size=500_000)
    house.add_account(alice, port=server.port)
    know_the_limit(5_000_000)
    first = deliver(alice, source_url)
    row = house.execution(first)
    assert (row.status, row.error_class) == ("failed", "too_large")
    assert "Run the report again" in row.error_message
    with read_scope() as session:
        assert session.query(EmailConfiguration).one().max_message_bytes == 500_000
        report_id = row.scheduled_report_id
    second = house.queue_run(alice, report_id)
    supervise(house.claim(second), house.InlineChild)
    mailer.deliver(second)
    assert house.execution(second).status == "success"
    assert token_in(server.received[0])


def test_a_server_that_cannot_be_asked_fails_no_run(alice, source_url, smtp_server):
    server = smtp_server()
    house.add_account(alice, port=1)
    execution_id = deliver(alice, source_url)
    [mail] = house.mails(execution_id).values()
    assert (house.execution(execution_id).status, mail.status) == ("delivering", "pending")
    with session_scope() as session:
        session.query(EmailConfiguration).one().smtp_port = server.port
        for row in session.get(ReportExecution, execution_id).deliveries:
            row.not_before = clock.now()
    mailer.deliver(execution_id)
    assert house.execution(execution_id).status == "success"
    assert len(server.received) == 1


def test_a_link_ends_with_the_day_that_the_mail_names(alice, source_url, server, monkeypatch):
    zone = "Pacific/Auckland"
    config = {"type": "daily", "time": "07:00", "timezone": zone}
    execution_id = deliver(alice, source_url, schedule_config=config)
    ends = file_of(execution_id).linked_until
    local = ends.astimezone(clock.zone(zone))
    assert (local.hour, local.minute) == (0, 0)
    assert local.date() == (clock.now().astimezone(clock.zone(zone)) + timedelta(days=8)).date()
    last = local.date() - timedelta(days=1)
    text = " ".join(server.received[0].message.get_body(("plain",)).get_content().split())
    assert f"until the end of {last.day} {last:%b %Y} ({zone})" in text
    token = token_in(server.received[0])
    monkeypatch.setattr(clock, "now", lambda: ends - timedelta(seconds=1))
    assert isinstance(opened(token), StoredFile)
    monkeypatch.setattr(clock, "now", lambda: ends)
    assert opened(token) == "expired"


def test_a_tampered_or_invented_token_opens_nothing(alice, source_url, server):
    deliver(alice, source_url)
    token = token_in(server.received[0])
    other = "A" if token[30] != "A" else "B"
    for wrong in (token[:30] + other + token[31:], token[:-4], "", "x" * 60):
        assert opened(wrong) == "unknown"


def test_the_owner_withdraws_the_links_and_nobody_else(alice, bob, source_url, server):
    execution_id = deliver(alice, source_url)
    token = token_in(server.received[0])
    with session_scope() as session, pytest.raises(NotFound):
        download_links.revoke_links(session, actor=bob, execution_id=execution_id)
    with session_scope() as session:
        shown = download_links.revoke_links(session, actor=alice, execution_id=execution_id)
    assert (shown.links_until, shown.generated_files["csv"].linked_until) == (None, None)
    assert opened(token) == "revoked"
    with session_scope() as session, pytest.raises(Conflict):
        download_links.revoke_links(session, actor=alice, execution_id=execution_id)
    with read_scope() as session:
        [entry] = session.query(AuditEntry).filter_by(action="revoke_links").all()
        assert (entry.actor_id, entry.object_id) == (alice.id, execution_id)


@pytest.mark.usefixtures("server")
def test_a_mail_with_withdrawn_links_is_not_sent_again(alice, source_url):
    execution_id = deliver(alice, source_url)
    with session_scope() as session:
        download_links.revoke_links(session, actor=alice, execution_id=execution_id)
    with session_scope() as session, pytest.raises(Conflict, match="work no more"):
        deliveries.resend_execution(session, actor=alice, execution_id=execution_id)


def test_a_mail_that_waits_while_its_links_are_withdrawn_does_not_leave(alice, source_url, server):
    execution_id = house.queue_run(alice, house.add_report(alice, source_url, sql=NOISE))
    supervise(house.claim(execution_id), house.InlineChild)
    with session_scope() as session:
        download_links.revoke_links(session, actor=alice, execution_id=execution_id)
    mailer.deliver(execution_id)
    assert server.received == []
    assert "work no more" in house.execution(execution_id).error_message


def test_a_link_goes_with_its_run(alice, source_url, server):
    execution_id = deliver(alice, source_url)
    token = token_in(server.received[0])
    with session_scope() as session:
        session.delete(session.get(ReportExecution, execution_id))
    assert opened(token) == "deleted"


def test_the_clean_up_keeps_what_a_link_promises_and_no_longer(alice, source_url, server):
    execution_id = deliver(alice, source_url)
    path = opened(token_in(server.received[0])).path
    long_ago = clock.now() - timedelta(days=60)
    change(execution_id, expires_at=long_ago)
    with session_scope() as session:
        row = session.get(ReportExecution, execution_id)
        row.finished_at = long_ago
        session.get(ScheduledReport, row.scheduled_report_id).retention_days = 1
    cleaned = retention.clean_up()
    assert (cleaned.files, cleaned.executions, path.exists()) == (0, 0, True)
    change(execution_id, link_revoked_at=clock.now())
    cleaned = retention.clean_up()
    assert (cleaned.files, cleaned.executions, path.exists()) == (1, 1, False)


@pytest.mark.usefixtures("server")
def test_a_link_that_is_over_keeps_nothing(alice, source_url):
    execution_id = deliver(alice, source_url)
    past = datetime(2026, 1, 1, tzinfo=UTC)
    change(execution_id, expires_at=past, linked_until=past)
    assert retention.clean_up().files == 1
