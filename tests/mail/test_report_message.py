"""The structure and the headers of a report's mail."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from email.message import EmailMessage

from core.mail.attachments import attach
from core.mail.headers import POLICY, message_id
from core.mail.message import build_test_message
from core.mail.notices import build_failure_notice
from tests.mail.mails import SENDER
from tests.mail.reports import EXECUTION, REPORT, make_document, make_files, make_section, report_mail


def _sent(message: EmailMessage) -> EmailMessage:
    return message_from_bytes(message.as_bytes(), policy=policy.default)


def _raw_header(message: EmailMessage, name: str) -> bytes:
    found = re.search(rb"(?m)^" + name.encode() + rb": (.*(?:\r\n[ \t].*)*)\r\n", message.as_bytes())
    assert found is not None
    return found.group(1)


def _shape(part: EmailMessage) -> str | list[object]:
    if not part.is_multipart():
        return part.get_content_type()
    return [part.get_content_type(), *(_shape(inner) for inner in part.iter_parts())]


def test_its_parts_are_text_then_html_with_pictures_then_files():
    pictures = ["multipart/related", "text/html", "image/png", "image/png"]
    assert _shape(_sent(report_mail())) == [
        "multipart/mixed",
        ["multipart/alternative", "text/plain", pictures],
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "text/csv",
        "application/pdf",
    ]


def test_it_carries_the_headers_that_keep_mailboxes_tidy():
    message = _sent(report_mail())
    assert str(message["From"]) == "Northwind Reports <reports@example.com>"
    assert str(message["Reply-To"]) == "sam@example.com"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "All"
    assert message["List-Id"] == f"departures-by-airline <report-{REPORT}.example.com>"
    assert (message["X-Report-Id"], message["X-Report-Run"]) == (REPORT, EXECUTION)
    assert message["X-Report-Status"] == "success"
    assert message["X-Entity-Ref-ID"] == EXECUTION
    assert message["Content-Language"] == "en"
    assert str(message["Date"]) == "Mon, 24 Jun 2013 11:00:04 +0000"


def test_long_ids_are_neither_encoded_nor_wrapped():
    message = report_mail(list_id=f"reports <{'a' * 120}.example.com>")
    for name in ("List-Id", "Message-ID", "X-Entity-Ref-ID"):
        raw = _raw_header(message, name)
        assert b"=?" not in raw
        assert b"\r\n" not in raw


def test_its_message_id_is_the_same_for_each_attempt():
    first = message_id(EXECUTION, "dana@example.com", 1, "example.com")
    assert re.fullmatch(r"<[0-9a-f-]{36}@example\.com>", first)
    assert message_id(EXECUTION, "Dana@example.com", 1, "example.com") == first
    assert message_id(EXECUTION, "dana@example.com", 2, "example.com") != first
    assert message_id(EXECUTION, "kim@example.com", 1, "example.com") != first


def test_without_cc_a_copy_names_its_reader_alone():
    message = report_mail(to=["dana@example.com", "kim@example.com"], recipient="kim@example.com")
    assert (str(message["To"]), message["Cc"]) == ("kim@example.com", None)


def test_with_cc_every_copy_shows_to_and_cc_and_never_bcc():
    message = report_mail(
        to=["dana@example.com", "kim@example.com"], cc=["boss@example.com"], recipient="hidden@example.com"
    )
    assert str(message["To"]) == "dana@example.com, kim@example.com"
    assert str(message["Cc"]) == "boss@example.com"
    head, _, _ = message.as_bytes().partition(b"\r\n\r\n")
    assert b"hidden" not in head
    assert b"Bcc" not in head


def test_a_test_says_so_in_its_subject_and_footer():
    message = report_mail(make_document(trigger="test"))
    assert str(message["Subject"]).startswith("[Test] Departures by airline")
    assert "Nobody else got it" in message.get_body(("plain",)).get_content()


def test_a_failed_tile_makes_the_status_partial():
    document = make_document(make_section(), make_section(error="The table is gone.", preview=None))
    assert report_mail(document)["X-Report-Status"] == "partial"


def test_a_subject_is_one_line_of_sane_length():
    message = report_mail(subject="Airlines\r\n\u2028 and " + "more " * 100)
    subject = str(_sent(message)["Subject"])
    assert len(subject) == 150
    assert subject.startswith("Airlines and more")
    assert subject.endswith("\u2026")


def test_files_can_be_added_after_a_rest_on_the_disk():
    kept = report_mail(attach_files=False)
    assert list(kept.iter_attachments()) == []
    read = message_from_bytes(kept.as_bytes(), policy=POLICY)
    attach(read, make_files())
    whole = report_mail()
    assert _shape(_sent(read)) == _shape(_sent(whole))
    assert {name: str(value) for name, value in _sent(read).items() if name != "Content-Type"} == {
        name: str(value) for name, value in _sent(whole).items() if name != "Content-Type"
    }
    assert _raw_header(read, "List-Unsubscribe") == _raw_header(whole, "List-Unsubscribe")


def test_a_failure_notice_goes_to_the_owner_with_what_happens_next():
    message = build_failure_notice(
        sender=SENDER,
        recipient="sam@example.com",
        title="Departures by airline did not arrive",
        report_id=REPORT,
        execution_id=EXECUTION,
        workspace="Northwind Airports",
        scheduled_text="Mon 24 Jun 2013, 07:00",
        cause="The database flights_dw did not answer.",
        next_step="It runs again at 07:15.",
        message_id="<f@example.com>",
        date=make_document().head.scheduled_for,
        base_url="https://reports.example.com",
    )
    assert message["Importance"] == "high"
    assert message["X-Report-Status"] == "failed"
    for body in ("plain", "html"):
        content = message.get_body((body,)).get_content()
        assert "It runs again at 07:15." in content
        assert f"https://reports.example.com/execution?id={EXECUTION}" in content


def test_a_test_mail_of_an_account_names_the_server():
    message = build_test_message(
        sender=SENDER,
        recipient="sam@example.com",
        workspace="Northwind Airports",
        host="smtp.example.com",
        message_id="<t@example.com>",
        date=make_document().head.scheduled_for,
    )
    assert str(message["Subject"]) == "[Test] Rooster can send mail"
    assert "through smtp.example.com" in message.get_body(("plain",)).get_content()
