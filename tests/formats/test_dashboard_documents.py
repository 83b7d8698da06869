"""A dashboard on paper and in the browser: each tile keeps its figures, its chart and its table together."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser
from pypdf import PdfReader

from core.formats import get_format
from core.formats.html import FORMAT as HTML
from core.formats.pdf import FORMAT as PDF
from tests.formats.pdf_html_reports import Part, chart, column, kpis, numbered, part, write_report

MONEY = column("m", "integer", label="Budget")


def figures() -> Part:
    return part("This week", (MONEY,), [4711], kpis=kpis()[:1], as_figures=True)


def board() -> list[Part]:
    return [
        figures(),
        numbered(3, "Airlines", kpis=kpis()[1:], chart=chart("Delay per airline")),
        numbered(2, "Routes"),
    ]


def text_of(path: Path) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(path).pages)


def in_order(text: str, *words: str) -> bool:
    places = [text.find(word) for word in words]
    return -1 not in places and places == sorted(places)


def test_on_paper_a_tile_has_heading_figures_chart_and_rows_in_this_order(tmp_path: Path) -> None:
    text = text_of(write_report(PDF, tmp_path, board()).path)
    assert in_order(text, "Departures", "Airlines", "Average delay", "Delay per airline", "row 00000", "Routes")


def test_in_the_browser_too(tmp_path: Path, browser: Browser) -> None:
    page = browser.new_page()
    page.goto(write_report(HTML, tmp_path, board()).path.as_uri())
    headings = page.locator("h1, h2, h3").all_inner_texts()
    assert headings == ["Departures by airline", "Airlines", "Delay per airline", "Routes"]
    assert page.locator(".card").first.locator("dt").all_inner_texts() == ["Departures"]
    page.close()


@pytest.mark.parametrize("key", ["pdf", "html"])
def test_a_tile_of_figures_needs_no_table_below(key: str, tmp_path: Path) -> None:
    path = write_report(get_format(key), tmp_path, board()).path
    text = text_of(path) if key == "pdf" else path.read_text("utf-8")
    assert "6,680" in text
    assert "Budget" not in text


@pytest.mark.parametrize("key", ["pdf", "html"])
def test_a_single_query_shows_its_table_even_as_figures(key: str, tmp_path: Path) -> None:
    path = write_report(get_format(key), tmp_path, [figures()]).path
    assert "Budget" in (text_of(path) if key == "pdf" else path.read_text("utf-8"))


def test_a_heading_stays_with_its_chart(tmp_path: Path) -> None:
    parts = [numbered(count, f"Part {count}", kpis=kpis(), chart=chart(f"Chart {count}")) for count in (9, 12, 15, 17)]
    pages = [page.extract_text() for page in PdfReader(write_report(PDF, tmp_path, parts).path).pages]
    for count in (9, 12, 15, 17):
        (page,) = [text for text in pages if f"Chart {count}" in text]
        assert f"Part {count}" in page
