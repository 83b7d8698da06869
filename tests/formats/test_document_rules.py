"""Rules for how each document is laid out, one test for each that no other file has."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Browser, Page, expect
from pypdf import PageObject, PdfReader
from reportlab.pdfgen.canvas import Canvas

from core.document.tokens import LIGHT
from core.formats import get_format
from core.formats.html import MAX_BYTES
from core.formats.html import MAX_ROWS as HTML_ROWS
from core.formats.pdf import MAX_ROWS as PDF_ROWS
from core.formats.pdf_table import Table, TableColumn
from tests.formats.pdf_html_reports import chart, column, head, kpis, numbered, part, write_report

PDF, HTML, EXCEL = map(get_format, ("pdf", "html", "excel"))


def heights(page: PageObject) -> dict[str, float]:
    """How high on the page each piece of text stands, in points from its lower edge."""
    found: dict[str, float] = {}
    page.extract_text(visitor_text=lambda text, cm, tm, *_: found.setdefault(text.strip(), cm[5] + tm[5]))
    return found


def test_the_first_page_of_a_pdf_has_its_parts_in_order(tmp_path: Path) -> None:
    parts = [numbered(3, kpis=kpis(), chart=chart())]
    found = heights(PdfReader(write_report(PDF, tmp_path, parts, notices=("Something is missing.",)).path).pages[0])
    order = (
        *("Northwind Airports", "Departures by airline", "17-23 Jun 2013 · compared with 10-16 Jun 2013"),
        *("How punctual the week was.", "Something is missing.", "6,680", "Delay per day", "Rows", "row 00000"),
    )
    places = [found[text] for text in order]
    assert places == sorted(places, reverse=True)


def test_later_pages_of_a_pdf_have_a_slim_header_and_no_masthead(tmp_path: Path) -> None:
    _, *later = PdfReader(write_report(PDF, tmp_path, [numbered(150)]).path).pages
    for page in later:
        found = heights(page)
        assert found["Departures by airline"] == found["17-23 Jun 2013"] > 800
        assert "Run on" not in page.extract_text()


def test_a_pdf_tells_title_author_and_subject(tmp_path: Path) -> None:
    about = PdfReader(write_report(PDF, tmp_path, [numbered(1)]).path).metadata
    assert about is not None
    assert about.title == "Departures by airline · 17-23 Jun 2013"
    assert (about.author, about.subject) == ("Northwind Airports", "How punctual the week was.")


def test_limits_are_a_thousand_rows_of_a_pdf_and_fifty_thousand_or_five_megabytes_of_html() -> None:
    assert (PDF_ROWS, HTML_ROWS, MAX_BYTES) == (1_000, 50_000, 5_000_000)


def test_columns_of_a_pdf_are_measured_by_their_header_and_first_rows_and_are_not_endless(tmp_path: Path) -> None:
    def natural(*cells: str, label: str = "A") -> float:
        canvas = Canvas(str(tmp_path / "x.pdf"))
        return Table(canvas, [TableColumn(label, cells)], palette=LIGHT, locale="en_GB", name="t").natural_width

    assert natural("x", label="A longer header") > natural("x")
    assert natural(*["x"] * 400, "a much longer text") == natural("x") < natural(*["x"] * 399, "a much longer text")
    assert natural("word " * 100) == 190 + 2 * 6


def test_a_table_of_a_pdf_has_stripes_and_ends_in_a_line(tmp_path: Path) -> None:
    page = PdfReader(write_report(PDF, tmp_path, [numbered(6)]).path).pages[0]
    forms = [form.get_object().get_data().decode() for form in page["/Resources"]["/XObject"].values()]
    (frame,) = [form for form in forms if form.count(" re ") > 1 or form.count(" re\n") > 1]
    # The header and every second row; a line below the header and one at the end.
    assert frame.count(" re") == 1 + 3
    assert frame.count(" l") == 2


def test_the_summary_of_a_workbook_has_no_grid_and_texts_keep_off_numbers(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(write_report(EXCEL, tmp_path, [numbered(3, kpis=kpis(), chart=chart())]).path)
    assert book["Summary"].sheet_view.showGridLines is False
    text, number = book["Rows"]["A2"], book["Rows"]["B2"]
    assert (text.alignment.horizontal, text.alignment.indent) == ("left", 1)
    assert (number.alignment.horizontal, number.number_format) == ("right", "#,##0")


@pytest.mark.parametrize(("count", "across"), [(3, 1), (12, 1), (40, 4)])
def test_a_sheet_is_printed_a_page_wide_unless_nobody_could_read_it(count: int, across: int, tmp_path: Path) -> None:
    columns = [column(f"c{n}", label=f"Column number {n}") for n in range(count)]
    path = write_report(EXCEL, tmp_path, [part("Wide", columns, *[["some text"]] * count)]).path
    sheet = openpyxl.load_workbook(path)["Wide"]
    assert sheet.sheet_properties.pageSetUpPr is not None
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (across, 0)
    assert (sheet.print_title_cols == "$A:$A") == (across > 1)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    yield page
    page.close()


@pytest.mark.browser
def test_the_header_of_an_html_table_stays_in_sight(page: Page, tmp_path: Path) -> None:
    page.goto(write_report(HTML, tmp_path, [numbered(300)]).path.as_uri())
    page.locator(".scroll").evaluate("frame => frame.scrollTo(0, 3000)")
    heading, frame = page.locator("#s1 thead th").first, page.locator(".scroll").first
    top, box = heading.bounding_box(), frame.bounding_box()
    assert top is not None
    assert box is not None
    assert 0 <= top["y"] - box["y"] <= 2


@pytest.mark.browser
def test_a_chart_of_an_html_file_tells_each_value_and_follows_the_scheme(page: Page, tmp_path: Path) -> None:
    page.goto(write_report(HTML, tmp_path, [numbered(3, chart=chart())]).path.as_uri())
    tips = page.locator(".on-light.on-wide svg path > title").all_text_contents()
    assert tips[0] == "Mon 17, Delay: 25 min"
    expect(page.locator(".on-dark.on-wide svg")).to_be_hidden()
    page.emulate_media(color_scheme="dark")
    expect(page.locator(".on-dark.on-wide svg")).to_be_visible()
    expect(page.locator(".on-light.on-wide svg")).to_be_hidden()
    page.set_viewport_size({"width": 390, "height": 800})
    expect(page.locator(".on-dark.on-narrow svg")).to_be_visible()


@pytest.mark.browser
def test_a_keyboard_reaches_filter_headers_and_rows(page: Page, tmp_path: Path) -> None:
    page.goto(write_report(HTML, tmp_path, [numbered(30)], report=head(name="Keys")).path.as_uri())
    page.keyboard.press("Tab")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("row 0001")
    expect(page.get_by_role("status")).to_have_text("10 of 30 rows")
    page.keyboard.press("Tab")
    expect(page.get_by_role("region", name="Rows of Rows")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Name")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.locator("#s1 thead th").first).to_have_attribute("aria-sort", "descending")
    assert page.locator("#s1 tbody td").first.inner_text() == "row 00019"
