"""Signing in, staying and leaving, in a real Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from core import clock
from core.mail.catcher import Outbox
from tests.fixtures_web import PASSWORD, WebServer

pytestmark = pytest.mark.browser
_PATIENCE_MS = 60_000


@pytest.fixture
def context(browser: Browser, web_server: WebServer) -> Iterator[BrowserContext]:
    """A fresh browser profile; it may ask this server and nobody else."""
    context = browser.new_context(base_url=web_server.url)
    context.set_default_timeout(_PATIENCE_MS)
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    yield context
    context.close()
    own = (web_server.url, "data:", "blob:")
    assert [url for url in asked if not url.startswith(own)] == []


def sign_in(context: BrowserContext, target: str = "/") -> Page:
    page = context.new_page()
    page.goto(target)
    page.get_by_label("E-mail address").fill("dana@example.test")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(way_out(page)).to_be_visible(timeout=_PATIENCE_MS)
    return page


def way_out(page: Page) -> Any:
    return page.get_by_role("button", name="Sign out")


def test_the_password_field_has_the_focus_after_an_error(context: BrowserContext) -> None:
    page = context.new_page()
    page.goto("/login")
    expect(page.get_by_label("E-mail address")).to_be_focused()
    page.keyboard.type("dana@example.test")
    page.get_by_label("Password").fill("wrong password")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("wrong")
    expect(page.get_by_label("Password")).to_be_focused()
    expect(page.get_by_label("E-mail address")).to_have_value("dana@example.test")


def test_a_person_arrives_where_they_wanted_to_and_stays_signed_in(context: BrowserContext) -> None:
    page = sign_in(context, "/schedules?search=x")
    assert page.url.endswith("/schedules?search=x")
    page.reload()
    expect(way_out(page)).to_be_visible(timeout=_PATIENCE_MS)
    assert context.new_page().goto("/history").status == 200  # type: ignore[union-attr]


def test_an_address_that_comes_late_is_still_read(context: BrowserContext) -> None:
    """As after a click while the page before was still drawing."""
    page = sign_in(context, "/execution")
    page.evaluate("history.replaceState(history.state, '', '?id=11111111-2222-4333-8444-555555555555')")
    expect(page.get_by_text("This execution does not exist.")).to_be_visible(timeout=_PATIENCE_MS)


def test_a_run_without_an_address_says_so_in_the_end(context: BrowserContext) -> None:
    page = sign_in(context, "/execution")
    expect(page.get_by_text("names no run")).to_be_visible(timeout=_PATIENCE_MS)


@pytest.mark.parametrize("width", [1280, 390])
def test_leaving_in_one_tab_leads_the_other_to_the_login_page_and_back(context: BrowserContext, width: int) -> None:
    page = sign_in(context)
    other = context.new_page()
    other.set_viewport_size({"width": width, "height": 800})
    with other.expect_websocket() as opened:
        other.goto("/history?status=failed")
    expect(other.get_by_role("heading", name="History")).to_be_visible(timeout=_PATIENCE_MS)
    with opened.value.expect_event("close", timeout=_PATIENCE_MS):
        way_out(page).click()
        page.wait_for_url("**/login")
    other.wait_for_url("**/login?next=%2Fhistory%3Fstatus%3Dfailed", timeout=_PATIENCE_MS)
    expect(other.get_by_label("Password")).to_be_visible()
    assert "rooster_session" not in {cookie["name"] for cookie in context.cookies()}


def test_a_mail_in_a_frame_runs_no_script(context: BrowserContext, web_server: WebServer) -> None:
    message = EmailMessage()
    message.set_content("plain")
    html = "<h1>Hello</h1><script>document.querySelector('h1').textContent = 'ran'; parent.ran = true</script>"
    message.add_alternative(html, subtype="html")
    outbox = Outbox(web_server.data_dir / "outbox")
    mail_id = outbox.add(message.as_bytes(), sender="a@b.test", recipients=["c@d.test"], at=clock.now())
    sign_in(context)
    page = context.new_page()
    page.goto("/logout")
    page.goto(f"/preview/outbox/{mail_id}")
    expect(page.get_by_role("heading")).to_have_text("Hello")
