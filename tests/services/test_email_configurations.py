"""Mail accounts on both databases, tested against a real SMTP server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy import select

from core.database import read_scope, session_scope
from core.errors import DeliveryError, InvalidInput, LimitReached, NotFound
from core.models import AuditEntry, EmailConfiguration
from core.schemas.accounts import Actor
from core.schemas.email_config import EmailConfigCreate, EmailConfigTestResult, EmailConfigUpdate
from core.services import email_configurations as mail
from core.settings import get_settings
from tests.factories import mail_account_fields, make_email_config
from tests.fixtures_smtp import Behaviour, SmtpServer

pytestmark = pytest.mark.usefixtures("database")

SECRET = "s3cret-canary"
GMAIL = {
    "smtp_host": "smtp.example.com",
    "smtp_port": 587,
    "use_tls": True,
    "smtp_username": "robot@example.com",
    "smtp_password": SECRET,
}


def _test(actor: Actor, **options: Any) -> EmailConfigTestResult:
    with read_scope() as session:
        prepared = mail.prepare_test(session, actor=actor, **options)
    assert SECRET not in repr(prepared)
    return mail.run_test(prepared)


def test_the_password_is_sealed_and_never_comes_back(alice: Actor) -> None:
    made = make_email_config(alice, **GMAIL)
    assert made.has_password
    assert SECRET not in made.model_dump_json()
    with read_scope() as session:
        row = session.scalars(select(EmailConfiguration)).one()
        assert SECRET not in str(vars(row))
        entry = session.scalars(select(AuditEntry)).one()
        assert (entry.action, entry.object_name) == ("create", "reports@example.test")
        assert SECRET not in str(entry.detail)
        account, configuration_id = mail.account_for(session, alice.id)
    assert (account.password, account.host, configuration_id) == (SECRET, "smtp.example.com", made.id)


def test_saving_again_replaces_the_whole_of_it(alice: Actor) -> None:
    first = make_email_config(alice, **GMAIL)
    second = make_email_config(alice)
    assert (second.id, second.has_password, second.smtp_username) == (first.id, False, "")


def test_a_change_in_part_keeps_the_password(alice: Actor) -> None:
    make_email_config(alice, **GMAIL)
    with session_scope() as session:
        mail.update_email_config(session, actor=alice, data=EmailConfigUpdate(from_name=None, smtp_port=465))
        account, _ = mail.account_for(session, alice.id)
    assert (account.password, account.port, account.from_name) == (SECRET, 465, "")


@pytest.mark.parametrize(
    ("over", "sentence"),
    [
        ({"smtp_host": "mail.example.com"}, "would travel unencrypted"),
        ({"smtp_username": "robot"}, "Enter the password for robot"),
        ({"extra_headers": {"Bcc": "eve@example.com"}}, "The header Bcc is set by Rooster itself"),
        ({"extra_headers": {"Content-Type": "text/html"}}, "The header Content-Type is set"),
        ({"extra_headers": {"From": "eve@example.com"}}, "The header From is set by Rooster itself"),
        ({"extra_headers": {"subject": "Free"}}, "The header subject is set by Rooster itself"),
        ({"extra_headers": {"List-Unsubscribe": "<https://x>"}}, "The header List-Unsubscribe is set"),
        ({"extra_headers": {"Precedence": "bulk"}}, "The header Precedence is set by Rooster itself"),
        ({"extra_headers": {"X-Tag": "a", "x-tag": "b"}}, "Name each further header once"),
        ({"extra_headers": {"X Tag": "a"}}, "'X Tag' is not the name of a mail header"),
    ],
)
def test_it_refuses(alice: Actor, over: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        make_email_config(alice, **over)
    make_email_config(alice)
    with session_scope() as session, pytest.raises(InvalidInput, match=sentence):
        mail.update_email_config(session, actor=alice, data=EmailConfigUpdate.model_validate(over))


def test_the_merged_whole_has_one_kind_of_encryption(alice: Actor) -> None:
    make_email_config(alice, **GMAIL)
    with session_scope() as session, pytest.raises(InvalidInput, match="not both"):
        mail.update_email_config(session, actor=alice, data=EmailConfigUpdate(use_ssl=True))


def test_a_listed_host_may_be_used_without_encryption(alice: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROOSTER_PLAIN_SMTP_HOSTS", "relay.example.com")
    get_settings.cache_clear()
    assert make_email_config(alice, smtp_host="relay.example.com").smtp_host == "relay.example.com"


@pytest.mark.parametrize("host", ["10.0.0.5", "2130706433", "::ffff:127.0.0.1", "169.254.169.254"])
def test_private_networks_can_be_closed(alice: Actor, monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    monkeypatch.setenv("ROOSTER_ALLOW_PRIVATE_NETWORKS", "0")
    get_settings.cache_clear()
    with pytest.raises(InvalidInput, match="not a mail server on the public internet"):
        make_email_config(alice, smtp_host=host, use_tls=True)
    with pytest.raises(InvalidInput, match="Port 6379 is not a mail port"):
        make_email_config(alice, smtp_host="smtp.example.com", smtp_port=6379, use_tls=True)


def test_without_an_account_the_workspaces_serves(alice: Actor, bob: Actor, admin: Actor) -> None:
    with read_scope() as session, pytest.raises(DeliveryError, match="page E-mail settings") as missing:
        mail.account_for(session, alice.id)
    assert missing.value.error_class == "missing_account"
    data = EmailConfigCreate.model_validate(mail_account_fields(from_email="all@example.test"))
    with session_scope() as session:
        mail.save_workspace_config(session, actor=admin, data=data)
    make_email_config(bob)
    with read_scope() as session:
        assert mail.account_for(session, alice.id)[0].from_email == "all@example.test"
        assert mail.account_for(session, bob.id)[0].from_email == "reports@example.test"
        assert mail.account_warning(session, alice.id) is None


def test_only_administrators_see_the_workspaces_account(charlie: Actor) -> None:
    data = EmailConfigCreate.model_validate(mail_account_fields())
    with session_scope() as session:
        for call in (
            lambda: mail.get_workspace_config(session, actor=charlie),
            lambda: mail.save_workspace_config(session, actor=charlie, data=data),
            lambda: mail.update_workspace_config(session, actor=charlie, data=EmailConfigUpdate(smtp_port=1)),
            lambda: mail.delete_workspace_config(session, actor=charlie),
        ):
            with pytest.raises(NotFound):
                call()


def test_charlie_sees_nothing(alice: Actor, charlie: Actor) -> None:
    make_email_config(alice)
    with session_scope() as session:
        assert mail.find_email_config(session, actor=charlie) is None
        with pytest.raises(NotFound, match="There is no mail account yet"):
            mail.update_email_config(session, actor=charlie, data=EmailConfigUpdate(smtp_port=1))
        with pytest.raises(NotFound):
            mail.delete_email_config(session, actor=charlie)
        with pytest.raises(InvalidInput, match="There is no mail account yet"):
            mail.prepare_test(session, actor=charlie)


def test_a_deleted_account_is_gone(alice: Actor) -> None:
    make_email_config(alice)
    with session_scope() as session:
        mail.delete_email_config(session, actor=alice)
        assert mail.find_email_config(session, actor=alice) is None


def test_a_test_sends_a_mail_to_oneself_and_is_remembered(alice: Actor, smtp_server: Callable[..., SmtpServer]) -> None:
    server = smtp_server()
    make_email_config(alice, smtp_port=server.port)
    result = _test(alice)
    assert result.success, result
    assert [received.recipients for received in server.received] == [[alice.email]]
    with read_scope() as session:
        found = mail.find_email_config(session, actor=alice)
    assert found is not None
    assert found.last_test is not None
    assert found.last_test["success"] is True


def test_a_failed_test_says_at_which_step(alice: Actor, smtp_server: Callable[..., SmtpServer]) -> None:
    server = smtp_server(behaviour=Behaviour(rcpt={alice.email: "550 5.1.1 unknown"}))
    data = EmailConfigCreate.model_validate(mail_account_fields(smtp_port=server.port))
    result = _test(alice, data=data)
    assert not result.success
    assert (result.steps[0].ok, result.steps[-1].name, result.steps[-1].ok) == (True, "Send", False)


def test_only_administrators_name_another_reader(
    alice: Actor, admin: Actor, smtp_server: Callable[..., SmtpServer]
) -> None:
    server = smtp_server()
    data = EmailConfigCreate.model_validate(mail_account_fields(smtp_port=server.port))
    with pytest.raises(InvalidInput, match="A test goes to your own address"):
        _test(alice, data=data, recipient="eve@example.test")
    assert _test(admin, data=data, recipient="dana@example.test").success
    assert server.received[0].recipients == ["dana@example.test"]


def test_five_tests_a_minute_are_enough(alice: Actor, smtp_server: Callable[..., SmtpServer]) -> None:
    data = EmailConfigCreate.model_validate(mail_account_fields(smtp_port=smtp_server().port))
    for _ in range(5):
        _test(alice, data=data)
    with pytest.raises(LimitReached, match="5 tests a minute"):
        _test(alice, data=data)


def test_a_header_of_several_lines_is_refused_in_words(alice: Actor) -> None:
    for headers in ({"X-Tag": "a\r\nBcc: eve@example.com"}, {"X-Tag\r\nBcc": "eve@example.com"}):
        with pytest.raises(ValidationError, match="use one line without control characters"):
            make_email_config(alice, extra_headers=headers)


def test_what_the_server_announced_counts_until_another_server_is_chosen(alice: Actor) -> None:
    saved = make_email_config(alice, **GMAIL, preset="gmail")
    with session_scope() as session:
        assert mail.account_for(session, alice.id)[0].max_size == 25_000_000
        mail.note_size_limit(session, saved.id, 10_000_000)
        assert mail.account_for(session, alice.id)[0].max_size == 10_000_000
        mail.note_size_limit(session, saved.id, 35_000_000)
        assert mail.account_for(session, alice.id)[0].max_size == 25_000_000
        mail.update_email_config(
            session, actor=alice, data=EmailConfigUpdate(smtp_host="smtp.example.org", preset=None)
        )
        assert mail.account_for(session, alice.id)[0].max_size is None
