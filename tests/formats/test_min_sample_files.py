"""Rows below the minimum sample in the files: grey, without highlights, and with a line that says so."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import openpyxl
import pyarrow as pa
import pytest
from playwright.sync_api import Browser, expect
from pypdf import PdfReader

from core.document.bands import Rates
from core.document.model import MinSample, Section
from core.document.presentation import columns_of
from core.document.samples import small_rows
from core.document.tokens import DARK, LIGHT
from core.formats import get_format
from tests.formats.edge_tables import report_head, section_head, write_report

ROUTES = pa.record_batch(
    {
        "route": ["ACK", "BOS", "CHS", "DEN", "EGE"],
        "flights": [1, 300, 100, 2, None],
        "on_time_rate": [0.0, 0.7, 0.8, 1.0, 0.75],
    }
)
SENTENCE = "Rows with fewer than 5 flights are grey"


def section_of(table: pa.RecordBatch = ROUTES, *, least: int | None = 5, title: str = "Flights") -> Section:
    sample = MinSample("flights", least, "flights") if least else None
    head = section_head(table, title=title, columns=columns_of(table.schema, sample=table), sample=sample)
    small, rates = small_rows(table, sample), Rates(head.visible)
    rates.add(table, small)
    return Section(head, row_count=table.num_rows, small_rows=int(small.sum()), thirds=rates.thirds(()))


def written(folder: Path, kind: str, *sections: Section, **options: Any) -> Path:
    head = report_head(format_options={"excel": options})
    parts = [(section, [ROUTES]) for section in sections or (section_of(),)]
    (file,) = write_report(get_format(kind), folder, parts, head=head)
    return file.path


def summary_of(path: Path) -> list[str]:
    sheet = openpyxl.load_workbook(path)["Summary"]
    return [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value]


def operator(colour: str) -> str:
    return " ".join(f"{int(colour[at : at + 2], 16) / 255:.3f}" for at in (1, 3, 5)) + " rg"


def test_excel_greys_the_whole_row_before_any_other_rule(tmp_path: Path) -> None:
    sheet = openpyxl.load_workbook(written(tmp_path, "excel"))["Flights"]
    rules = {
        str(area.sqref): sorted(area.rules, key=lambda rule: rule.priority) for area in sheet.conditional_formatting
    }
    (grey,) = rules["A2:C6"]
    assert grey.formula == ["AND(ISNUMBER($B2),$B2<5)"]
    assert (grey.priority, grey.stopIfTrue) == (1, True)
    assert f"#{grey.dxf.font.color.rgb[2:]}" == LIGHT.muted
    low, high, middle = rules["C2:C6"]
    compared = "IF($B$2:$B$6>=5,$C$2:$C$6)"
    assert low.formula == [f"AND(ISNUMBER(C2),C2<SUMPRODUCT(PERCENTILE({compared},1/3)))"]
    assert high.formula == [f"AND(ISNUMBER(C2),C2>SUMPRODUCT(PERCENTILE({compared},2/3)))"]
    assert middle.formula == [f"AND(ISNUMBER(C2),SUMPRODUCT(MIN({compared}))<SUMPRODUCT(MAX({compared})))"]


def test_excel_greys_without_highlights_and_in_long_tables_too(tmp_path: Path) -> None:
    sheet = openpyxl.load_workbook(written(tmp_path, "excel", highlights=False))["Flights"]
    assert [str(area.sqref) for area in sheet.conditional_formatting] == ["A2:C6"]
    long = pa.record_batch({"flights": pa.array(range(1_500), pa.int64())})
    (file,) = write_report(get_format("excel"), tmp_path, [(section_of(long), [long])])
    sheet = openpyxl.load_workbook(file.path)["Flights"]
    assert [str(area.sqref) for area in sheet.conditional_formatting] == ["A2:A1501"]


@pytest.mark.parametrize("order", [(5, None), (None, 5), (5, 5), (None, None)])
def test_sheets_with_and_without_a_minimum_stand_in_one_workbook(order: tuple[int | None, ...], tmp_path: Path) -> None:
    sections = [section_of(least=least, title=f"Part {n}") for n, least in enumerate(order)]
    path = written(tmp_path, "excel", *sections)
    book = openpyxl.load_workbook(path)
    for number, least in enumerate(order):
        rules = [rule for area in book[f"Part {number}"].conditional_formatting for rule in area.rules]
        fonts = [f"#{rule.dxf.font.color.rgb[2:]}" for rule in rules if rule.dxf is not None]
        assert fonts.count(LIGHT.muted) == (1 if least else 0)
        assert LIGHT.bad in fonts
    with ZipFile(path) as archive:
        assert archive.testzip() is None


def test_the_summary_says_which_rows_are_grey(tmp_path: Path) -> None:
    sheet = openpyxl.load_workbook(written(tmp_path, "excel"))["Summary"]
    texts = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value]
    assert SENTENCE in texts
    two = written(tmp_path, "excel", section_of(title="One"), section_of(title="Two"))
    texts = [
        str(cell.value) for row in openpyxl.load_workbook(two)["Summary"].iter_rows() for cell in row if cell.value
    ]
    assert "One: rows with fewer than 5 flights are grey" in texts
    assert "Two: rows with fewer than 5 flights are grey" in texts


def test_the_pdf_writes_small_rows_in_grey_and_says_so(tmp_path: Path) -> None:
    reader = PdfReader(written(tmp_path, "pdf"))
    assert SENTENCE in reader.pages[0].extract_text()
    content = reader.pages[0].get_contents().get_data().decode("latin-1")
    ink = operator(LIGHT.muted)
    # Two rows of three columns; a grey rate has no third.
    assert len(re.findall(rf"{re.escape(ink)} (?:\(|-?[\d.]+ )", content)) == 6
    for colour, count in ((LIGHT.bad, 1), (LIGHT.good, 1), (LIGHT.warn, 1)):
        assert len(re.findall(rf"{re.escape(operator(colour))} -?[\d.]+ ", content)) == count


def test_without_a_minimum_no_row_is_grey(tmp_path: Path) -> None:
    reader = PdfReader(written(tmp_path, "pdf", section_of(least=None)))
    assert "grey" not in reader.pages[0].extract_text()
    page = written(tmp_path, "html", section_of(least=None)).read_text("utf-8")
    assert '"small":null' in page
    assert "are grey" not in page


@pytest.mark.browser
@pytest.mark.parametrize(("scheme", "palette"), [("light", LIGHT), ("dark", DARK)])
def test_the_page_shows_small_rows_in_grey_however_they_are_sorted(
    browser: Browser, scheme: Any, palette: Any, tmp_path: Path
) -> None:
    path = written(tmp_path, "html")
    page = browser.new_page(color_scheme=scheme)
    page.goto(path.as_uri())
    expect(page.get_by_text(SENTENCE)).to_be_visible()
    page.get_by_role("button", name="On time").click()
    rows = page.locator("#s1 tbody tr")
    assert rows.evaluate_all(
        "all => all.filter(row => row.className === 'small').map(row => row.cells[0].innerText)"
    ) == [
        "ACK",
        "DEN",
    ]
    cells = rows.filter(has_text="DEN").locator("td")
    colour = tuple(int(palette.muted[at : at + 2], 16) for at in (1, 3, 5))
    for number in range(3):
        assert cells.nth(number).evaluate("cell => getComputedStyle(cell).color") == "rgb({}, {}, {})".format(*colour)
    assert cells.nth(2).get_attribute("class") == "right"
    assert "good" in (rows.filter(has_text="CHS").locator("td").nth(2).get_attribute("class") or "")
    page.close()


@pytest.mark.browser
def test_without_script_they_are_grey_too(browser: Browser, tmp_path: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(written(tmp_path, "html").as_uri())
    assert page.locator("noscript tr.small, tr.small").count() == 2
    context.close()


def test_a_count_may_come_as_a_decimal_as_sums_of_postgresql_do(tmp_path: Path) -> None:
    wide = ROUTES.set_column(1, "flights", ROUTES.column("flights").cast(pa.decimal128(38, 0)))
    section = section_of(wide)
    for kind in ("excel", "pdf", "html"):
        (file,) = write_report(get_format(kind), tmp_path, [(section, [wide])], head=report_head())
        assert file.rows_written == 5
