"""What a narrow column may lose, and what it may not."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from pypdf import PdfReader

from core.formats.pdf import FORMAT
from tests.formats.pdf_html_reports import column, part, texts, write_report

AMOUNTS = [1_234_567, 2_345_678, 3_456_789]


def text_of(path: Path) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(path).pages)


def test_no_number_is_cut_however_many_columns_there_are(tmp_path: Path) -> None:
    columns = [column("t", label="Name"), *(column(f"n{n}", "integer", label=f"Amount {n}") for n in range(20))]
    wide = part("Wide", columns, ["A name that takes a lot of room"] * 3, *[AMOUNTS] * 20)
    text = text_of(write_report(FORMAT, tmp_path, [wide]).path)
    shown = text.count("1,234,567")
    assert shown >= 8
    assert not [word for word in text.split() if word.endswith("…") and word[0].isdigit()]
    assert f"{20 - shown} more column" in text


def test_a_label_that_finds_no_room_takes_a_second_line(tmp_path: Path) -> None:
    columns = [column(f"n{n}", "integer", label="Scheduled departures", unit="min") for n in range(9)]
    text = text_of(write_report(FORMAT, tmp_path, [part("Wide", columns, *[[1]] * 9)]).path)
    assert "Scheduled\n" in text
    assert "…" not in text


def test_dates_stand_left_where_they_name_the_row_and_right_elsewhere(tmp_path: Path) -> None:
    days = [date(2013, 6, 17)]
    columns = (column("a", "date", label="Day"), column("t", label="Text"), column("b", "date", label="Until"))
    page = PdfReader(write_report(FORMAT, tmp_path, [part("Days", columns, days, ["x"], days)]).path).pages[0]
    places: dict[str, list[float]] = {}
    page.extract_text(visitor_text=lambda text, cm, tm, *_: places.setdefault(text.strip(), []).append(cm[4] + tm[4]))
    first, last = places["17 Jun 2013"]
    assert first < 60
    assert last > 480


def test_cells_with_letters_that_no_font_has_are_counted(tmp_path: Path) -> None:
    text = text_of(
        write_report(FORMAT, tmp_path, [texts(["plain", "pharaoh 𓀀", "\ue123", "दिल्ली", "กรุงเทพ", None])]).path
    )
    assert "2 cells hold characters that no font here has" in text
    assert "pharaoh \ufffd" in text


def test_a_report_that_shows_everything_says_nothing_about_letters(tmp_path: Path) -> None:
    text = text_of(
        write_report(FORMAT, tmp_path, [texts(["Zürich", "Київ", "القاهرة", "दिल्ली", "กรุงเทพ", "Party 🎉"])]).path
    )
    assert "no font" not in text
