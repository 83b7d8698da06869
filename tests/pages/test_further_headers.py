"""Further headers of a mail account, as lines of text."""

from __future__ import annotations

import pytest

from core.database import read_scope
from core.errors import InvalidInput
from core.schemas.accounts import Actor
from core.services import email_configurations
from pages.components.header_lines import as_lines, from_lines
from tests.factories import make_email_config
from tests.pages.conftest import Open, words

LINES = "X-PM-Message-Stream: reports\nX-Tag: a: b"
HEADERS = {"X-PM-Message-Stream": "reports", "X-Tag": "a: b"}


def headers_of(actor: Actor) -> dict[str, str]:
    with read_scope() as session:
        saved = email_configurations.find_email_config(session, actor=actor)
    assert saved is not None
    return saved.extra_headers


def test_lines_and_headers_say_the_same() -> None:
    assert from_lines(f"\n  {LINES}\n\n") == HEADERS
    assert from_lines(as_lines(HEADERS)) == HEADERS


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("X-Tag reports", "Line 1 of the further headers is no header"),
        ("X-Tag: a\n: b", "Line 2 of the further headers is no header"),
        ("X-Tag:", "Line 1 of the further headers is no header"),
        ("X-Tag: a\nx-tag: b", "The header x-tag stands there twice"),
    ],
)
def test_what_is_no_header_is_refused_in_words(text: str, sentence: str) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        from_lines(text)


def test_the_page_saves_them_and_shows_them_again(alice: Actor, open_page: Open) -> None:
    make_email_config(alice, smtp_host="localhost")
    page = open_page(alice, "pages/email_settings.py")
    page.text_area(key="mail-own-headers").set_value(LINES).run()
    page.button(key="mail-own-save").click().run()
    assert headers_of(alice) == HEADERS
    assert open_page(alice, "pages/email_settings.py").text_area(key="mail-own-headers").value == LINES


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Subject: mine", "The header Subject is set by Rooster itself"),
        ("no colon at all", "Line 1 of the further headers is no header"),
        ("X-Tag: a\rBcc: eve@example.com", "use one line without control characters"),
    ],
)
def test_the_page_says_what_is_wrong_and_saves_nothing(alice: Actor, open_page: Open, text: str, sentence: str) -> None:
    make_email_config(alice, smtp_host="localhost", extra_headers={"X-Tag": "before"})
    page = open_page(alice, "pages/email_settings.py")
    page.text_area(key="mail-own-headers").set_value(text).run()
    page.button(key="mail-own-save").click().run()
    assert sentence in words(page)
    assert headers_of(alice) == {"X-Tag": "before"}
