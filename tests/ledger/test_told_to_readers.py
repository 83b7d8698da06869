"""What readers learn of a part that failed: that it is missing, and nothing of servers, tables, SQL or accounts."""

from __future__ import annotations

import uuid

import pytest

from core.database import session_scope
from core.schemas.accounts import Actor
from core.schemas.content import DashboardCreate, TileInput
from core.services import dashboards, mailer
from core.services.supervisor import supervise
from tests.fixtures_smtp import SmtpServer
from tests.ledger import house

SECRETS = ("nowhere_secret", "SELECT", "amount_secret", "no such", "shop.db")
READER = "dana@example.test"


@pytest.fixture
def server(alice: Actor, smtp_server) -> SmtpServer:
    running: SmtpServer = smtp_server()
    house.add_account(alice, port=running.port)
    return running


@pytest.fixture
def execution_id(alice: Actor, source_url: str, server: SmtpServer) -> uuid.UUID:  # noqa: ARG001 - the account
    """A dashboard with a good and a broken part, delivered."""
    good = house.add_query(alice, source_url, sql="SELECT region FROM sales")
    bad = house.add_query(alice, source_url, sql="SELECT amount_secret FROM nowhere_secret", name="Broken")
    with session_scope() as session:
        tiles = [TileInput(saved_query_id=query, chart="table") for query in (good, bad)]
        made = dashboards.create_dashboard(session, actor=alice, data=DashboardCreate(name="Two", tiles=tiles))
    report_id = house.add_report(
        alice, source_url, dashboard_id=made.id, formats=["html"], recipients=[READER, alice.email]
    )
    execution_id = house.queue_run(alice, report_id)
    supervise(house.claim(execution_id), house.InlineChild)
    mailer.deliver(execution_id)
    return execution_id


@pytest.mark.usefixtures("sqlite_database")
def test_neither_mail_nor_file_says_why_a_part_is_missing(execution_id: uuid.UUID, server: SmtpServer) -> None:
    assert house.execution(execution_id).status == "partial"
    [message] = [mail.message for mail in server.received if mail.recipients == [READER]]
    texts = [message.get_body((kind,)).get_content() for kind in ("plain", "html")]
    texts += [part.get_payload(decode=True).decode() for part in message.iter_attachments()]
    assert len(texts) == 3
    for text in texts:
        assert "could not be read this time" in text
        assert [secret for secret in SECRETS if secret in text] == []


@pytest.mark.usefixtures("sqlite_database")
def test_the_owner_finds_the_cause_with_the_run(execution_id: uuid.UUID) -> None:
    row = house.execution(execution_id)
    assert "nowhere_secret" in row.error_message
    assert "nowhere_secret" in next(tile["error"] for tile in row.tiles if tile["error"])
