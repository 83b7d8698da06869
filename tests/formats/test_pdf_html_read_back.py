"""What was written is what is read: cells of any text from a PDF, cells of any kind from the HTML file."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unicodedata import normalize

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page
from pypdf import PdfReader

from core.clock import zone
from core.document.model import Section, SectionHead
from core.document.values import MISSING, format_array
from core.formats.html import FORMAT as HTML
from core.formats.pdf import FORMAT as PDF
from core.formats.pdf_text import Style, clean, is_complete
from tests.formats.edge_tables import edge_table, section_head
from tests.formats.pdf_html_reports import HOSTILE, Part, column, head, part, texts, write_report
from tests.formats.test_pdf_html_any_data import sections

LETTERS = st.characters(codec="utf-8", categories=["Lu", "Ll", "Nd", "Po", "Sc", "Sm"], max_codepoint=0x52F)
WORDS = st.text(LETTERS, min_size=1, max_size=20)
ROWS = re.compile(r'<script type="application/json" data-table="s1" data-part="rows">(.*?)</script>', re.S)
LONGEST = 2_000


def cells_of(path: Path, width: int) -> list[list[str | None]]:
    """The columns of the first table as texts, from the JSON inside the page."""
    found = ROWS.search(path.read_text("utf-8"))
    columns: list[list[str | None]] = [[] for _ in range(width)]
    for chunk in json.loads(found[1]) if found else []:
        for cells, one in zip(columns, chunk, strict=True):
            cells.extend(None if text is None else str(text) for text in one.get("t") or one["k"])
    return columns


def expected(part: Part) -> list[list[str | None]]:
    """As the formatter writes them; nulls stay nulls, long texts are cut."""
    report = head()
    columns: list[list[str | None]] = []
    for shown, array in zip(part.section.head.columns, part.batches[0].columns, strict=True):  # type: ignore[index] # it has rows
        texts = format_array(array, shown, locale=report.locale, zone=zone(report.timezone))
        cut = [text if len(text) <= LONGEST else text[: LONGEST - 1] + "…" for text in texts]
        columns.append([text if valid else None for text, valid in zip(cut, array.is_valid().to_pylist(), strict=True)])
    return columns


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(section=sections())
def test_the_html_file_holds_each_cell_as_the_formatter_writes_it(section: Part) -> None:
    with TemporaryDirectory() as folder:
        path = write_report(HTML, Path(folder), [section]).path
        wanted = expected(section)
        assert cells_of(path, len(wanted)) == (wanted if section.section.row_count else [[] for _ in wanted])


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(words=st.lists(WORDS, min_size=1, max_size=12))
def test_the_pdf_holds_each_text_that_our_fonts_have(words: list[str]) -> None:
    with TemporaryDirectory() as folder:
        pages = PdfReader(write_report(PDF, Path(folder), [texts(words)]).path).pages
        # A Greek question mark and a semicolon are one character to Unicode, and the same in print.
        found = normalize("NFC", "\n".join(page.extract_text() for page in pages))
    known = [clean(word).strip() for word in words if is_complete(word, Style(9))]
    assert not [word for word in known if word not in found]


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    yield page
    page.close()


def shown_cells(page: Page, path: Path) -> list[list[str]]:
    page.goto(path.as_uri())
    page.locator("#s1 tbody tr").first.wait_for()
    rows: list[list[str]] = page.evaluate(
        "[...document.querySelectorAll('#s1 tbody tr')].map(row => [...row.cells].map(cell => cell.textContent))"
    )
    return rows


@pytest.mark.browser
def test_a_browser_shows_every_type_as_the_formatter_writes_it(page: Page, tmp_path: Path) -> None:
    table: Any = edge_table()
    shown = section_head(table)
    everything = Part(Section(SectionHead("types", "Types", shown.columns), table.num_rows), [table])
    rows = shown_cells(page, write_report(HTML, tmp_path, [everything]).path)
    wanted = [[MISSING if text is None else text for text in row] for row in zip(*expected(everything), strict=True)]
    assert rows == wanted


@pytest.mark.browser
def test_a_browser_shows_formulas_markup_controls_and_endless_texts_as_text(page: Page, tmp_path: Path) -> None:
    values = [*HOSTILE, "=1+1", "@SUM(A1)", "-2+3", "\ufffe\uffff", "x" * 40_000, "اردو 中文 हिन्दी 🎉", " 007 "]
    rows = shown_cells(page, write_report(HTML, tmp_path, [texts(values)]).path)
    assert [row[0] for row in rows[:-3]] == values[:-3]
    assert rows[-3][0] == "x" * (LONGEST - 1) + "…"
    assert [row[0] for row in rows[-2:]] == values[-2:]
    assert page.evaluate("window.hacked") is None


def test_a_lone_surrogate_cannot_get_as_far_as_a_writer() -> None:
    with pytest.raises((UnicodeEncodeError, pa.ArrowInvalid)):
        pa.array(["\ud800"])


def test_a_text_of_forty_thousand_letters_is_a_line_of_a_page(tmp_path: Path) -> None:
    columns = (column("t", label="Text"), column("n", "integer", label="Number"))
    written = write_report(PDF, tmp_path, [part("Long", columns, ["x" * 40_000, "short"], [1, 2])])
    text = PdfReader(written.path).pages[0].extract_text()
    assert "xxx…" in text
    assert "short" in text
