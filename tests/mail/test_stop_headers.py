"""Stopping a report's mails: what mail clients read in the headers (RFC 2369, RFC 8058) and people in the footer."""

from __future__ import annotations

import re
from email import message_from_bytes, policy

import pytest

from core.mail.headers import POLICY
from tests.mail.reports import make_document, report_mail

TOKEN = "aB3-_" * 14
URL = f"https://reports.example.com/u/{TOKEN}"
LONG_NAME = "A name that no header line can hold any more " * 3


def raw_header(content: bytes, name: str) -> str:
    """As it travels, with its folding."""
    found = re.search(rb"(?m)^" + name.encode() + rb": (.*(?:\r\n[ \t].*)*)\r\n", content)
    assert found is not None, f"there is no {name}"
    return found.group(1).decode("ascii")


def bodies(message):
    return [message.get_body((kind,)).get_content() for kind in ("plain", "html")]


def test_with_https_one_click_stands_before_the_mail_to_the_owner():
    message = report_mail(stop_url=URL)
    listed = str(message["List-Unsubscribe"])
    assert re.fullmatch(rf"<{URL}>, <mailto:sam@example\.com\?subject=Stop[^<>]*>", listed)
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_a_long_header_is_neither_wrapped_nor_encoded_not_even_after_a_rest_on_the_disk():
    message = report_mail(make_document(name=LONG_NAME), stop_url=URL)
    kept = message_from_bytes(message.as_bytes(), policy=POLICY)
    for content in (message.as_bytes(), kept.as_bytes()):
        raw = raw_header(content, "List-Unsubscribe")
        assert len(raw) > 200
        assert "\r\n" not in raw
        assert "=?" not in raw
        assert raw.startswith(f"<{URL}>, <mailto:")
    assert message_from_bytes(kept.as_bytes(), policy=policy.default)["List-Unsubscribe"] == message["List-Unsubscribe"]


def test_without_https_stopping_is_a_mail_to_the_owner():
    message = report_mail(stop_url="http://reports.internal/u/abc")
    assert raw_header(message.as_bytes(), "List-Unsubscribe").startswith("<mailto:sam@example.com?subject=Stop")
    assert message["List-Unsubscribe-Post"] is None


@pytest.mark.parametrize("url", [URL, "http://reports.internal/u/abc"])
def test_the_footer_has_the_link_in_both_bodies(url):
    for body in bodies(report_mail(stop_url=url)):
        assert "Stop these mails" in body
        assert url in body


def test_a_test_cannot_be_stopped():
    message = report_mail(make_document(trigger="test"), stop_url=URL)
    assert message["List-Unsubscribe"] is None
    assert message["List-Unsubscribe-Post"] is None
    assert not [body for body in bodies(message) if "Stop these mails" in body or URL in body]
