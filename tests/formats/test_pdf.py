"""The PDF as a reader finds it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pypdf import PdfReader

from core.formats.pdf import FORMAT, PdfFormat
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


def pages_of(path: Path) -> list[str]:
    return [page.extract_text() for page in PdfReader(path).pages]


def text_of(path: Path) -> str:
    return "\n".join(pages_of(path))


def test_the_first_page_says_whose_report_it_is_and_when_it_ran(tmp_path: Path) -> None:
    written = write_report(FORMAT, tmp_path, [numbered(3, kpis=kpis(), chart=chart())])
    text = pages_of(written.path)[0]
    for words in ("Northwind Airports", "Run on Mon 24 Jun 2013, 07:00", "Departures by airline", "17-23 Jun 2013"):
        assert words in text
    for words in (
        "How punctual the week was.",
        "6,680",
        "was 6,647",
        "14.7 min",
        "Delay per day",
        "3 rows",
        "airport = all",
    ):
        assert words in text
    assert "Data as of 24 Jun 2013, 07:00 (America/New_York)" in text


def test_every_page_repeats_the_header_row_and_counts_the_pages(tmp_path: Path) -> None:
    written = write_report(FORMAT, tmp_path, [numbered(150)])
    pages = pages_of(written.path)
    assert len(pages) > 3
    for number, text in enumerate(pages, start=1):
        assert f"Page {number} of {len(pages)}" in text
        assert "Value" in text
        assert "Run 8f2c41 · reports.example.test" in text
    assert sum(text.count("row 0") for text in pages) == 150


def test_rows_beyond_the_limit_are_counted_and_the_page_says_where_they_are(tmp_path: Path) -> None:
    written = write_report(PdfFormat(max_rows=20), tmp_path, [numbered(50)])
    text = text_of(written.path)
    assert (written.rows_written, written.rows_total) == (20, 50)
    assert "First 20 of 50 rows; all 50 rows are in the Excel and CSV files" in text
    assert "row 00019" in text
    assert "row 00020" not in text


@pytest.mark.parametrize(
    ("formats", "words"),
    [
        (("pdf", "csv"), "all 50 rows are in the CSV file"),
        (("pdf", "html"), "choose Excel or CSV for this report to get the others"),
    ],
)
def test_it_names_only_files_that_exist(tmp_path: Path, formats: tuple[str, ...], words: str) -> None:
    written = write_report(PdfFormat(max_rows=20), tmp_path, [numbered(50)], report=head(formats=formats))
    assert words in text_of(written.path)


def test_a_failed_section_is_shown_with_its_sentence_beside_the_others(tmp_path: Path) -> None:
    parts = [numbered(2, "Good"), failed_part("Broken", "The table 'flights' does not exist."), numbered(3, "Last")]
    written = write_report(FORMAT, tmp_path, parts)
    text = text_of(written.path)
    assert "This part failed: The table 'flights' does not exist." in text
    assert text.index("Good") < text.index("Broken") < text.index("Last")
    assert (written.rows_written, written.rows_total) == (5, 5)


def test_a_section_that_failed_half_way_shows_none_of_its_rows(tmp_path: Path) -> None:
    written = write_report(FORMAT, tmp_path, [numbered(3, error="The connection was lost.")])
    text = text_of(written.path)
    assert "The connection was lost." in text
    assert "row 0000" not in text
    assert written.rows_written == 0


def test_an_empty_result_says_so_under_its_header(tmp_path: Path) -> None:
    empty = part("Empty", (column("a", label="Airline"), column("n", "integer", label="Count")))
    text = text_of(write_report(FORMAT, tmp_path, [empty]).path)
    assert "No rows" in text
    assert "Airline" in text


def test_hidden_columns_stay_out_and_units_stand_in_the_header(tmp_path: Path) -> None:
    columns = (
        column("a", label="Airline"),
        column("secret", label="Salary", hidden=True),
        column("d", "decimal", label="Delay", unit="min", decimals=1),
    )
    text = text_of(write_report(FORMAT, tmp_path, [part("Data", columns, ["UA"], ["4711"], [14.25])]).path)
    assert "Delay (min)" in text
    assert "14.3" in text
    assert "4711" not in text
    assert "Not shown: Salary (hidden by the query's settings)" in text


def test_a_table_too_wide_for_the_page_does_not_promise_hidden_columns_anywhere(tmp_path: Path) -> None:
    shown = [column(f"c{n}", label=f"Column number {n}") for n in range(30)]
    cells = [["A cell of some length"]] * 31
    report = head(formats=("csv", "pdf"))
    plain = text_of(write_report(FORMAT, tmp_path, [part("Data", tuple(shown), *cells[:30])], report=report).path)
    assert "All columns are in the CSV file." in plain
    columns = (*shown, column("secret", label="Salary", hidden=True))
    text = text_of(write_report(FORMAT, tmp_path, [part("Data", columns, *cells)], report=report).path)
    assert "All columns but the hidden ones are in the CSV file." in text


@pytest.mark.parametrize("letters", ["word ", "\u05d0\u05d1\u05d2 "], ids=["plain", "another script"])
def test_cells_cut_with_an_ellipsis_are_told_of(letters: str, tmp_path: Path) -> None:
    report = head(formats=("csv", "pdf"))
    long = text_of(write_report(FORMAT, tmp_path, [texts([letters * 80])], report=report).path)
    assert "Long texts are shortened here; they are whole in the CSV file" in long
    assert "shortened" not in text_of(write_report(FORMAT, tmp_path, [texts([letters])], report=report).path)


def test_hostile_cells_are_printed_as_they_are(tmp_path: Path) -> None:
    parts = [texts(HOSTILE), numbered(1, HOSTILE[0])]
    report = head(name=HOSTILE[2], workspace=HOSTILE[1], description=HOSTILE[4])
    text = text_of(write_report(FORMAT, tmp_path, parts, report=report, notices=(HOSTILE[5],)).path)
    for shown in (HOSTILE[0], HOSTILE[1], HOSTILE[4], HOSTILE[5], "{{ 7 * 7 }}", "(a)\\b"):
        assert shown in text
    assert "bell\ufffd nul\ufffd tab line end" in text
    assert "override gnp.exe" in text


def test_a_narrow_table_stands_upright_and_a_wide_one_lies(tmp_path: Path) -> None:
    many = [column(f"c{n}", label=f"Column number {n}") for n in range(9)]
    upright = PdfReader(write_report(FORMAT, tmp_path, [numbered(2)]).path).pages[0].mediabox
    lying = PdfReader(write_report(FORMAT, tmp_path, [part("Wide", many, *[["x"]] * 9)]).path).pages[0].mediabox
    letter = PdfReader(write_report(FORMAT, tmp_path, [numbered(2)], report=head(page_size="Letter")).path)
    assert (round(upright.width), round(upright.height)) == (595, 842)
    assert (round(lying.width), round(lying.height)) == (842, 595)
    assert (round(letter.pages[0].mediabox.width), round(letter.pages[0].mediabox.height)) == (612, 792)


def test_columns_that_find_no_room_are_counted_and_named(tmp_path: Path) -> None:
    many = [column(f"c{n}", label=f"Column number {n}") for n in range(60)]
    text = text_of(write_report(FORMAT, tmp_path, [part("Wide", many, *[["some text"]] * 60)]).path)
    assert re.search(r"\d+ more columns do not fit on the page: Column number \d+, .* and \d+ more\.", text)
    assert "All columns are in the Excel and CSV files." in text


def test_the_same_report_gives_the_same_bytes_and_tells_its_title(tmp_path: Path) -> None:
    first, second = (
        write_report(FORMAT, tmp_path / name, [numbered(60, kpis=kpis(), chart=chart()), texts(["Łódź", "日本"])])
        for name in ("a", "b")
        if (tmp_path / name).mkdir() is None
    )
    assert first.path.read_bytes() == second.path.read_bytes()
    facts = PdfReader(first.path).metadata
    assert facts is not None
    assert (facts.title, facts.author) == ("Departures by airline · 17-23 Jun 2013", "Northwind Airports")
    assert facts.subject == "How punctual the week was."
    assert facts.get("/CreationDate") == "D:20130624110002+00'00'"


def test_giving_up_leaves_no_file(tmp_path: Path) -> None:
    writer = FORMAT.open(tmp_path, stem="1-file", head=head())
    given = numbered(3)
    assert given.batches
    writer.begin(given.section.head)
    writer.write(given.batches[0])
    writer.abort()
    assert list(tmp_path.iterdir()) == []


def test_the_body_replaces_the_description_as_plain_paragraphs(tmp_path: Path) -> None:
    body = "Hello **Dana**,\n\n- [one](https://example.test)\n- two <b>bold</b>"
    text = text_of(write_report(FORMAT, tmp_path, [numbered(1)], body_markdown=body, notices=("Linked.",)).path)
    for words in ("Hello Dana,", "• one", "two <b>bold</b>", "Linked."):
        assert words in text
    assert "How punctual" not in text
