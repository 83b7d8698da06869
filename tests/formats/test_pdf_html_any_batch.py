"""Whatever a query gives goes into PDF and HTML and reads back as documented: by pypdf, and in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unicodedata import bidirectional, normalize

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page
from pypdf import PdfReader

from core.clock import zone
from core.document.model import Column, Section, SectionHead
from core.document.values import MISSING, format_array
from core.formats.arrow_plain import plain_batch
from core.formats.html import FORMAT as HTML
from core.formats.pdf import FORMAT as PDF
from core.formats.pdf_text import Style, clean, fit
from tests.formats.any_batch import VALUES, array_of, batches
from tests.formats.edge_tables import report_head, section_head, write_report, write_table

STYLE = Style(8.6)
# The page without margins, and the cell without padding.
PDF_CELL = 595.28 - 2 * 42 - 2 * 6
LONGEST_HTML = 2_000


def expected(batch: pa.RecordBatch) -> list[list[str]]:
    """Column by column, as the one formatter of all documents writes it."""
    head = report_head()
    columns = section_head(batch).columns
    return [
        format_array(array, column, locale=head.locale, zone=zone(head.timezone))
        for array, column in zip(batch.columns, columns, strict=True)
    ]


def packed(text: str) -> str:
    """Without the blanks, which a reader of a PDF guesses from distances."""
    return "".join(normalize("NFC", text).split())


def is_set_as_written(text: str) -> bool:
    """Letters that stand on paper one by one, from the left: others are shaped, ordered or drawn by the viewer."""
    return all(ord(ch) < 0x900 or 0x2000 <= ord(ch) < 0x2E80 or 0x1F300 <= ord(ch) < 0x1F600 for ch in text) and not (
        {bidirectional(ch) for ch in text} & {"R", "AL", "AN"}
    )


def assert_pdf_holds(batch: pa.RecordBatch) -> None:
    with TemporaryDirectory() as folder:
        pages = PdfReader(write_table(PDF, Path(folder), batch)).pages
        found = packed("\n".join(page.extract_text() for page in pages))
    (texts,) = expected(batch)
    for text in texts:
        shown = packed(fit(clean(text), PDF_CELL, STYLE))
        assert not is_set_as_written(shown) or shown in found, (batch.schema, text, shown)


@pytest.mark.parametrize("kind", VALUES, ids=str)
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_column_of_any_type_can_be_read_from_a_pdf(kind: pa.DataType, data: st.DataObject) -> None:
    values = data.draw(st.lists(st.none() | VALUES[kind], min_size=1, max_size=8))
    assert_pdf_holds(plain_batch(pa.record_batch({"c": array_of(values, kind)})))


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    yield page
    page.close()


def in_browser(page: Page, path: Path) -> list[list[str]]:
    page.goto(path.as_uri())
    rows: list[list[str]] = page.evaluate(
        "[...document.querySelectorAll('#s1 tbody tr')].map(row => [...row.cells].map(cell => cell.textContent))"
    )
    return rows


@pytest.mark.browser
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(batch=batches(long=True))
def test_any_batch_is_shown_in_a_browser(page: Page, batch: pa.RecordBatch) -> None:
    batch = plain_batch(batch)
    with TemporaryDirectory() as folder:
        rows = in_browser(page, write_table(HTML, Path(folder), batch))
    assert rows == [list(map(_shown, row)) for row in zip(*_with_nulls(batch), strict=True)]


def _with_nulls(batch: pa.RecordBatch) -> Iterator[list[str | None]]:
    for texts, array in zip(expected(batch), batch.columns, strict=True):
        yield [text if valid else None for text, valid in zip(texts, array.is_valid().to_pylist(), strict=True)]


def _shown(text: str | None) -> str:
    if text is None:
        return MISSING
    return text if len(text) <= LONGEST_HTML else text[: LONGEST_HTML - 1] + "…"


@pytest.mark.browser
@pytest.mark.parametrize("kind", [pa.int64(), pa.uint64(), pa.float64(), pa.decimal128(38, 10)], ids=str)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_ids_and_numbers_are_shown_to_their_last_digit(page: Page, kind: pa.DataType, data: st.DataObject) -> None:
    values: list[Any] = data.draw(st.lists(VALUES[kind], min_size=1, max_size=8))
    shown_as = data.draw(st.sampled_from(["id", "decimal"]))
    column = Column("c", kind, shown_as, "C", decimals=data.draw(st.sampled_from([None, 0, 1])))
    batch = pa.record_batch({"c": pa.array(values, kind)})
    section = Section(SectionHead("s", "S", (column,)), batch.num_rows)
    with TemporaryDirectory() as folder:
        (file,) = write_report(HTML, Path(folder), [(section, [batch])])
        rows = in_browser(page, file.path)
    head = report_head()
    assert [row[0] for row in rows] == format_array(batch.column(0), column, locale=head.locale, zone=UTC)
