"""The first mail fits a server that nobody tested: how much it takes is asked when the files are large."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from core.database import read_scope, session_scope
from core.mail import smtp
from core.models import EmailConfiguration, ReportExecution
from core.services import mailer, runner
from core.services.supervisor import supervise
from tests.fixtures_smtp import PASSWORD, USER
from tests.ledger import house

pytestmark = pytest.mark.usefixtures("database")
# One column, so that there is nothing to draw: a row is 800 or 50 characters at random.
NUMBERS = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 4000) SELECT n FROM c"
LARGE = f"SELECT hex(randomblob(400)) AS words FROM ({NUMBERS})"
SMALL = f"SELECT hex(randomblob(25)) AS words FROM ({NUMBERS})"


def run(alice, url, *, sql=LARGE):
    """A run up to its letters, with CSV alone."""
    execution_id = house.queue_run(alice, house.add_report(alice, url, sql=sql, formats=["csv"]))
    supervise(house.claim(execution_id), house.InlineChild)
    return execution_id


def deliver(execution_id) -> ReportExecution:
    mailer.deliver(execution_id)
    return house.execution(execution_id)


def kept() -> int | None:
    with read_scope() as session:
        return session.query(EmailConfiguration).one().max_message_bytes


def attached(mail) -> list[str]:
    return [part.get_content_type() for part in mail.message.iter_attachments()]


@pytest.fixture
def silent() -> Iterator[int]:
    """A port that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


@pytest.mark.parametrize(("limit", "files"), [(500_000, []), (3_000_000, ["application/zip"])])
def test_the_first_run_through_an_untested_account_fits(alice, source_url, smtp_server, limit, files):
    server = smtp_server(size=limit)
    house.add_account(alice, port=server.port)
    execution = deliver(run(alice, source_url))
    assert (execution.status, kept()) == ("success", limit)
    [mail] = server.received
    assert attached(mail) == files
    assert ("/d/" in mail.message.get_body(("plain",)).get_content()) == (not files)
    assert len(mail.content) < limit


def test_a_server_that_takes_them_gets_the_files(alice, source_url, smtp_server):
    server = smtp_server(size=30_000_000)
    house.add_account(alice, port=server.port)
    assert deliver(run(alice, source_url)).status == "success"
    assert [attached(mail) for mail in server.received] == [["text/csv"]]
    assert kept() == 30_000_000


def test_asking_takes_no_login_and_sends_nothing(alice, source_url, smtp_server):
    server = smtp_server(size=500_000, auth=True, auth_require_tls=False)
    house.add_account(alice, port=server.port, smtp_username=USER, smtp_password=PASSWORD)
    execution_id = run(alice, source_url)
    assert (server.logins, server.received) == ([], [])
    assert deliver(execution_id).status == "success"
    assert server.logins == [USER]


def test_nobody_asks_for_small_files_or_what_is_known(alice, source_url, silent, monkeypatch):
    monkeypatch.setattr(runner, "ask_size", lambda _account: pytest.fail("it asked"))
    house.add_account(alice, port=silent)
    assert house.execution(run(alice, source_url, sql=SMALL)).status == "delivering"
    with session_scope() as session:
        session.query(EmailConfiguration).one().max_message_bytes = 20_000_000
    assert house.execution(run(alice, source_url)).status == "delivering"


def test_a_run_goes_on_without_an_answer(alice, source_url, silent, monkeypatch):
    monkeypatch.setattr(smtp, "ASK_SECONDS", 0.2)
    house.add_account(alice, port=silent)
    assert house.execution(run(alice, source_url)).status == "delivering"
    assert kept() is None


def test_a_run_goes_on_when_nobody_listens(alice, source_url):
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    house.add_account(alice, port=port)
    execution = deliver(run(alice, source_url))
    assert [mail.status for mail in house.mails(execution.id).values()] == ["pending"]
