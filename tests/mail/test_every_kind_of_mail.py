"""What mail programs need of the HTML, of each kind of mail there is, and what Outlook makes of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

import pytest

from core.document.tokens import DARK, LIGHT
from tests.mail.html_tree import Element, Tree, as_outlook
from tests.mail.reports import COLUMNS, SectionHead, make_document, make_section, report_mail
from tests.mail.test_header_list import NOTICES

URL = "https://reports.example.com/execution?id=8f2c41d0-0000-4000-8000-000000000001"


def html_of(message) -> str:
    return str(message.get_body(("html",)).get_content())


def report() -> str:
    return html_of(report_mail(stop_url="https://reports.example.com/u/abc"))


def dashboard() -> str:
    heads = [SectionHead(f"s{n}", f"Part {n}", COLUMNS) for n in range(3)]
    parts = [make_section(head=heads[0]), make_section(head=heads[1], kpis=(), chart=None)]
    failed = make_section(head=heads[2], error="The table is gone.", preview=None, kpis=(), chart=None)
    return html_of(report_mail(make_document(*parts, failed, notices=("Part 2 is missing.",))))


def mirrored() -> str:
    return html_of(report_mail(make_document(locale="ar_EG")))


def empty() -> str:
    return html_of(report_mail(make_document(make_section(row_count=0, preview=None, chart=None, kpis=()))))


REPORTS: tuple[Callable[[], str], ...] = (report, dashboard, mirrored, empty)
NOTICE_HTML = {build.__name__: lambda build=build: html_of(build()) for build in NOTICES}
CASES = {build.__name__: build for build in REPORTS} | NOTICE_HTML


@cache
def made(name: str) -> str:
    return str(CASES[name]())


@pytest.fixture(params=sorted(CASES))
def html(request: pytest.FixtureRequest) -> str:
    return made(request.param)


@pytest.fixture(params=[build.__name__ for build in REPORTS])
def report_html(request: pytest.FixtureRequest) -> str:
    return made(request.param)


def links(tree: Tree) -> list[Element]:
    return [element for element in tree.find("a") if element.attributes.get("href")]


def layout(tree: Tree) -> list[Element]:
    return [table for table in tree.find("table") if "aria-label" not in table.attributes]


def test_every_tag_is_closed_in_its_turn_in_outlook_too(html):
    plain, outlook = Tree(html), Tree(as_outlook(html))
    assert len(outlook.find("table")) > len(plain.find("table")) - 1
    assert not any("mso" in comment for comment in outlook.comments)


def test_outlook_gets_a_table_of_a_fixed_width_around_the_card(html):
    ghosts = [comment for comment in Tree(html).comments if comment.startswith("[if mso]>") and "width=" in comment]
    assert any('width="640"' in ghost for ghost in ghosts)
    assert len(Tree(as_outlook(html)).find("table", width="640")) == 1


def test_outlook_gets_pairs_of_tiles_side_by_side():
    outlook = Tree(as_outlook(made("report")))
    cells = [cell for cell in outlook.find("td", width="50%", valign="top") if "style" not in cell.attributes]
    assert len(cells) == 2


def test_outlook_never_sees_the_dark_chart():
    assert [image.attributes["src"] for image in Tree(as_outlook(made("report"))).find("img")] == ["cid:chart-1-light"]
    [dark] = [image for image in Tree(made("report")).find("img") if image.attributes["src"] == "cid:chart-1-dark"]
    assert dark.around[-1].style["mso-hide"] == "all"
    assert dark.around[-1].style["display"] == "none"


def test_one_style_element_is_kept_and_only_for_what_cannot_stand_inline(html):
    tree = Tree(html)
    [sheet] = tree.find("style")
    outside = re.sub(r"@media[^{]*\{(?:[^{}]*\{[^{}]*\})*\s*\}", "", sheet.text)
    selectors = [selector.strip() for selector in re.findall(r"([^{}]+)\{", outside)]
    # What is outside of the media queries is the scheme, what is hidden until one shows it, and Outlook on the web.
    assert [name for name in selectors if not name.startswith(("[data-ogsc]", ":root", ".only-sm,.dk"))] == []
    assert "<link" not in html


def test_text_has_its_colour_and_size_inline(html):
    for cell in Tree(html).elements:
        if cell.tag in ("h1", "h2", "h3") or (cell.tag in ("td", "th") and cell.attributes.get("scope")):
            styles = [element.style for element in (*cell.around, cell)]
            assert any("color" in style for style in styles), cell
            assert any("font-size" in style for style in styles), cell


def test_fonts_are_named_once_and_their_quotes_end_no_rule(html):
    tree = Tree(html)
    assert [element.tag for element in tree.styled() if "font-family" in element.attributes["style"]] == ["body"]
    [body] = tree.find("body")
    assert "'Segoe UI'" in body.style["font-family"]
    assert body.style["font-family"].endswith("sans-serif")
    assert "&#39;" not in html


def test_tables_that_only_lay_out_say_so(html):
    tree = Tree(html)
    assert layout(tree)
    assert {table.attributes.get("role") for table in layout(tree)} == {"presentation"}
    assert {table.attributes.get("role") for table in Tree(as_outlook(html)).find("table", width="640")} == {
        "presentation"
    }


@pytest.mark.parametrize("name", ["report", "dashboard", "mirrored"])
def test_a_table_of_data_has_heads_for_columns_and_rows(name):
    tree = Tree(made(name))
    tables = [table for table in tree.find("table") if "aria-label" in table.attributes]
    assert len(tables) == (2 if name == "dashboard" else 1)
    for table in tables:
        assert "role" not in table.attributes
        inside = [element for element in tree.elements if table in element.around]
        heads = [element for element in inside if element.tag == "th"]
        assert {head.attributes["scope"] for head in heads if head.is_in("thead")} == {"col"}
        assert {head.attributes["scope"] for head in heads if head.is_in("tbody")} == {"row"}
        rows = [element for element in inside if element.tag == "tr" and element.is_in("tbody")]
        assert len([head for head in heads if head.is_in("tbody")]) == len(rows) > 0


def test_the_line_of_the_inbox_comes_first_is_short_and_is_padded(html):
    [body] = Tree(html).find("body")
    first = next(element for element in Tree(html).elements if body.tag in [one.tag for one in element.around])
    assert (first.style["display"], first.style["mso-hide"], first.style["max-height"]) == ("none", "all", "0")
    words = first.text.rstrip("\u2007\ufeff\u034f ")
    padding = first.text[len(words) :]
    assert 0 < len(words) <= 110
    assert all(padding.count(mark) >= 40 for mark in "\u2007\ufeff\u034f")


def test_both_schemes_are_announced(html):
    tree = Tree(html)
    for name in ("color-scheme", "supported-color-schemes"):
        assert [meta.attributes["content"] for meta in tree.find("meta", name=name)] == ["light dark"]
    [sheet] = tree.find("style")
    assert ":root{color-scheme:light dark;supported-color-schemes:light dark}" in sheet.text
    assert "@media (prefers-color-scheme:dark)" in sheet.text


def test_nothing_is_pure_black_or_white_on_which_gmail_would_invert_text(html):
    assert "#000000" not in html
    assert {LIGHT.text, DARK.text} & {"#000000", "#FFFFFF"} == set()
    assert {LIGHT.page, DARK.page, DARK.card} & {"#000000", "#FFFFFF"} == set()


def test_language_and_direction_are_told(html):
    [root] = Tree(html).find("html")
    assert root.attributes["lang"] == "en"
    assert root.attributes["dir"] == ("rtl" if html == made("mirrored") else "ltr")


def test_phones_make_no_links_of_numbers_and_dates(html):
    [meta] = Tree(html).find("meta", name="format-detection")
    assert meta.attributes["content"] == "telephone=no,date=no,address=no,email=no,url=no"


def test_nothing_is_in_it_that_mail_programs_strip_or_fear(html):
    tree = Tree(html)
    forbidden = {"script", "form", "input", "video", "audio", "iframe", "object", "embed", "svg", "link", "base"}
    assert {element.tag for element in tree.elements} & forbidden == set()
    assert [name for element in tree.elements for name in element.attributes if name.startswith("on")] == []
    assert re.search(r"@import|@font-face|url\(|expression\(|javascript:", html) is None
    assert "data:" not in html


def test_pictures_are_in_the_mail_and_fit_every_width(html):
    for image in Tree(html).find("img"):
        assert image.attributes["src"].startswith("cid:")
        assert int(image.attributes["width"]) <= 590
        assert image.style["max-width"] == "590px"
        assert image.style["width"] == "100%"


def test_a_chart_says_in_words_what_it_shows_and_the_dark_one_is_not_read_twice():
    light, dark = Tree(made("report")).find("img")
    assert light.attributes["alt"] == (
        "Average departure delay per day: highest 36.1 min (Tue 18) and lowest 3.7 min (Thu 20)."
    )
    assert dark.attributes["alt"] == ""


def test_without_pictures_the_mail_still_says_everything():
    html = re.sub(r"<img[^>]*>", "", made("report"))
    words = "".join(Tree(html).find("body")[0].pieces)
    for said in ("6,680", "76.4%", "United Air Lines", "Open the full report", "Average departure delay per day"):
        assert said in words


def test_there_is_one_button_and_the_title_opens_the_run_too(report_html):
    tree = Tree(report_html)
    buttons = [link for link in links(tree) if link.attributes.get("class") == "bb"]
    assert [button.attributes["href"] for button in buttons] == [URL]
    assert [link.attributes["href"] for link in links(tree) if link.is_in("h1")] == [URL]


@pytest.mark.parametrize("name", sorted(NOTICE_HTML))
def test_a_notice_has_one_button_at_most(name):
    assert len([link for link in links(Tree(made(name))) if link.attributes.get("class") == "bb"]) <= 1


def test_colour_is_never_the_only_sign():
    tree = Tree(made("report"))
    changes = [one.text for one in tree.find("div") if one.attributes.get("class") in ("good", "bad")]
    assert len(changes) == 3
    assert all(re.fullmatch(r"[\u25b2\u25bc] [\d.,]+ ?(%|pts|min)", change) for change in changes), changes
    chips = [one.text for one in tree.find("span") if one.attributes.get("class") in ("cgood", "cwarn", "cbad")]
    assert len(chips) == 10
    assert all(re.fullmatch(r"[\d.]+%", chip) for chip in chips)
    assert Tree(made("dashboard")).find("td", class_="cbad")[0].text == "The table is gone."


def test_too_much_html_loses_columns_before_rows(monkeypatch):
    whole = len(made("report").encode())
    shapes = []
    for budget in range(whole, whole - 16_000, -1_000):
        monkeypatch.setattr("core.mail.render.HTML_BUDGET", budget)
        tree = Tree(report())
        rows = [row for row in tree.find("tr") if row.is_in("tbody")]
        shapes.append((len(tree.find("th", scope="col")), len(rows)))
    assert list(dict.fromkeys(shapes))[:4] == [(7, 10), (6, 10), (5, 10), (4, 8)]
    assert sorted(shapes, reverse=True) == shapes
