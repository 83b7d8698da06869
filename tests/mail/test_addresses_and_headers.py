"""No header may be forged, and every address and file name arrives as it was meant."""

from __future__ import annotations

from email import message_from_bytes, policy

import pytest

from core.errors import DeliveryError
from core.mail.attachments import Attachment, FittedFiles
from core.mail.headers import Sender, ascii_address
from tests.mail.mails import send, short_mail
from tests.mail.reports import make_document, report_mail

EVIL = "x@example.com\r\nBcc: victim@example.com"


@pytest.mark.parametrize(
    "changes",
    [
        {"recipient": EVIL, "to": [EVIL]},
        {"cc": [EVIL]},
        {"reply_to": EVIL},
        {"sender": Sender(EVIL)},
        {"sender": Sender("reports@example.com", "Reports\r\nBcc: victim@example.com")},
        {"subject": "Hello\r\nBcc: victim@example.com"},
        {"extra_headers": [("X-Tag", "a\r\nBcc: victim@example.com")]},
        {"extra_headers": [("X-Tag\r\nBcc", "victim@example.com")]},
        {"files": FittedFiles((Attachment("a.csv\r\nBcc: victim@example.com", "text/csv", b"a", 1, "csv"),))},
    ],
    ids=["to", "cc", "reply-to", "from", "from name", "subject", "header value", "header name", "file name"],
)
def test_line_ends_never_make_a_header(changes):
    try:
        message = report_mail(**changes)
    except DeliveryError as error:
        assert error.permanent  # noqa: PT017 - either way is right: refused, or cleaned
        return
    parsed = message_from_bytes(message.as_bytes(), policy=policy.default)
    assert parsed["Bcc"] is None
    assert all(part["Bcc"] is None for part in parsed.walk())


def test_the_envelope_refuses_line_ends_too(smtp_server):
    server = smtp_server()
    with pytest.raises(DeliveryError, match="is not an e-mail address"):
        send(server.account(), recipient="x@example.com>\r\nRCPT TO:<victim@example.com")
    assert server.received == []


def test_extra_headers_are_added_but_replace_none():
    assert report_mail(extra_headers=[("X-PM-Message-Stream", "reports")])["X-PM-Message-Stream"] == "reports"
    with pytest.raises(DeliveryError, match="'Subject' of the mail account is not allowed"):
        report_mail(extra_headers=[("Subject", "mine")])


@pytest.mark.parametrize(
    ("address", "travels"),
    [
        ("dana@b\u00fccher.example", "dana@xn--bcher-kva.example"),
        ("dana@\u4f8b\u3048.jp", "dana@xn--r8jz45g.jp"),
        ("dana@EXAMPLE.com", "dana@example.com"),
        ("dana@mail.internal", "dana@mail.internal"),
        ("dana@localhost", "dana@localhost"),
    ],
)
def test_domains_travel_in_ascii(address, travels):
    assert ascii_address(address) == travels
    assert report_mail(recipient=address, to=[address])["To"].addresses[0].addr_spec == travels


@pytest.mark.parametrize("address", ["j\u00f6rg@example.com", "no-at-sign", "@example.com", "dana@", "a b@example.com"])
def test_it_refuses_addresses_that_cannot_travel(address):
    with pytest.raises(DeliveryError) as caught:
        ascii_address(address)
    assert (caught.value.permanent, caught.value.error_class) == (True, "recipient")


@pytest.mark.parametrize(
    "name", ["J\u00f6rg & S\u00f6hne", 'The "Best", Ltd.', "\u5317\u98a8\u7a7a\u6e2f", "Reports, Inc"]
)
def test_sender_names_come_back_whole(name):
    message = message_from_bytes(report_mail(sender=Sender("a@example.com", name)).as_bytes(), policy=policy.default)
    assert message["From"].addresses[0].display_name == name
    assert message["From"].addresses[0].addr_spec == "a@example.com"


@pytest.mark.parametrize(
    ("name", "arrives"),
    [
        ("plain.csv", "plain.csv"),
        ("with space and ; semicolon.csv", "with space and ; semicolon.csv"),
        ("\u00dcbersicht f\u00fcr M\u00fcnchen.csv", "\u00dcbersicht f\u00fcr M\u00fcnchen.csv"),
        ("\u822a\u7a7a\u4f1a\u793e.csv", "\u822a\u7a7a\u4f1a\u793e.csv"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("C:\\temp\\x.csv", "C_temp_x.csv"),
        ('quote".csv', "quote_.csv"),
        ("a\u202egnp.csv", "agnp.csv"),
        ("nul.csv", "_nul.csv"),
    ],
)
def test_file_names_come_back_whole_and_safe(name, arrives):
    message = report_mail(make_document(), files=FittedFiles((Attachment(name, "text/csv", b"a,b\r\n", 5, "csv"),)))
    parsed = message_from_bytes(message.as_bytes(), policy=policy.default)
    assert [part.get_filename() for part in parsed.iter_attachments()] == [arrives]


def test_files_arrive_byte_for_byte(smtp_server):
    content = bytes(range(256)) * 500
    server = smtp_server()
    table = Attachment("a.csv", "text/csv; charset=utf-8", content, len(content), "csv")
    message = report_mail(files=FittedFiles((table,)))
    send(server.account(), message=message)
    (part,) = server.received[0].message.iter_attachments()
    assert part.get_payload(decode=True) == content
    assert part.get_content_charset() == "utf-8"


def test_a_short_mail_has_no_line_that_is_too_long():
    assert max(len(line) for line in short_mail("word " * 1_000).as_bytes().splitlines()) <= 998
