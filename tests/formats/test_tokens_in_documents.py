"""Colours, sizes and type of every document and page come from `core/document/tokens.py`, and are what was decided."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from pypdf import PageObject, PdfReader

from core.document import tokens
from core.document.model import ReportDocument, Section, SectionHead
from core.document.tokens import CARD_WIDTH, DARK, LIGHT, RADIUS, SPACE, TYPE, Palette, blend
from core.formats import get_format
from core.mail.render import render_report
from core.mail.view import Copy
from tests.formats.pdf_html_reports import Part, chart, column, failed_part, head, kpis, numbered, part, write_report

ROOT = Path(__file__).parents[2]
HEX = re.compile(r"#([0-9A-Fa-f]{6}|[0-9A-Fa-f]{3})\b")
# light, dark
DECIDED = {
    "page": ("#F3F4F6", "#0E1014"),
    "card": ("#FFFFFF", "#17191F"),
    "sunken": ("#F8F9FB", "#1D2027"),
    "border": ("#E4E7EC", "#2B303A"),
    "line": ("#EEF0F3", "#242831"),
    "text": ("#14171C", "#F1F3F6"),
    "sub": ("#525B6A", "#B3BAC6"),
    "muted": ("#646C7A", "#8E97A6"),
    "brand": ("#3B5BDB", "#9DB0FF"),
    "brand_ink": ("#FFFFFF", "#10131C"),
    "good": ("#0B7A4B", "#5ADBA0"),
    "good_soft": ("#E6F5EE", "#13302A"),
    "warn": ("#8A5A00", "#F2C063"),
    "warn_soft": ("#FFF4DB", "#352A14"),
    "bad": ("#B42323", "#FF9A93"),
    "bad_soft": ("#FCEBEA", "#3A1F21"),
    "previous": ("#DFE4EC", "#3A424F"),
}
# CSS px, line height, weight; points in a PDF
DECIDED_TYPE = {
    "title": (22, 28, 700, 21),
    "section": (15, 20, 600, 12.5),
    "body": (15, 23, 400, 10.5),
    "table": (13, 18, 400, 8.6),
    "caption": (12, 16, 400, 9),
    "label": (12, 16, 400, 9),
    "kpi": (24, 30, 700, 19),
}


def colours(*palettes: Palette) -> set[str]:
    found: set[str] = set()
    for palette in palettes:
        values = [getattr(palette, field.name) for field in fields(palette)]
        found |= {value.upper() for value in values if isinstance(value, str) and value.startswith("#")}
        found |= {value.upper() for value in palette.series}
    return found


def hexes(text: str) -> set[str]:
    return {_long(match[1]) for match in HEX.finditer(text)}


def _long(digits: str) -> str:
    return "#" + ("".join(digit * 2 for digit in digits) if len(digits) == 3 else digits).upper()


def parts() -> list[Part]:
    rate = column("on_time_rate", "decimal", label="On time")
    board = [numbered(30, "Visits", kpis=kpis(), chart=chart()), failed_part("Gone", "It is gone.")]
    return [*board, part("Rates", (rate,), [0.1, 0.5, 0.9])]


def test_the_tokens_are_those_that_were_decided() -> None:
    assert {name: (getattr(LIGHT, name), getattr(DARK, name)) for name in DECIDED} == DECIDED
    assert (LIGHT.series[0], DARK.series[0]) == ("#3B5BDB", "#8CA2FF")
    assert {name: (size.size, size.line, size.weight, size.pdf) for name, size in TYPE.items()} == DECIDED_TYPE
    assert SPACE == (4, 8, 12, 16, 24, 32, 40)
    assert RADIUS == {"card": 12, "tile": 10, "button": 8, "chip": 8}
    assert CARD_WIDTH == 640


def test_an_html_file_has_no_colour_but_the_tokens(tmp_path: Path) -> None:
    page = write_report(get_format("html"), tmp_path, parts(), notices=("Something is missing.",)).path.read_text()
    areas = {blend(LIGHT.series[0], LIGHT.card, 0.14), blend(DARK.series[0], DARK.card, 0.14)}
    assert hexes(page) - colours(LIGHT, DARK) - areas == set()
    assert hexes(page) >= {LIGHT.page, DARK.page, LIGHT.good, DARK.good}


def test_a_pdf_has_no_colour_but_the_light_tokens(tmp_path: Path) -> None:
    written = write_report(get_format("pdf"), tmp_path, parts(), notices=("Something is missing.",))
    found: set[str] = set()
    for page in PdfReader(written.path).pages:
        content = page.get_contents()
        assert content is not None
        streams = [content.get_data(), *(form.get_object().get_data() for form in _forms(page))]
        for stream in streams:
            for red, green, blue in re.findall(rb"([\d.]+) ([\d.]+) ([\d.]+) (?:rg|RG)\b", stream):
                found.add("#" + "".join(f"{round(float(level) * 255):02X}" for level in (red, green, blue)))
    assert found - colours(LIGHT) - {"#000000"} == set()
    assert found >= {LIGHT.text, LIGHT.muted, LIGHT.border, LIGHT.brand}


def _forms(page: PageObject) -> list[Any]:
    found = page["/Resources"].get("/XObject", {})
    return [form for form in found.values() if form.get_object()["/Subtype"] == "/Form"]


def test_a_workbook_has_no_colour_but_the_light_tokens(tmp_path: Path) -> None:
    path = write_report(get_format("excel"), tmp_path, parts(), notices=("Something is missing.",)).path
    with ZipFile(path) as archive:
        mine = [name for name in archive.namelist() if re.search(r"styles|charts/chart|sheets/sheet", name)]
        text = "".join(archive.read(name).decode() for name in mine)
    found = {
        f"#{digits}"
        for digits in re.findall(r'rgb="FF([0-9A-F]{6})"|srgbClr val="([0-9A-F]{6})"', text)
        for digits in digits
        if digits
    }
    bars = {blend(LIGHT.brand, LIGHT.card, 0.3), blend(LIGHT.bad, LIGHT.card, 0.3)}
    assert found - colours(LIGHT) - bars == set()
    assert found >= {LIGHT.text, LIGHT.sub, LIGHT.sunken, LIGHT.series[0]}


def test_a_mail_has_no_colour_but_the_tokens() -> None:
    visits = numbered(30, "Visits", kpis=kpis(), chart=chart()).section
    broken = Section(SectionHead("gone", "Gone", ()), error="It is gone.")
    document = ReportDocument(head(), (visits, broken), notices=("Something is missing.",))
    mail = render_report(document, Copy("ada@example.com", "https://reports.example.test"), body_markdown="*Hello*")
    assert hexes(mail.html) - colours(LIGHT, DARK) == set()
    assert hexes(mail.html) >= {LIGHT.page, LIGHT.card, LIGHT.text, DARK.page, DARK.card}


@pytest.mark.parametrize("folder", ["core/mail", "core/formats", "core/document", "pages", "web"])
def test_no_source_has_a_colour_of_its_own(folder: str) -> None:
    ours = colours(LIGHT, DARK) | {tokens.DARK_BUTTON, "#000000"}
    for path in (ROOT / folder).rglob("*"):
        if path.suffix in (".py", ".css", ".j2", ".html") and path.name != "tokens.py":
            assert hexes(path.read_text("utf-8")) - ours == set(), path


def test_the_style_sheet_of_the_html_file_has_the_sizes_of_the_tokens() -> None:
    css = (ROOT / "core/formats/templates/report.css").read_text("utf-8").split("@media")[0]
    rules = {selector.strip(): body for selector, body in re.findall(r"(?m)^([^{}@\n]+)\{([^}]*)\}", css)}
    for selector, name in (("h1", "title"), ("h2", "section"), (".tile .value", "kpi"), (".tile dt", "label")):
        size = TYPE[name]
        assert f"font-size:{size.size}px;line-height:{size.line}px" in rules[selector], selector
    assert f"font:{TYPE['body'].size}px/{TYPE['body'].line}px" in rules["body"]
    assert f"font-size:{TYPE['table'].size}px;line-height:{TYPE['table'].line}px" in rules["table"]
    assert f"border-radius:{RADIUS['card']}px" in rules[".card"]
    assert f"border-radius:{RADIUS['tile']}px" in rules[".tile"]
    assert f"gap:{tokens.KPI_GAP}px" in rules[".tiles"]
