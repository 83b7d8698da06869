"""Names of files in the list of a mail: where a name that is too long breaks."""

from __future__ import annotations

import pytest

from core.mail.view import FileView
from tests.mail.reports import report_mail


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("airlines_2026-11-23.csv", ["airlines_", "2026-11-23.csv", ""]),
        ("airlines_2026-11-23.csv.gz", ["airlines_", "2026-11-23.csv.gz", ""]),
        ("shops_2026-11-23_kinds-of-goods.csv", ["shops_", "2026-11-23", "_kinds-of-goods.csv"]),
        ("airlines.csv", ["airlines.csv"]),
    ],
)
def test_a_date_stays_whole_with_its_ending(name, parts):
    assert FileView(name, "CSV", "1 KB").name_parts == parts


@pytest.mark.browser
def test_a_long_name_breaks_before_its_date_on_a_phone(browser):
    page = browser.new_page(viewport={"width": 390, "height": 800})
    page.set_content(report_mail().get_body(("html",)).get_content())
    dates = page.locator("wbr + span")
    # Both ends of the week in each of the three names.
    assert dates.count() == 6
    assert dates.evaluate_all("spans => spans.every(span => span.getClientRects().length === 1)")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.close()
