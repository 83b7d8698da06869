"""Readers of PDF tell fonts apart by the names inside them: two weights of one name would print as one."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

from fontTools.ttLib import TTFont
from pypdf import PdfReader

from core.document.fonts import Weight, font_path
from core.formats import get_format
from tests.formats.pdf_html_reports import chart, kpis, numbered, write_report


def test_each_weight_is_a_font_of_its_own_name_in_the_file(tmp_path: Path) -> None:
    report = write_report(get_format("pdf"), tmp_path, [numbered(3, kpis=kpis(), chart=chart())])
    names = {str(name) for page in PdfReader(report.path).pages for name in _fonts(page)}
    ours = {name.partition("+")[2] for name in names if "Rooster" in name}
    assert ours == {_postscript_name(weight) for weight in get_args(Weight)}
    assert len(ours) == 3


def _fonts(page: Any) -> list[str]:
    fonts = page["/Resources"]["/Font"]
    return [fonts[key]["/BaseFont"] for key in fonts]


def _postscript_name(weight: Weight) -> str:
    with TTFont(font_path(weight)) as font:
        return str(font["name"].getDebugName(6))
