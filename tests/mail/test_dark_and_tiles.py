"""Dark mode in the clients that honour it and in those that mark what they changed; tiles of one height."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from core.document.model import Column
from core.mail.attachments import Attachment
from core.mail.message import build_test_message
from core.mail.render import HTML_BUDGET
from core.mail.tiles import Tile
from tests.mail.mails import SENDER
from tests.mail.reports import make_document, make_kpis, make_section, report_mail


def _html(message) -> str:
    return message.get_body(("html",)).get_content()


def _notice():
    return build_test_message(
        sender=SENDER,
        recipient="dana@example.com",
        workspace="W",
        host="h",
        message_id="<a@b>",
        date=datetime(2013, 6, 24, tzinfo=UTC),
    )


def _rules(css: str) -> list[tuple[str, str]]:
    return re.findall(r"(\.[\w-]+)\{([^}]*)\}", css)


@pytest.mark.parametrize("message", [report_mail(), _notice()], ids=["report", "notice"])
def test_outlook_on_the_web_gets_the_rules_of_the_dark_design(message):
    html = _html(message)
    query, _, marked = html.partition("@media (prefers-color-scheme:dark){")[2].partition("}\n}")
    marked = marked.partition("</style>")[0]
    expected = _rules(query + "}")
    assert len(expected) > 20
    assert _rules(re.sub(r"\[data-ogsc\] \.[\w-]+,\[data-ogsb\] ", "", marked)) == expected
    assert marked.count("[data-ogsc] ") == marked.count("[data-ogsb] ") == len(expected)
    assert len(html.encode()) < HTML_BUDGET


def test_tiles_beside_each_other_have_one_height_in_every_pair():
    long = "Average departure delay of all flights"
    kpis = make_kpis()
    first = type(kpis[0])(long, "a", "avg", 1, Column("a", kpis[0].display.type, "integer", "A"))
    html = _html(report_mail(make_document(make_section(kpis=(first, *kpis[1:4])))))
    assert html.count("min-height:32px") == 4
    assert html.count("min-height:34px") == 4


def test_a_single_pair_of_tiles_leaves_no_room_empty():
    html = _html(report_mail(make_document(make_section(kpis=make_kpis()[:2]))))
    assert html.count("min-height:16px") == 2


def test_a_short_label_takes_one_line():
    assert Tile("Departures", "1").label_lines == 1
    assert Tile("Average departure delay of all", "1").label_lines == 2


def test_a_compressed_table_is_called_what_it_is():
    assert Attachment("report_2013-06-24.csv.gz", "application/gzip", b"", 0, "csv").extension == "CSV"
    assert Attachment("report_2013-06-24.zip", "application/zip", b"", 0, "csv").extension == "ZIP"


@pytest.mark.parametrize(("value", "size"), [("6,680", 24), ("14.7 min", 24), ("€154,726", 20), ("29,795,733", 17)])
def test_a_value_keeps_off_the_edge_of_its_tile(value, size):
    assert Tile("Net", value).value_size() == size


def test_one_pair_of_tiles_has_room_for_larger_letters():
    assert Tile("Net", "€154,726").value_size(alone=True) == 24


def test_the_chip_of_a_file_stands_out_from_its_list_in_the_dark():
    html = _html(report_mail())
    chip = re.search(r"\.ch\{background:(#\w+)", html)
    around = re.search(r"\.sk\{background:(#\w+)", html)
    assert chip is not None
    assert around is not None
    assert int(chip[1][1:], 16) > int(around[1][1:], 16)
    assert html.count('class="ch sb"') == 3


@pytest.mark.browser
def test_the_time_keeps_its_distance_from_the_name_on_a_phone(browser):
    page = browser.new_page(viewport={"width": 390, "height": 800})
    html = _html(report_mail(make_document(workspace="Northwind Airports of the North-East")))
    page.set_content(html.replace("<style>", '<style>*{font-family:"DejaVu Sans",sans-serif!important}', 1))
    gap = """() => {const ink = (cell) => {const range = document.createRange(); range.selectNodeContents(cell);
        return range.getBoundingClientRect()};
        const time = document.querySelector('.when');
        return ink(time).left - ink(time.previousElementSibling).right}"""
    assert page.evaluate(gap) >= 10
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.close()


def test_a_label_that_wraps_in_wide_letters_makes_room_in_every_tile():
    assert Tile("Average dep delay", "10.7").label_lines == 2
    assert Tile("Average delay", "5.7 min").label_lines == 1
