"""The HTML file as it lies on the disk."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from decimal import Decimal
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from core.formats.html import FORMAT, HtmlFormat
from core.formats.html_rows import safe_json, sort_keys
from tests.formats.pdf_html_reports import (
    HOSTILE,
    column,
    failed_part,
    head,
    kpis,
    numbered,
    part,
    texts,
    write_report,
)


class Scripts(HTMLParser):
    """Collects the script elements as a browser would find them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[dict[str, str | None], str]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "script":
            self.found.append((dict(attrs), ""))

    def handle_data(self, data: str) -> None:
        if self.cdata_elem == "script":
            attributes, text = self.found[-1]
            self.found[-1] = (attributes, text + data)


def rows_of(page: str, table: str = "s1") -> list[list[dict[str, Any]]]:
    (text,) = (text for a, text in Scripts(page).found if a.get("data-table") == table and a["data-part"] == "rows")
    chunks: list[list[dict[str, Any]]] = json.loads(text)
    return chunks


def test_the_page_lets_run_only_its_own_script(tmp_path: Path) -> None:
    page = write_report(FORMAT, tmp_path, [texts(HOSTILE)]).path.read_text("utf-8")
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', page)
    (script,) = (text for attributes, text in Scripts(page).found if "type" not in attributes)
    digest = b64encode(sha256(script.encode()).digest()).decode()
    assert policy
    assert policy[1].startswith("default-src 'none'; ")
    assert f"script-src 'sha256-{digest}'" in policy[1]
    assert "http:" not in policy[1]


def test_hostile_cells_and_names_stay_text(tmp_path: Path) -> None:
    report = head(name=HOSTILE[2], workspace=HOSTILE[0], description=HOSTILE[1])
    parts = [texts(HOSTILE, title=HOSTILE[2]), failed_part("Broken", HOSTILE[2])]
    page = write_report(FORMAT, tmp_path, parts, report=report, notices=(HOSTILE[0],)).path.read_text("utf-8")
    assert len(Scripts(page).found) == 3
    assert [cell for chunk in rows_of(page) for cell in chunk[0]["t"]] == list(HOSTILE)
    assert "<img" not in page


def test_json_cannot_end_its_element() -> None:
    text = safe_json(["</script>", "<!--", "a\u2028b\u2029c", "&amp;"])
    assert not re.search("[<>&\u2028\u2029]", text)
    assert json.loads(text) == ["</script>", "<!--", "a\u2028b\u2029c", "&amp;"]


def test_quantities_carry_numbers_to_sort_by_and_nulls_stay_null(tmp_path: Path) -> None:
    columns = (column("n", "integer"), column("d", "decimal", decimals=1), column("day", "date"), column("t"))
    given = part("Data", columns, [1200, None], [0.25, float("nan")], [None, 15873], [None, "x"])
    n, d, day, t = rows_of(write_report(FORMAT, tmp_path, [given]).path.read_text("utf-8"))[0]
    assert n == {"t": ["1,200", None], "k": [1200, None]}
    assert d == {"t": ["0.3", "not a number"], "k": [0.25, None]}
    assert day == {"t": [None, "17 Jun 2013"], "k": [None, 15873]}
    assert t == {"t": [None, "x"]}


@pytest.mark.parametrize(
    ("array", "keys"),
    [
        (pa.array([2**63], pa.uint64()), [2**63]),
        (pa.array([Decimal("1.50")], pa.decimal128(10, 2)), [1.5]),
        (pa.array([float("inf"), float("-inf")]), [1.7976931348623157e308, -1.7976931348623157e308]),
        (pa.array([3, 4]).dictionary_encode(), [3, 4]),
        (pa.array([5], pa.duration("s")), [5]),
        (pa.array([True]), None),
        (pa.array([[1]]), None),
        (pa.array([b"x"]), None),
    ],
)
def test_sort_keys_follow_the_type(array: pa.Array, keys: list[float] | None) -> None:
    assert sort_keys(array) == keys


def test_rows_beyond_the_limit_are_counted_and_said(tmp_path: Path) -> None:
    written = write_report(HtmlFormat(max_rows=700), tmp_path, [numbered(900), numbered(10, "More")])
    page = written.path.read_text("utf-8")
    assert (written.rows_written, written.rows_total) == (700, 910)
    assert sum(len(chunk[0]["t"]) for chunk in rows_of(page)) == 700
    assert "First 700 of 900 rows; all 900 rows are in the Excel and CSV files" in page
    assert "None of the 10 rows found room here; all 10 rows are in the Excel and CSV files" in page


def test_a_file_that_would_grow_too_large_stops_within_its_bytes(tmp_path: Path) -> None:
    written = write_report(HtmlFormat(max_bytes=60_000), tmp_path, [numbered(20_000)])
    assert 0 < written.rows_written < 20_000
    assert written.rows_total == 20_000
    assert written.path.stat().st_size < 60_000 + 30_000


def test_without_script_the_first_rows_are_there_as_a_plain_table(tmp_path: Path) -> None:
    page = write_report(FORMAT, tmp_path, [numbered(60)]).path.read_text("utf-8")
    plain = page[page.rindex("<noscript>") : page.rindex("</noscript>")]
    assert plain.count("<tr>") == 51
    assert "Without script the first 50 rows are shown." in plain
    assert '<td class="right">49</td>' in plain


def test_failed_and_empty_sections_say_what_they_are(tmp_path: Path) -> None:
    parts = [failed_part("Broken", "No <b>table</b>."), part("Empty", (column("a"),)), numbered(2, kpis=kpis())]
    written = write_report(FORMAT, tmp_path, parts)
    page = written.path.read_text("utf-8")
    assert "This part failed: No &lt;b&gt;table&lt;/b&gt;." in page
    assert "No rows for 17-23 Jun 2013." in page
    assert (written.rows_written, written.rows_total) == (2, 2)


def test_hidden_columns_stay_out_and_language_is_declared(tmp_path: Path) -> None:
    columns = (column("a", label="Airline"), column("s", label="Salary", hidden=True))
    report = head(locale="ar_EG")
    page = write_report(FORMAT, tmp_path, [part("D", columns, ["UA"], ["4711"])], report=report).path.read_text("utf-8")
    assert '<html lang="en" dir="rtl">' in page
    assert "4711" not in page
    assert "Not shown: Salary (hidden by the query&#39;s settings)" in page


def test_very_long_texts_are_shortened_and_that_is_said(tmp_path: Path) -> None:
    page = write_report(FORMAT, tmp_path, [texts(["x" * 100_000])]).path.read_text("utf-8")
    assert len(page) < 60_000
    assert "Very long texts are shortened here" in page


def test_giving_up_leaves_no_file(tmp_path: Path) -> None:
    writer = FORMAT.open(tmp_path, stem="1-file", head=head())
    given = numbered(3)
    assert given.batches
    writer.begin(given.section.head)
    writer.write(given.batches[0])
    writer.abort()
    assert list(tmp_path.iterdir()) == []
