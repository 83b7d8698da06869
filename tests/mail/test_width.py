"""No mail is wider than its window, in the widest font that a mail program falls back on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Page

from core.document.model import ReportDocument
from tests.mail.reports import airlines_table, make_document, make_section, report_mail

LONG = ("Mitteldeutsche Regionalfluggesellschaft", "Atlantic Southeast Airlines", "Aeroflot")


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    yield page
    page.close()


def width(page: Page, document: ReportDocument, window: int) -> int:
    html = report_mail(document).get_body(("html",)).get_content()
    page.set_viewport_size({"width": window, "height": 800})
    page.set_content(html.replace("<style>", '<style>*{font-family:"DejaVu Sans",sans-serif!important}', 1))
    found: int = page.evaluate("document.documentElement.scrollWidth")
    return found


@pytest.mark.browser
@pytest.mark.parametrize("window", [390, 680])
@pytest.mark.parametrize("locale", ["en_GB", "de_DE", "ar_EG"])
def test_a_mail_is_as_wide_as_its_window(locale: str, window: int, page: Page) -> None:
    assert width(page, make_document(locale=locale), window) == window


@pytest.mark.browser
@pytest.mark.parametrize("window", [390, 680])
def test_long_names_wrap_instead_of_widening_the_mail(window: int, page: Page) -> None:
    assert width(page, make_document(make_section(preview=airlines_table(LONG))), window) == window


@pytest.mark.browser
def test_names_stay_on_one_line_where_there_is_room(page: Page) -> None:
    columns = make_section().head.columns[:4]
    section = make_section()
    document = make_document(replace(section, head=replace(section.head, columns=columns)))
    assert width(page, document, 680) == 680
    heights = "[...document.querySelectorAll('tbody th[scope=row]')].map(cell => cell.getBoundingClientRect().height)"
    assert max(page.evaluate(heights)) < 40
