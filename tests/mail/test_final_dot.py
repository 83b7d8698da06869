"""The word before the final dot: what makes a mail go out at most once."""

from __future__ import annotations

import pytest

from core.errors import DeliveryError
from core.mail.smtp import connect
from tests.mail.mails import send, short_mail


def test_it_asks_once_before_the_server_has_the_mail(smtp_server):
    server = smtp_server()
    seen: list[int] = []

    def mark() -> bool:
        seen.append(len(server.received))
        return True

    send(server.account(), before_final_dot=mark)
    assert seen == [0]
    assert len(server.received) == 1


@pytest.mark.parametrize("mode", ["plain", "starttls", "tls"])
def test_a_refusal_leaves_no_mail(smtp_server, mode):
    server = smtp_server(mode=mode)
    with pytest.raises(DeliveryError, match="held back") as caught:
        send(server.account(), before_final_dot=lambda: False)
    assert not caught.value.permanent
    assert not caught.value.uncertain
    # The next mail proves that the server has dealt with the broken one.
    send(server.account(), message=short_mail("second"))
    assert [mail.message.get_content().strip() for mail in server.received] == ["second"]


def test_an_error_of_the_marker_closes_the_line_and_comes_through(smtp_server):
    server = smtp_server()
    account = server.account()

    def fail() -> bool:
        raise RuntimeError("the database is gone")

    with connect(account) as session:
        with pytest.raises(RuntimeError, match="the database is gone"):
            session.send(
                short_mail().as_bytes(),
                envelope_from=account.from_email,
                recipient="dana@example.com",
                before_final_dot=fail,
            )
        assert not session.is_open
    assert server.received == []


def test_lines_with_dots_and_long_bodies_arrive_whole(smtp_server):
    server = smtp_server()
    text = ".\n..\n.hidden\n" + "A line of some length.\n" * 20_000
    send(server.account(), message=short_mail(text))
    assert server.received[0].message.get_content().replace("\r\n", "\n") == text


def test_one_connection_takes_many_mails(smtp_server):
    server = smtp_server()
    account = server.account()
    with connect(account) as session:
        for number in range(5):
            session.send(
                short_mail(str(number)).as_bytes(),
                envelope_from=account.from_email,
                recipient=f"p{number}@example.com",
                before_final_dot=lambda: True,
            )
    assert [mail.recipients for mail in server.received] == [[f"p{number}@example.com"] for number in range(5)]
