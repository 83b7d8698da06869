"""Who may read a mail on its way: nobody."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.errors import DeliveryError
from core.mail.smtp import SmtpAccount, connect
from core.mail.smtp_connect import check_policy, is_public, open_client, resolve
from tests.fixtures_smtp import PASSWORD, USER, Certificates
from tests.mail.mails import send


@pytest.mark.parametrize("mode", ["plain", "starttls", "tls"])
def test_it_hands_a_mail_over(smtp_server, mode):
    server = smtp_server(mode=mode)
    reply = send(server.account())
    assert reply.code == 250
    assert [mail.recipients for mail in server.received] == [["dana@example.com"]]


@pytest.mark.parametrize("mode", ["starttls", "tls"])
def test_it_logs_in_on_an_encrypted_line(smtp_server, mode):
    server = smtp_server(mode=mode, auth=True)
    send(server.account(username=USER, password=PASSWORD))
    assert server.logins == [USER]
    assert len(server.received) == 1


@pytest.mark.parametrize("mode", ["starttls", "tls"])
def test_it_names_the_tls_version(smtp_server, mode):
    with connect(smtp_server(mode=mode).account()) as session:
        assert session.tls_version in ("TLSv1.2", "TLSv1.3")


@pytest.mark.parametrize("mode", ["starttls", "tls"])
def test_it_refuses_a_certificate_of_an_unknown_authority(smtp_server, certificates: Certificates, mode):
    server = smtp_server(mode=mode)
    with pytest.raises(DeliveryError, match="certificate of localhost is not trusted") as caught:
        send(server.account(ca_file=certificates.other_ca_file))
    assert (caught.value.permanent, caught.value.server_wide) == (True, True)
    assert caught.value.error_class == "certificate"
    assert server.received == []


@pytest.mark.parametrize("mode", ["starttls", "tls"])
def test_it_refuses_the_certificate_of_another_host(smtp_server, mode):
    with pytest.raises(DeliveryError, match="Hostname mismatch"):
        send(smtp_server(mode=mode, wrong_host=True).account())


def test_it_refuses_a_server_whose_starttls_was_stripped(smtp_server):
    server = smtp_server(mode="plain", auth=True)
    with pytest.raises(DeliveryError, match="does not offer STARTTLS") as caught:
        send(server.account(use_tls=True, username=USER, password=PASSWORD))
    assert caught.value.permanent
    assert server.logins == []


def test_it_says_that_a_port_does_not_speak_tls_at_once(smtp_server):
    with pytest.raises(DeliveryError, match="Choose STARTTLS") as caught:
        open_client(smtp_server(mode="plain").account(use_ssl=True))
    assert caught.value.permanent


def test_it_sends_unencrypted_to_loopback_and_listed_hosts_only():
    plain = SmtpAccount(host="mail.example.com", port=25, from_email="a@example.com", use_tls=False)
    with pytest.raises(DeliveryError, match="would travel unencrypted"):
        check_policy(plain)
    check_policy(replace(plain, plain_hosts=frozenset({"mail.example.com"})))
    check_policy(replace(plain, host="localhost"))


def test_it_refuses_other_ports_where_private_addresses_are_forbidden():
    account = SmtpAccount(host="mail.example.com", port=6379, from_email="a@example.com", allow_private=False)
    with pytest.raises(DeliveryError, match="Port 6379 is not a mail port"):
        check_policy(account)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "017700000001",
        "0.0.0.0",  # noqa: S104 - an address to refuse
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "::1",
        "::ffff:127.0.0.1",
        "fd00::1",
        "2002:7f00:1::",
        "224.0.0.1",
    ],
)
def test_it_refuses_every_spelling_of_a_private_address(host):
    account = SmtpAccount(host=host, port=587, from_email="a@example.com", allow_private=False)
    with pytest.raises(DeliveryError, match="not a mail server on the public internet"):
        resolve(account)


def test_it_knows_public_addresses():
    assert is_public("8.8.8.8")
    assert is_public("2001:4860:4860::8888")
