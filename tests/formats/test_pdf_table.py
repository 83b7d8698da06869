"""The table engine: widths, cuts and bytes."""

from __future__ import annotations

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader
from reportlab.pdfgen.canvas import Canvas

from core.document.tokens import LIGHT
from core.formats.pdf_cells import Alphabet, Cells
from core.formats.pdf_parts import chart_height
from core.formats.pdf_table import HEADER_HEIGHT, ROW_HEIGHT, Table, TableColumn, share_width
from core.formats.pdf_text import ELLIPSIS, Style, width_of

STYLE = Style(8.6)
WIDTHS = st.lists(st.tuples(st.floats(20, 200), st.floats(0.1, 1), st.booleans()), min_size=1, max_size=12)


def alphabet() -> Alphabet:
    return Alphabet(Canvas(BytesIO()), STYLE)


@given(columns=WIDTHS, extra=st.floats(-0.9, 2))
def test_widths_fill_the_page_and_none_goes_below_its_floor(
    columns: list[tuple[float, float, bool]], extra: float
) -> None:
    natural = [width for width, _, _ in columns]
    floors = [width * part for width, part, _ in columns]
    available = max(sum(natural) * (1 + extra), sum(floors))
    shared = share_width(natural, floors, [text for _, _, text in columns], available)
    assert sum(shared) == pytest.approx(available, abs=0.01)
    assert all(width >= floor - 0.01 for width, floor in zip(shared, floors, strict=True))


def test_only_the_widest_columns_give_way() -> None:
    assert share_width([40, 50, 300], [30, 30, 60], [True] * 3, 200) == pytest.approx([40, 50, 110])


def test_text_columns_get_the_larger_share_of_slack() -> None:
    text, number = share_width([50, 50], [50, 50], [True, False], 200)
    assert text > number > 50


def test_plain_cells_are_measured_like_any_text_and_cut_within_the_limit() -> None:
    texts = ["short", "Łódź and a good deal of further text", "Москва", ""]
    cells = Cells.measure(texts, alphabet())
    assert cells.odd == {}
    assert list(cells.widths) == pytest.approx([width_of(text, STYLE) for text in texts])
    cells.cut(60)
    assert cells.texts[0] == "short"
    assert cells.texts[1].endswith(ELLIPSIS)
    assert all(width <= 60 for width in cells.widths)
    assert list(cells.widths) == pytest.approx([width_of(text, STYLE) for text in cells.texts])


def test_cells_that_need_care_are_set_aside() -> None:
    cells = Cells.measure(["plain", "日本", "שלום", "a\nb", "nul\0", "🙂", "e\u0301"], alphabet())
    assert sorted(cells.odd) == [1, 2, 3, 4, 5, 6]
    assert cells.texts == ["plain", "", "", "", "", "", ""]


def test_more_letters_than_one_subset_holds_still_come_out_right() -> None:
    letters = [
        chr(code) for code in (*range(0x391, 0x3CA), *range(0x410, 0x450), *range(0x1EA0, 0x1EF0)) if code != 0x3A2
    ]
    paper = BytesIO()
    canvas = Canvas(paper)
    table = Table(canvas, [TableColumn("All", letters)], palette=LIGHT, locale="en_GB", name="t")
    table.fit_width(500)
    for start in range(0, len(letters), 40):
        table.draw_rows(40, 800, range(start, min(start + 40, len(letters))))
        canvas.showPage()
    canvas.save()
    found = "".join(page.extract_text() for page in PdfReader(paper).pages)
    assert set(letters) <= set(found)


def test_strings_are_escaped_for_the_content_stream() -> None:
    letters = alphabet()
    Cells.measure(["é(\\)"], letters)
    assert letters.encode(["(a)\\b"]) == ["\\(a\\)\\\\b"]
    (escaped,) = letters.encode(["é(\\)"])
    assert escaped.isascii()
    assert escaped.endswith("\\(\\\\\\)")
    assert all(ch.isprintable() for ch in escaped)


def test_drawing_reports_the_height_it_used() -> None:
    table = Table(Canvas(BytesIO()), [TableColumn("A", ["x"] * 5, True)], palette=LIGHT, locale="en_GB", name="t")
    assert table.fit_width(500) == 1
    assert table.draw_rows(40, 800, range(2, 5)) == pytest.approx(HEADER_HEIGHT + 3 * ROW_HEIGHT)


def test_numbers_are_never_cut_to_make_room() -> None:
    columns = [TableColumn(f"Measure {n}", ["1,234,567,890"], True) for n in range(30)]
    table = Table(Canvas(BytesIO()), columns, palette=LIGHT, locale="en_GB", name="t")
    assert 5 < table.fit_width(750) < 30


@pytest.mark.parametrize(
    ("room", "whole", "height"),
    [
        (500, 335, 165),
        (480, 340, 140),
        (500, 9000, 165),
        (200, 9000, 200),
        (400, 9000, 165),
    ],
)
def test_a_chart_leaves_room_for_the_table_or_takes_what_is_left(room: float, whole: float, height: float) -> None:
    assert chart_height(room, usual=165, whole=whole, start=140) == height
