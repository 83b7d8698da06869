"""Files of a workspace whose language is read from the right."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Browser, Page
from pypdf import PageObject, PdfReader

from core.formats import get_format
from tests.formats.pdf_html_reports import chart, column, head, kpis, part, write_report

COLUMNS = (column("name", label="Name"), column("value", "integer", label="Value"))
RTL = ("ar_EG", "he_IL", "fa_IR")


def written(kind: str, folder: Path, locale: str) -> Path:
    rows = part("Shops", COLUMNS, ["Old Town", "القاهرة"], [1204, 7], kpis=kpis(), chart=chart())
    return write_report(get_format(kind), folder, [rows], report=head(locale=locale)).path


def places(page: PageObject) -> dict[str, float]:
    """Where each piece of text begins, in points from the left edge of the page."""
    found: dict[str, float] = {}
    page.extract_text(visitor_text=lambda text, cm, tm, *_: found.setdefault(text.strip(), cm[4] + tm[4]))
    return found


@pytest.mark.parametrize("locale", RTL)
def test_a_pdf_is_mirrored(locale: str, tmp_path: Path) -> None:
    (tmp_path / "mirrored").mkdir()
    usual = places(PdfReader(written("pdf", tmp_path, "en_GB")).pages[0])
    reader = PdfReader(written("pdf", tmp_path / "mirrored", locale))
    mirrored = places(reader.pages[0])
    assert usual["Departures by airline"] < 50 < 250 < mirrored["Departures by airline"]
    assert usual["Page 1 of 1"] > 500 > 50 > mirrored["Page 1 of 1"]
    assert usual["Departures"] < usual["Average delay"]
    assert mirrored["Departures"] > mirrored["Average delay"]
    assert usual["Old Town"] < usual["1,204"]
    assert mirrored["Old Town"] > mirrored["1,204"]
    assert reader.trailer["/Root"]["/ViewerPreferences"]["/Direction"] == "/R2L"


def test_numbers_of_a_mirrored_table_line_up_at_their_last_digit(tmp_path: Path) -> None:
    found = places(PdfReader(written("pdf", tmp_path, "ar_EG")).pages[0])
    assert found["7"] > found["1,204"]


@pytest.mark.parametrize("locale", RTL)
def test_a_workbook_begins_at_the_right(locale: str, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(written("excel", tmp_path, locale))
    assert all(book[name].sheet_view.rightToLeft for name in ("Summary", "Shops"))
    assert book["Shops"]["A2"].alignment.horizontal == "right"
    assert "Page &P" in str(book["Shops"].oddFooter.left.text)


def test_others_begin_at_the_left(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(written("excel", tmp_path, "de_DE"))
    assert not any(sheet.sheet_view.rightToLeft for sheet in book)
    assert "/ViewerPreferences" not in PdfReader(written("pdf", tmp_path, "de_DE")).trailer["/Root"]


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    yield page
    page.close()


@pytest.mark.browser
def test_an_html_file_is_mirrored_and_its_charts_stay_readable(page: Page, tmp_path: Path) -> None:
    page.goto(written("html", tmp_path, "ar_EG").as_uri())
    first, second = page.locator("#s1 tbody tr").first.locator("td").all()
    left, right = first.bounding_box(), second.bounding_box()
    assert left is not None
    assert right is not None
    assert left["x"] > right["x"]
    assert first.evaluate("cell => getComputedStyle(cell).textAlign") == "right"
    # A label anchored at its end must end left of the axis, not run across the bars.
    inside = page.evaluate(
        "[...document.querySelectorAll('.on-light.on-wide text')].every(label => {"
        " const box = label.getBBox(); return box.x >= -1 && box.x + box.width <= 1121 })"
    )
    assert inside
