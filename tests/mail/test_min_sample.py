"""Rows below the minimum sample in a mail: grey in both schemes, without a chip, and explained."""

from __future__ import annotations

import re
from dataclasses import replace

import pyarrow as pa

from core.document.model import MinSample, Section
from core.document.tokens import LIGHT
from tests.mail.reports import make_document, make_section, report_mail

SMALL = ("Virgin America", "AirTran Airways")


def section(*, small_rows: int = 2) -> Section:
    whole = make_section(small_rows=small_rows)
    preview = whole.preview
    assert preview is not None
    assert pa.types.is_integer(preview.column("departures").type)
    return replace(whole, head=replace(whole.head, sample=MinSample("departures", 150, "departures")))


def html_of(part: Section) -> str:
    body = report_mail(make_document(part)).get_body(("html",))
    assert body is not None
    return str(body.get_content())


def rows_of(html: str) -> dict[str, str]:
    found = re.findall(r'<tr><th scope="row".*?</tr>', html, re.DOTALL)
    return {re.sub(r"<[^>]+>", "", row.partition("</th>")[0]).strip(): row for row in found}


def test_every_cell_of_a_small_row_is_grey_in_both_schemes() -> None:
    rows = rows_of(html_of(section()))
    grey = {name for name, row in rows.items() if f";color:{LIGHT.muted}" in row}
    assert grey == {name for name in SMALL if name in rows}
    for name in grey:
        cells = re.findall(r"<t[hd] .*?class=\"([^\"]*)\"", rows[name])
        assert cells
        assert all("mu" in css.split() for css in cells)


def test_its_share_is_neither_good_nor_bad() -> None:
    with_minimum, without = rows_of(html_of(section())), rows_of(html_of(make_section()))
    for name in with_minimum:
        has_chip = "border-radius:8px" in with_minimum[name]
        assert has_chip == ("border-radius:8px" in without[name] and name not in SMALL)


def test_both_bodies_say_which_rows_are_grey() -> None:
    message = report_mail(make_document(section()))
    for kind in ("html", "plain"):
        body = message.get_body((kind,))
        assert body is not None
        assert "Rows with fewer than 150 departures are grey." in " ".join(body.get_content().split())


def test_without_small_rows_nothing_is_said() -> None:
    assert "are grey" not in html_of(section(small_rows=0))
    assert "are grey" not in html_of(make_section())
