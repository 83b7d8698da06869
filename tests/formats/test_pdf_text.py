"""Scripts of the world on the canvas."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader
from reportlab.pdfgen.canvas import Canvas

from core.formats import pdf_fonts
from core.formats.pdf import FORMAT
from core.formats.pdf_text import Style, clean, draw, fit, visual, width_of, wrap
from tests.formats.pdf_html_reports import texts, write_report

STYLE = Style(10)


@pytest.fixture
def no_system_fonts(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(pdf_fonts, "_further", lambda: ())
    pdf_fonts.face_for.cache_clear()
    yield
    pdf_fonts.face_for.cache_clear()


def drawn(text: str, style: Style = STYLE) -> str:
    paper = BytesIO()
    canvas = Canvas(paper)
    draw(canvas, 50, 500, text, style)
    canvas.save()
    return PdfReader(paper).pages[0].extract_text()


@pytest.mark.parametrize(
    "text",
    [
        "Ünïcödé façade Łódź İstanbul €1.234,50",
        "Ελληνικά Ωμέγα",
        "Русский Текст Українська ґ",
        "Tiếng Việt: Đặng Thị Hường",
        "✓ ▲ ▼ → ∑ ≥ ≠ ∞ №",
        "mixed Łódź → Москва ✓",
    ],
)
def test_a_cell_can_be_read_back(tmp_path: Path, text: str) -> None:
    written = write_report(FORMAT, tmp_path, [texts(["plain", text, "(a)\\b"])])
    assert text in PdfReader(written.path).pages[0].extract_text()


@pytest.mark.parametrize(
    ("text", "font"),
    [("简体中文报告", "STSong-Light"), ("レポート遅延", "HeiseiKakuGo-W5"), ("한국어 보고서", "HYGothic-Medium")],
)
@pytest.mark.usefixtures("no_system_fonts")
def test_chinese_japanese_and_korean_fall_back_to_the_fonts_of_the_viewer(text: str, font: str) -> None:
    face = pdf_fonts.face_for(ord(text[0]), "regular", pdf_fonts.language_of(text, "en_GB"))
    assert face is not None
    assert face.name == font
    assert not face.embedded
    assert drawn(text) == text


def test_the_locale_decides_for_han_alone() -> None:
    assert pdf_fonts.language_of("报告", "en_GB") == "zh"
    assert pdf_fonts.language_of("報告", "zh_Hant_TW") == "zh_TW"
    assert pdf_fonts.language_of("報告", "ja_JP") == "ja"
    assert pdf_fonts.language_of("報告です", "zh_CN") == "ja"


def test_hebrew_is_set_from_the_right_and_keeps_its_brackets() -> None:
    assert visual("דוח (טיסות)") == "(תוסיט) חוד"


def test_arabic_letters_are_joined_and_numbers_stay_in_order() -> None:
    shown = visual("تأخر 14.7 دقيقة")
    assert "14.7" in shown
    assert all("\ufe70" <= ch <= "\ufefc" or ch in " 14.7" for ch in shown)


def test_emoji_are_drawn_and_read_back() -> None:
    assert drawn("Party 🎉 here") == "Party 🎉 here"
    assert drawn("☕ 👍🏽 👩\u200d👧") == "☕ 👍 👩👧"


def test_what_no_font_has_is_shown_as_unknown_not_dropped() -> None:
    assert "\ufffd" in drawn("hieroglyph 𓀀 here")
    assert "\ufffd" in drawn("private \ue123")


def test_controls_and_line_ends_cannot_break_a_line() -> None:
    assert clean("a\r\nb\tc\x07d\u2028e") == "a b c\ufffdd e"
    assert clean("soft\u00adhyphen \u202eoverride \u200djoiner\ufe0f") == "softhyphen override joiner"
    assert clean("Zu\u0308rich") == "Zürich"
    assert clean("\ud800") == "\ufffd"


def test_narrow_spaces_of_number_formats_keep_their_room() -> None:
    assert width_of("1\u202f234", STYLE) > width_of("1234", STYLE)
    assert width_of("1\u00a0234", STYLE) == width_of("1 234", STYLE)


def test_too_long_a_text_ends_in_an_ellipsis_within_its_room() -> None:
    for text in ("a very long sentence indeed " * 5, "日本語レポート" * 9, "דוח עיכובי טיסות " * 9):
        short = fit(text, 100, STYLE)
        assert short.endswith("…")
        assert width_of(short, STYLE) <= 100


def test_wrapping_loses_nothing_until_the_last_line() -> None:
    words = "one two three four five six seven"
    assert " ".join(wrap(words, 60, STYLE, lines=9)) == words
    assert "".join(wrap("x" * 90, 60, STYLE, lines=99)) == "x" * 90
    assert len(wrap(words, 60, STYLE, lines=2)) == 2
    assert wrap(words, 60, STYLE, lines=2)[-1].endswith("…")
    assert all(width_of(line, STYLE) <= 60 for line in wrap(words, 60, STYLE, lines=9))
