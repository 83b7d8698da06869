"""Where a page ends, and what colour tells of a rate."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from pypdf import PdfReader

from core.document.tokens import LIGHT
from core.formats.pdf import FORMAT, PdfFormat
from core.formats.pdf_sections import rows_here
from tests.formats.pdf_html_reports import chart, column, head, kpis, numbered, part, write_report

RATE = replace(column("on_time_rate", "decimal", label="On time"), kind="percent")


def operator(colour: str) -> str:
    return " ".join(f"{int(colour[at : at + 2], 16) / 255:.3f}" for at in (1, 3, 5)) + " rg"


def rows_of_pages(path: Path) -> list[int]:
    return [len(re.findall(r"^row \d+$", page.extract_text(), re.M)) for page in PdfReader(path).pages]


@pytest.mark.parametrize(
    ("left", "room", "here"),
    [(30, 40, 30), (41, 40, 37), (43, 40, 39), (44, 40, 40), (200, 40, 40), (6, 5, 5), (0, 9, 0)],
)
def test_no_page_begins_with_a_row_or_two_at_its_end(left: int, room: int, here: int) -> None:
    assert rows_here(left, room) == here


@pytest.mark.parametrize("count", range(15, 25))
def test_a_table_whose_end_would_stand_alone_shares_its_rows_with_the_next_page(count: int, tmp_path: Path) -> None:
    figures = {"kpis": kpis(), "chart": chart()}
    pages = rows_of_pages(write_report(FORMAT, tmp_path, [numbered(count, **figures)]).path)
    assert sum(pages) == count
    assert len(pages) == 1 or pages[-1] >= 4


def test_a_chart_gives_way_to_keep_the_whole_table_on_its_page(tmp_path: Path) -> None:
    counts = {
        len(rows_of_pages(write_report(FORMAT, tmp_path, [numbered(n, kpis=kpis(), chart=chart())]).path))
        for n in range(1, 18)
    }
    assert counts == {1}


def test_a_rate_has_the_colour_of_its_third(tmp_path: Path) -> None:
    columns = (column("t", label="Name"), RATE)
    rows = part("Data", columns, list("abcd"), [0.9, 0.1, 0.5, None])
    content = PdfReader(write_report(FORMAT, tmp_path, [rows]).path).pages[0].get_contents()
    assert content is not None
    drawn = content.get_data().decode("latin-1")
    for colour, text in ((LIGHT.good, "90.0%"), (LIGHT.bad, "10.0%"), (LIGHT.warn, "50.0%"), (LIGHT.text, "\\002")):
        assert re.search(rf"{operator(colour)} [-\d. ]+ Td \({re.escape(text)}\) Tj", drawn), text


def test_the_first_rows_of_a_longer_table_have_no_colours(tmp_path: Path) -> None:
    rows = part("Data", (RATE,), [0.9, 0.1, 0.5])
    content = PdfReader(write_report(PdfFormat(max_rows=2), tmp_path, [rows]).path).pages[0].get_contents()
    assert content is not None
    assert operator(LIGHT.good) not in content.get_data().decode("latin-1")


def test_the_foot_tells_the_run_as_short_as_the_mail_does(tmp_path: Path) -> None:
    report = head(execution_id="74d42f7e-d6ba-42f3-bc63-a45f96396ff0")
    text = PdfReader(write_report(FORMAT, tmp_path, [numbered(1)], report=report).path).pages[0].extract_text()
    assert "Northwind Airports · Run 74d42f7e · reports.example.test" in text
