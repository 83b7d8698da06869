"""The HTML file in a real browser: sorting, filtering, printing, and that nothing leaves it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pypdf import PdfReader

from core.formats.html import FORMAT
from tests.formats.pdf_html_reports import (
    HOSTILE,
    chart,
    column,
    failed_part,
    head,
    kpis,
    numbered,
    part,
    texts,
    write_report,
)

pytestmark = pytest.mark.browser


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that remembers what it asked for and what it complained about."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    yield page
    page.close()


def show(page: Page, path: Path) -> list[str]:
    """Open the file; the list returned grows with requests, errors and messages of the console."""
    events: list[str] = []
    page.on("request", lambda request: events.append(request.url))
    page.on("console", lambda message: events.append(message.text))
    page.on("pageerror", lambda error: events.append(str(error)))
    page.goto(path.as_uri())
    expect(page.locator("#s1 tbody tr").first).to_be_visible()
    return events


def column_texts(page: Page, number: int) -> list[str]:
    return page.locator(f"#s1 tbody td:nth-child({number})").all_inner_texts()


def test_it_asks_for_nothing_but_itself_and_reports_no_error(page: Page, tmp_path: Path) -> None:
    path = write_report(FORMAT, tmp_path, [numbered(30, kpis=kpis(), chart=chart())]).path
    events = show(page, path)
    page.emulate_media(color_scheme="dark")
    assert events == [path.as_uri()]
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(14, 16, 20)"


def test_no_script_from_the_data_runs(page: Page, tmp_path: Path) -> None:
    report = head(name=HOSTILE[2], workspace=HOSTILE[0], description=HOSTILE[1])
    drawing = chart(HOSTILE[2])
    parts = [texts([*HOSTILE, None], title=HOSTILE[2]), numbered(2, HOSTILE[1], chart=drawing)]
    path = write_report(FORMAT, tmp_path, parts, report=report, notices=HOSTILE).path
    events = show(page, path)
    assert page.evaluate("window.hacked") is None
    assert events == [path.as_uri()]
    assert page.locator("#s1 tbody td").nth(2).inner_text() == HOSTILE[2]
    assert page.locator("img").count() == 0
    assert page.locator("h1").inner_text() == HOSTILE[2]


def test_rows_are_drawn_as_they_are_scrolled_to(page: Page, tmp_path: Path) -> None:
    show(page, write_report(FORMAT, tmp_path, [numbered(1000)]).path)
    rows = page.locator("#s1 tbody tr")
    assert rows.count() == 200
    assert page.locator("#s1").get_attribute("aria-rowcount") == "1001"
    page.locator(".scroll").evaluate("frame => frame.scrollTo(0, frame.scrollHeight)")
    expect(rows).to_have_count(400)


def test_numbers_sort_as_numbers_and_nulls_come_last_both_ways(page: Page, tmp_path: Path) -> None:
    columns = (column("t", label="Text"), column("n", "integer", label="Count"))
    given = part("Data", columns, ["b", "ä", None, "a"], [1200, 9, None, -30])
    show(page, write_report(FORMAT, tmp_path, [given]).path)
    button, heading = page.get_by_role("button", name="Count"), page.locator("#s1 thead th").nth(1)
    button.click()
    assert column_texts(page, 2) == ["\u221230", "9", "1,200", "—"]
    assert heading.get_attribute("aria-sort") == "ascending"
    button.click()
    assert column_texts(page, 2) == ["1,200", "9", "\u221230", "—"]
    assert heading.get_attribute("aria-sort") == "descending"
    button.click()
    assert column_texts(page, 2) == ["1,200", "9", "—", "\u221230"]
    assert heading.get_attribute("aria-sort") is None
    page.get_by_role("button", name="Text").press("Enter")
    assert column_texts(page, 1) == ["a", "ä", "b", "—"]


def test_the_filter_counts_while_one_types_and_keeps_the_order(page: Page, tmp_path: Path) -> None:
    show(page, write_report(FORMAT, tmp_path, [numbered(1500)]).path)
    page.get_by_role("button", name="Value").click()
    page.get_by_role("button", name="Value").click()
    box = page.get_by_role("searchbox", name="Filter the rows of Rows")
    box.fill("ROW 0149")
    expect(page.get_by_role("status")).to_have_text("10 of 1,500 rows")
    assert column_texts(page, 2)[0] == "1,499"
    box.fill("nothing like it")
    expect(page.get_by_role("status")).to_have_text("0 of 1,500 rows")
    box.fill("")
    expect(page.locator("#s1 tbody tr")).to_have_count(200)
    expect(page.get_by_role("status")).to_have_text("")


def test_each_table_sorts_for_itself(page: Page, tmp_path: Path) -> None:
    show(page, write_report(FORMAT, tmp_path, [numbered(3), numbered(3, "Other")]).path)
    buttons = page.get_by_role("button", name="Value")
    buttons.nth(1).click()
    buttons.nth(1).click()
    assert column_texts(page, 2) == ["0", "1", "2"]
    assert page.locator("#s2 tbody td:nth-child(2)").all_inner_texts() == ["2", "1", "0"]


def test_printing_draws_all_rows(page: Page, tmp_path: Path) -> None:
    show(page, write_report(FORMAT, tmp_path, [numbered(450)]).path)
    page.emulate_media(media="print")
    expect(page.locator("#s1 tbody tr")).to_have_count(450)
    expect(page.locator(".tools")).to_be_hidden()
    page.emulate_media(media="screen")
    expect(page.get_by_role("button", name="Value")).to_be_visible()


def test_every_printed_page_repeats_the_header(page: Page, tmp_path: Path) -> None:
    show(page, write_report(FORMAT, tmp_path, [numbered(450)]).path)
    printed = PdfReader(BytesIO(page.pdf(prefer_css_page_size=True)))
    texts_of_pages = [sheet.extract_text() for sheet in printed.pages]
    assert len(texts_of_pages) > 3
    assert all("Value" in text for text in texts_of_pages)
    assert "row 00449" in texts_of_pages[-1]


def test_a_phone_scrolls_the_table_not_the_page(page: Page, tmp_path: Path) -> None:
    many = [column(f"c{n}", label=f"Column number {n}") for n in range(9)]
    page.set_viewport_size({"width": 390, "height": 800})
    show(page, write_report(FORMAT, tmp_path, [part("Wide", many, *[["x"]] * 9, kpis=kpis())]).path)
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_without_script_the_first_rows_can_be_read(browser: Browser, tmp_path: Path) -> None:
    path = write_report(FORMAT, tmp_path, [numbered(60)]).path
    page = browser.new_page(java_script_enabled=False)
    page.goto(path.as_uri())
    expect(page.locator("noscript tbody tr")).to_have_count(50)
    expect(page.locator("#s1")).to_be_hidden()
    page.close()


def test_ids_and_decimals_are_shown_to_their_last_digit(page: Page, tmp_path: Path) -> None:
    columns = (column("id", "id", label="No"), column("d", "decimal", label="Delay", decimals=1))
    given = part("Data", columns, [12345678901234567, 2**53, 7], [36.0, 25.1, -0.5])
    show(page, write_report(FORMAT, tmp_path, [given]).path)
    assert column_texts(page, 1) == ["12345678901234567", "9007199254740992", "7"]
    assert column_texts(page, 2) == ["36.0", "25.1", "\u22120.5"]


def test_a_rate_has_the_colour_of_its_third(page: Page, tmp_path: Path) -> None:
    rate = column("on_time_rate", "decimal", label="On time")
    columns = (column("t", label="Name"), replace(rate, kind="percent"))
    show(page, write_report(FORMAT, tmp_path, [part("Data", columns, list("abcd"), [0.9, 0.1, 0.5, None])]).path)
    classes = [cell.get_attribute("class") for cell in page.locator("#s1 tbody td:nth-child(2)").all()]
    assert classes == ["right good", "right bad", "right warn", "right"]


def test_each_part_of_a_dashboard_stands_on_one_card(page: Page, tmp_path: Path) -> None:
    parts = [numbered(3, "Visits", kpis=kpis(), chart=chart()), numbered(3, "Shops", chart=chart("Shops"))]
    show(page, write_report(FORMAT, tmp_path, parts).path)
    assert page.locator("h2").all_inner_texts() == ["Visits", "Shops"]
    for title, headings in (("Visits", ["Delay per day"]), ("Shops", [])):
        card = page.get_by_role("region", name=title, exact=True)
        assert card.locator("h3").all_inner_texts() == headings
        expect(card.locator(".on-light.on-wide svg")).to_be_visible()
        expect(card.get_by_role("searchbox")).to_be_visible()


def test_the_page_passes_axe_in_both_schemes(browser: Browser, tmp_path: Path) -> None:
    parts = [numbered(3, "Visits", kpis=kpis(), chart=chart()), texts(["a"]), failed_part("Gone", "It is gone.")]
    path = write_report(FORMAT, tmp_path, parts, notices=("Something is missing.",)).path
    for scheme in ("light", "dark"):
        # The page lets no script run but its own, so the tool is let in.
        context = browser.new_context(color_scheme=scheme, bypass_csp=True)
        found = Axe().run(show_in(context, path)).response["violations"]
        context.close()
        assert not [(each["id"], each["nodes"][0]["html"]) for each in found]


def show_in(context: BrowserContext, path: Path) -> Page:
    page = context.new_page()
    page.goto(path.as_uri())
    return page
