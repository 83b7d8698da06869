"""What mail programs and their readers need of the HTML, checked in a real parser: structure, names, hidden text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from core.mail.render import HTML_BUDGET
from tests.mail.reports import COLUMNS, SectionHead, airlines_table, make_document, make_section, report_mail

pytestmark = pytest.mark.browser

STOP = "https://reports.example.com/u/token"


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    yield page
    page.close()


def html_of(**head: Any) -> str:
    document = make_document(**head) if head else None
    html: str = report_mail(document, stop_url=STOP).get_body(("html",)).get_content()
    return html


@pytest.fixture
def mail(page: Page) -> Page:
    page.set_content(html_of())
    return page


def test_the_table_of_the_data_has_headers_and_every_other_is_layout(mail: Page) -> None:
    tables = "[...document.querySelectorAll('table')].map(table => [!!table.tHead, table.getAttribute('role')])"
    found = mail.evaluate(tables)
    assert found.count([True, None]) == 1
    assert found.count([False, "presentation"]) == len(found) - 1
    assert mail.locator("thead th").count() == mail.locator("thead th[scope=col]").count() == 7
    assert mail.locator("tbody tr > th[scope=row]:first-child").count() == 10


def test_the_picture_says_what_it_shows_and_bends_to_the_screen(mail: Page) -> None:
    picture = mail.locator("img.lt")
    assert re.search("highest .+ lowest", picture.get_attribute("alt") or "")
    assert picture.get_attribute("width") == "590"
    assert "max-width:590px" in (picture.get_attribute("style") or "")


def test_inboxes_show_key_figures_and_nothing_of_the_body(mail: Page) -> None:
    first = mail.locator("body > div").first
    hidden = first.evaluate("element => element.textContent")
    line = hidden.partition("\u2007")[0]
    assert line == "Departures 6,680 \u00b7 On time 76.4% \u00b7 Average delay 14.7 min \u00b7 Cancelled 103"
    assert len(line) <= 110
    assert hidden.count("\u2007\ufeff\u034f") >= 30
    assert not first.is_visible()


def test_phones_are_told_to_link_nothing_and_both_schemes_are_announced(mail: Page) -> None:
    metas = mail.evaluate(
        "Object.fromEntries([...document.querySelectorAll('meta[name]')].map(m => [m.name, m.content]))"
    )
    assert metas["color-scheme"] == metas["supported-color-schemes"] == "light dark"
    for kind in ("telephone", "date", "address", "email", "url"):
        assert f"{kind}=no" in metas["format-detection"]
    assert ":root{color-scheme:light dark" in html_of()


@pytest.mark.parametrize(("locale", "direction", "side"), [("en_GB", "ltr", "left"), ("ar_EG", "rtl", "right")])
def test_language_and_direction_are_named_and_the_layout_follows(
    locale: str, direction: str, side: str, page: Page
) -> None:
    page.set_content(html_of(locale=locale))
    assert page.evaluate("[document.documentElement.lang, document.documentElement.dir]") == ["en", direction]
    edges = """() => {const row = [...document.querySelectorAll('thead + tbody > tr:first-child > *')];
        return [row.at(0), row.at(-1)].map(cell => cell.getBoundingClientRect().left)}"""
    name, last = page.evaluate(edges)
    assert (name < last) == (side == "left")


def test_styles_are_at_the_tags_and_one_sheet_has_only_what_cannot_be(mail: Page) -> None:
    assert mail.locator("style").count() == 1
    assert mail.locator("table[style], td[style], h1[style], h2[style]").count() > 50
    assert mail.locator("td[style*=font-family], th[style*=font-family]").count() == 0
    sheet = mail.locator("style").inner_text()
    plain = re.sub(r"@media[^{]*\{(?:[^{}]*\{[^}]*\})*\s*\}", "", sheet)
    assert "data-ogsc" in plain
    assert re.findall(r"^(?!\[data)[^{\n]+(?=\{)", plain, re.M) == [":root", ".only-sm,.dk"]


def test_word_gets_tables_of_its_own_where_it_knows_no_widths() -> None:
    html = html_of()
    hidden = re.findall(r"<!--\[if mso\]>(.*?)<!\[endif\]-->", html, re.S)
    for tag in ("table", "tr", "td"):
        opened = sum(len(re.findall(rf"<{tag}\b", part)) for part in hidden)
        assert opened == sum(part.count(f"</{tag}>") for part in hidden) > 0
    assert '<!--[if mso]><table role="presentation" width="640"' in html
    assert "<!--[if !mso]><!-->" in html
    assert html.count("mso-hide:all") == 3


def test_one_button_and_the_title_open_the_run_and_the_foot_says_why_when_and_how_to_stop(mail: Page) -> None:
    assert mail.locator("a.bb").count() == 1
    address = mail.locator("a.bb").get_attribute("href")
    assert mail.locator("h1 a").get_attribute("href") == address
    foot = mail.locator("body").inner_text().partition("You are getting this")[2]
    for said in ("Sam Ortiz added", "Every Monday at 07:00 (America/New_York)", "Sent by Sam Ortiz", "Run 8f2c41d0"):
        assert said in foot
    assert mail.get_by_text("View schedule").get_attribute("href") == (
        "https://reports.example.com/schedule?id=51c0ffee-0000-4000-8000-000000000002"
    )
    assert mail.get_by_text("Stop these mails").get_attribute("href") == STOP


def test_colour_is_never_the_only_sign(mail: Page) -> None:
    for tone in ("good", "bad"):
        for text in mail.locator(f"div.{tone}").all_inner_texts():
            assert text[0] in "\u25b2\u25bc"
    for chip in mail.locator("td span[class^=c]:not(.ch)").all_inner_texts():
        assert chip.endswith("%")


def test_numbers_that_name_something_are_not_grouped(page: Page) -> None:
    column = COLUMNS[1]
    flight = type(column)("flight", column.type, "id", "Flight")
    table = airlines_table().rename_columns(["airline", "flight", *[c.name for c in COLUMNS[2:]]])
    section = make_section(head=SectionHead("f", "Flights", (COLUMNS[0], flight)), preview=table, kpis=(), chart=None)
    page.set_content(report_mail(make_document(section)).get_body(("html",)).get_content())
    assert page.locator("thead + tbody td").first.inner_text() == "1189"


def test_the_whole_is_far_below_what_is_clipped() -> None:
    assert len(html_of().encode()) < 60_000 < HTML_BUDGET
