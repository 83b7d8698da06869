"""Every answer of a server has a class: may it pass later, whose fault is it, is the mail perhaps delivered."""

from __future__ import annotations

import socket
from functools import partial

import pytest

from core.errors import DeliveryError
from core.mail import smtp_errors
from core.mail.smtp import SmtpAccount, ask_size, check_account, connect
from tests.fixtures_smtp import PASSWORD, USER, Behaviour
from tests.mail.mails import send, short_mail


def _facts(error: DeliveryError) -> tuple[bool, bool, bool, str, int | None]:
    return error.permanent, error.server_wide, error.uncertain, error.error_class, error.code


@pytest.mark.parametrize(
    ("behaviour", "facts"),
    [
        (Behaviour(mail="421 4.3.2 closing"), (False, True, False, "mail", 421)),
        (Behaviour(mail="550 5.7.60 SendAsDenied"), (True, True, False, "mail", 550)),
        (Behaviour(mail="530 5.7.0 must issue STARTTLS"), (True, True, False, "login", 530)),
        (Behaviour(rcpt={"dana@example.com": "450 4.2.0 greylisted"}), (False, False, False, "recipient", 450)),
        (Behaviour(rcpt={"dana@example.com": "550 5.1.1 no such user"}), (True, False, False, "recipient", 550)),
        (Behaviour(rcpt={"dana@example.com": "552 5.2.2 mailbox full"}), (True, False, False, "recipient", 552)),
        (Behaviour(data="451 4.3.0 try later"), (False, False, False, "message", 451)),
        (Behaviour(data="552 5.3.4 too big"), (True, False, False, "too_large", 552)),
        (Behaviour(data="554 5.7.1 looks like spam"), (True, False, False, "message", 554)),
    ],
    ids=lambda value: value.mail or value.data or "rcpt" if isinstance(value, Behaviour) else "",
)
def test_it_classes_what_the_server_says(smtp_server, behaviour, facts):
    server = smtp_server(behaviour=behaviour)
    with pytest.raises(DeliveryError) as caught:
        send(server.account())
    assert _facts(caught.value) == facts
    assert server.received == []


@pytest.mark.parametrize(("drop", "kept"), [("before_accept", 0), ("after_accept", 1)])
def test_it_is_uncertain_when_the_answer_to_the_dot_is_lost(smtp_server, drop, kept):
    server = smtp_server(behaviour=Behaviour(drop=drop))
    with pytest.raises(DeliveryError, match="may or may not have been delivered") as caught:
        send(server.account())
    assert caught.value.uncertain
    assert len(server.received) == kept


def test_it_tries_a_wrong_password_once(smtp_server):
    server = smtp_server(mode="starttls", auth=True)
    with pytest.raises(DeliveryError, match="Check the user name and the password") as caught:
        send(server.account(username=USER, password="wrong"))
    assert server.logins == [USER]
    assert (caught.value.permanent, caught.value.error_class, caught.value.code) == (True, "login", 535)


@pytest.mark.parametrize(
    ("code", "text", "said"),
    [
        (535, "5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled", "Microsoft 365"),
        (534, "5.7.9 Application-specific password required", "app password"),
        (535, "5.7.8 Username and Password not accepted. gsmtp", "app password"),
        (454, "4.7.0 Temporary authentication failure", "at the moment"),
    ],
)
def test_it_says_what_to_do_about_a_refused_login(code, text, said):
    error = smtp_errors.refused(code, text.encode(), stage="login", host="smtp.example.com")
    assert said in error.message
    assert error.permanent is (code != 454)


def test_it_checks_the_size_before_it_sends_anything(smtp_server):
    server = smtp_server(size=2_000)
    with pytest.raises(DeliveryError, match="takes at most") as caught:
        send(server.account(), message=short_mail("long " * 1_000))
    assert (caught.value.permanent, caught.value.error_class) == (True, "too_large")


def test_it_goes_on_with_the_next_person_after_a_refusal(smtp_server):
    server = smtp_server(behaviour=Behaviour(rcpt={"gone@example.com": "550 5.1.1 no such user"}))
    account = server.account()
    with connect(account) as session:
        handed = partial(
            session.send, short_mail().as_bytes(), envelope_from=account.from_email, before_final_dot=lambda: True
        )
        with pytest.raises(DeliveryError, match="no such user"):
            handed(recipient="gone@example.com")
        handed(recipient="dana@example.com")
    assert [mail.recipients for mail in server.received] == [["dana@example.com"]]


def test_it_says_that_nobody_listens():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        account = SmtpAccount(host="127.0.0.1", port=port, from_email="a@example.com", use_tls=False)
        with pytest.raises(DeliveryError, match="refuses connections") as caught:
            send(account)
    assert _facts(caught.value) == (False, True, False, "mail", None)


def test_it_says_that_there_is_no_such_server():
    account = SmtpAccount(host="mail.invalid", port=587, from_email="a@example.com")
    with pytest.raises(DeliveryError, match=r"no server named mail\.invalid"):
        send(account)


def test_a_check_tells_each_step(smtp_server):
    server = smtp_server(mode="starttls", auth=True)
    account = server.account(username=USER, password=PASSWORD)
    steps = check_account(account, recipient="dana@example.com", message=short_mail())
    assert [(step.name, step.ok) for step in steps] == [
        ("Connect", True),
        ("Encryption", True),
        ("Log in", True),
        ("Size limit", True),
        ("Send", True),
    ]
    assert len(server.received) == 1


def test_a_check_ends_with_the_step_that_failed(smtp_server):
    server = smtp_server(mode="starttls", auth=True)
    account = server.account(username=USER, password="wrong")
    steps = check_account(account, recipient="dana@example.com", message=short_mail())
    assert [(step.name, step.ok) for step in steps][-1] == ("Log in", False)
    assert server.received == []


def test_a_check_of_a_server_without_starttls_ends_at_the_encryption(smtp_server):
    account = smtp_server(mode="plain").account(use_tls=True)
    steps = check_account(account, recipient="dana@example.com", message=short_mail())
    assert [(step.name, step.ok) for step in steps] == [("Connect", True), ("Encryption", False)]
    assert "does not offer STARTTLS" in steps[-1].detail


def test_a_check_of_a_port_without_tls_ends_at_the_encryption(smtp_server):
    account = smtp_server(mode="plain").account(use_ssl=True)
    steps = check_account(account, recipient="dana@example.com", message=short_mail())
    assert [(step.name, step.ok) for step in steps] == [("Connect", True), ("Encryption", False)]


def test_a_check_promises_no_further_try(smtp_server):
    busy = smtp_server(behaviour=Behaviour(data="451 4.3.0 try later"))
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        away = SmtpAccount("127.0.0.1", unused.getsockname()[1], from_email="a@example.com", use_tls=False)
        for account in (away, busy.account()):
            failed = check_account(account, recipient="dana@example.com", message=short_mail())[-1]
            assert not failed.ok
            assert "Rooster" not in failed.detail


def test_a_server_is_asked_for_its_limit_and_may_be_away(smtp_server):
    server = smtp_server(mode="starttls", auth=True, size=700_000)
    assert ask_size(server.account()) == 700_000
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    assert ask_size(server.account(port=port)) is None
