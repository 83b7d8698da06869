"""What people read: the HTML and the text of a report's mail."""

from __future__ import annotations

import re

import pytest

from core.mail.render import HTML_BUDGET
from tests.mail.reports import (
    COLUMNS,
    SectionHead,
    airlines_table,
    make_document,
    make_kpis,
    make_section,
    report_mail,
)

# Gmail clips longer ones.
GMAIL_LIMIT = 102_000


def _html(*args, **kwargs) -> str:
    return report_mail(*args, **kwargs).get_body(("html",)).get_content()


def _text(*args, **kwargs) -> str:
    return report_mail(*args, **kwargs).get_body(("plain",)).get_content()


def test_the_html_is_small_and_needs_nothing_from_outside():
    html = _html()
    assert len(html.encode()) < HTML_BUDGET < GMAIL_LIMIT
    assert "data:" not in html
    assert re.findall(r'src="([^"]+)"', html) == ["cid:chart-1-light", "cid:chart-1-dark"]
    assert re.search(r"<(script|form|svg|video|link|iframe)\b", html) is None


def test_every_picture_named_is_in_the_mail():
    message = report_mail(make_document(*(make_section(head=SectionHead(f"s{n}", f"S{n}", COLUMNS)) for n in range(6))))
    named = set(re.findall(r"cid:([\w-]+)", message.get_body(("html",)).get_content()))
    carried = {part["Content-ID"].strip("<>") for part in message.walk() if part["Content-ID"]}
    assert named == carried
    assert len(named) == 8


def test_figures_changes_and_rows_are_shown():
    html = _html()
    for shown in ("6,680", "76.4%", "5.2 pts", "was 71.2%", "United Air Lines", "86.3%", "23 Jun 2013", "Last flight"):
        assert shown in html
    assert "Showing 10 of 6,680 rows." in html
    assert "All 6,680 rows are in the Excel and CSV files." in html
    assert "highest 36.1 min" in html


def test_phones_keep_four_columns_and_are_told_so():
    html = _html()
    header = re.search(r"<thead>.*?</thead>", html, re.S)
    assert header is not None
    assert header.group().count("<th ") == 7
    assert header.group().count("hide-sm") == 3
    assert "3 more columns in the full report." in html


def test_shares_have_the_colour_of_their_third_as_in_the_files():
    html = _html()
    marks = dict(re.findall(r'class="c(good|warn|bad)"[^>]*>([\d.]+%)<', html)[i][::-1] for i in range(10))
    assert marks["79.1%"] == "good"
    assert marks["75.6%"] == "warn"
    assert marks["63.9%"] == "bad"


def test_the_text_is_a_real_rendering():
    text = _text()
    assert "On time        76.4%  \u25b2 5.2 pts  (was 71.2%)" in text
    assert re.search(r"^United Air Lines +1,189 +0\.2% +75\.6%", text, re.M)
    assert "Open the full report: https://reports.example.com/execution?id=" in text
    assert "<" not in text


def test_a_first_run_compares_nothing():
    html = _html(make_document(make_section(kpis=make_kpis(first_run=True))))
    assert "first run, nothing to compare with yet" in html
    assert ">was " not in html


def test_a_later_run_without_earlier_figures_is_not_called_the_first():
    html = _html(make_document(make_section(kpis=make_kpis(first_run=True)), is_first=False))
    assert "nothing to compare with yet" in html
    assert "first run" not in html


@pytest.mark.parametrize(("elapsed_ms", "words"), [(0, "in under 0.1 s"), (99, "in under 0.1 s"), (1240, "in 1.2 s")])
def test_the_small_print_says_how_long_the_queries_took(elapsed_ms, words):
    text = _text(make_document(make_section(row_count=6680, elapsed_ms=elapsed_ms)))
    assert f"6,680 rows {words} from flights_dw" in text.replace("\u00a0", " ")


def test_an_empty_report_says_so_above_everything():
    message = report_mail(make_document(make_section(row_count=0, preview=None, chart=None, kpis=())))
    for body in ("plain", "html"):
        assert "No rows for 17\u201323 Jun 2013." in message.get_body((body,)).get_content()


def test_a_dashboard_shows_each_tile_and_names_the_failed_one():
    html = _html(
        make_document(
            make_section(head=SectionHead("k", "Flights", COLUMNS), as_figures=True, chart=None, kpis=make_kpis()[:1]),
            make_section(head=SectionHead("a", "Airlines", COLUMNS), kpis=()),
            make_section(head=SectionHead("w", "Weather", COLUMNS), error="The table weather is gone.", preview=None),
            notices=("Weather is missing: it could not be read this time.",),
        )
    )
    assert html.count("Weather is missing") == 1
    assert "could not be made" not in html
    assert "The table weather is gone." in html
    assert html.count("United Air Lines") == 1
    assert "Departures</div>" in html


def test_many_wide_tiles_still_fit():
    columns = tuple(COLUMNS[0].__class__(f"c{n}", COLUMNS[0].type, "text", f"Column {n}") for n in range(12))
    table = airlines_table().select(["airline"]).to_pydict()["airline"]
    wide = airlines_table().from_pydict({column.name: [name * 4 for name in table] for column in columns})
    sections = [
        make_section(head=SectionHead(f"s{n}", f"Tile {n}", columns), preview=wide, kpis=(), chart=None)
        for n in range(20)
    ]
    html = _html(make_document(*sections))
    assert len(html.encode()) <= HTML_BUDGET
    assert "Tile 19" in html


@pytest.mark.parametrize("hostile", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7*7 }}"])
def test_data_stays_data(hostile):
    html = _html(make_document(make_section(preview=airlines_table((hostile,))), name=hostile))
    assert "<script" not in html
    assert "<img src=x" not in html
    assert ">49<" not in html


def test_what_people_write_becomes_harmless_html():
    body = "**Bold** <b onclick=x>raw</b> [ok](https://example.com) [bad](javascript:alert(1)) ![pic](http://x/y.png)"
    html = _html(body_markdown=body)
    assert "<strong>Bold</strong>" in html
    assert 'href="https://example.com"' in html
    assert "javascript:alert" not in re.sub(r">[^<]*<", "><", html)
    assert "http://x/y.png" not in html
    assert "<b onclick" not in html


def test_dark_mode_has_its_own_colours_and_picture():
    html = _html()
    assert "prefers-color-scheme:dark" in html
    assert '<meta name="color-scheme" content="light dark">' in html
    assert "&#39;Segoe" not in html
