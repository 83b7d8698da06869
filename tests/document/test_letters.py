"""The letters of a chart's picture: each from a font that has it, or a sign that says that none does."""

from __future__ import annotations

import warnings

import pytest

from core.document.charts import chart_png
from core.document.fonts import FAMILY
from core.document.letters import drawable, families_for
from tests.document.test_charts import chart

SCRIPTS = (
    "Київ",
    "ירושלים",
    "القاهرة",
    "می\u200cخواهم",
    "दिल्ली",
    "กรุงเทพ",
    "東京",
    "서울",
    "Party 🎉 👩\u200d👧",
    "\ue123",
)


@pytest.mark.parametrize("text", ["Zürich", "Αθήνα", "ירושלים", "القاهرة", "दिल्ली", "กรุงเทพ", "Party 🎉"])
def test_scripts_that_come_with_us_are_kept(text: str) -> None:
    assert drawable(text) == text


def test_what_no_font_has_is_replaced_where_everybody_sees_it() -> None:
    assert drawable("hieroglyph 𓀀!") == "hieroglyph \ufffd!"
    assert drawable("private \ue123") == "private \ufffd"


def test_marks_without_width_are_left_out() -> None:
    assert drawable("a\u202eb\ufe0fc\u00ad") == "abc"
    assert drawable("👍🏽") == "👍"


def test_plain_texts_ask_two_fonts_only() -> None:
    assert families_for("Zürich", "regular") == (FAMILY, "DejaVu Sans")
    assert "Noto Sans Devanagari" in families_for("दिल्ली", "bold")


@pytest.mark.parametrize("text", SCRIPTS)
def test_a_chart_with_any_name_is_drawn_without_a_complaint(text: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert chart_png(chart(x=[text, "other"], Delay=[5.0, 7.0])).startswith(b"\x89PNG")
