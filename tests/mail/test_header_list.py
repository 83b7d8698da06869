"""Every header that a mail of ours carries, on each kind of mail."""

from __future__ import annotations

import re
import socket
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from core.mail.message import build_account_message, build_test_message
from core.mail.notices import build_failure_notice, build_stop_notice
from core.mail.templates import DEFAULT_SUBJECT
from tests.mail.mails import SENDER
from tests.mail.reports import EXECUTION, REPORT, make_document, make_section, report_mail

NOW = datetime(2013, 6, 24, 11, 0, 4, tzinfo=UTC)
EXTRA = [("X-PM-Message-Stream", "reports")]


def sent(message: EmailMessage) -> EmailMessage:
    return message_from_bytes(message.as_bytes(), policy=policy.default)


def report() -> EmailMessage:
    return report_mail(extra_headers=EXTRA)


def failure() -> EmailMessage:
    return build_failure_notice(
        sender=SENDER, recipient="sam@example.com", title="Departures did not arrive", report_id=REPORT,
        execution_id=EXECUTION, workspace="Northwind", scheduled_text="24 Jun 2013, 07:00", cause="No answer.",
        next_step="It runs again.", message_id="<f@example.com>", date=NOW, base_url="https://r.example.com",
        extra_headers=EXTRA,
    )  # fmt: skip


def stop() -> EmailMessage:
    return build_stop_notice(
        sender=SENDER, recipient="sam@example.com", address="dana@example.com", report_name="Departures",
        report_id=REPORT, consequences=["It is paused."], workspace="Northwind", moment_text="24 Jun 2013, 07:00",
        message_id="<s@example.com>", date=NOW, base_url="https://r.example.com", extra_headers=EXTRA,
    )  # fmt: skip


def account_test() -> EmailMessage:
    return build_test_message(
        sender=SENDER, recipient="sam@example.com", workspace="Northwind", host="smtp.example.com",
        message_id="<t@example.com>", date=NOW, extra_headers=EXTRA,
    )  # fmt: skip


def invitation() -> EmailMessage:
    return build_account_message(
        sender=SENDER, recipient="sam@example.com", kind="invitation", workspace="Northwind", invited_by="Ada",
        url="https://r.example.com/set-password/x", until_text="27 Jun 2013", message_id="<i@example.com>", date=NOW,
        extra_headers=EXTRA,
    )  # fmt: skip


KINDS = (report, failure, stop, account_test, invitation)
# Everything but the report itself: nobody subscribed to these.
NOTICES = (failure, stop, account_test, invitation)


@pytest.mark.parametrize("build", KINDS)
def test_every_mail_has_what_servers_and_people_need(build):
    message = sent(build())
    for name in ("From", "To", "Subject", "Message-ID", "Date", "MIME-Version", "Content-Language"):
        assert len(message.get_all(name)) == 1, name
    assert re.search(r" [+-]\d{4}$", str(message["Date"]))
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "All"
    assert message["Bcc"] is None


@pytest.mark.parametrize("build", KINDS)
def test_the_headers_of_the_account_stand_on_every_mail(build):
    assert sent(build())["X-PM-Message-Stream"] == "reports"


@pytest.mark.parametrize("build", NOTICES)
def test_a_notice_cannot_be_stopped(build):
    message = build()
    assert message["List-Unsubscribe"] is None
    assert message["List-Unsubscribe-Post"] is None
    assert "Stop these mails" not in message.get_body(("html",)).get_content()


@pytest.mark.parametrize("build", KINDS)
def test_only_a_failure_is_important(build):
    assert build()["Importance"] == ("high" if build is failure else None)


def test_the_message_id_names_the_senders_domain_and_never_this_machine():
    identifier = str(report()["Message-ID"])
    assert identifier.endswith("@example.com>")
    assert socket.gethostname() not in identifier


def test_a_thread_is_not_made_of_runs():
    message = report()
    assert message["X-Entity-Ref-ID"] == EXECUTION
    assert (message["References"], message["In-Reply-To"]) == (None, None)
    # The date in it keeps mail clients from folding one run into the next.
    assert "period.label" in DEFAULT_SUBJECT


def test_runs_that_are_kept_together_answer_one_mail_that_never_was():
    message = sent(report_mail(keep_thread=True))
    assert message["References"] == message["In-Reply-To"]
    assert re.fullmatch(rf"<report-{REPORT}\.thread@example\.com>", message["References"])
    assert message["X-Entity-Ref-ID"] is None


def test_more_than_one_person_makes_it_bulk():
    assert report()["Precedence"] is None
    assert report_mail(to=["dana@example.com", "kim@example.com"])["Precedence"] == "bulk"
    assert report_mail(cc=["kim@example.com"])["Precedence"] == "bulk"


def test_support_can_tell_report_run_and_state_apart():
    message = report()
    assert (message["X-Report-Id"], message["X-Report-Run"], message["X-Report-Status"]) == (
        REPORT,
        EXECUTION,
        "success",
    )
    partial = report_mail(make_document(make_section(), make_section(error="It is gone.", preview=None)))
    assert partial["X-Report-Status"] == "partial"
    assert failure()["X-Report-Status"] == "failed"


def test_no_header_line_is_longer_than_mail_servers_take():
    for build in KINDS:
        head = build().as_bytes().partition(b"\r\n\r\n")[0]
        assert max(len(line) for line in head.split(b"\r\n")) <= 998
