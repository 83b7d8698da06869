"""Whatever Arrow can hold goes into PDF and HTML without an error."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from core.document.model import Column, Kind, Section, SectionHead
from core.formats import get_format
from tests.formats.pdf_html_reports import Part, head, write_report

ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
INT64 = st.integers(-(2**63), 2**63 - 1)
# Instants far outside of what Python's own dates know are in here on purpose.
TYPES: list[tuple[pa.DataType, Kind, st.SearchStrategy[Any]]] = [
    (pa.string(), "text", ANY_TEXT),
    (pa.large_string(), "text", ANY_TEXT),
    (pa.int64(), "integer", INT64),
    (pa.int64(), "id", INT64),
    (pa.uint64(), "integer", st.integers(0, 2**64 - 1)),
    (pa.int8(), "integer", st.integers(-128, 127)),
    (pa.float64(), "decimal", st.floats()),
    (pa.float64(), "percent", st.floats()),
    (pa.float32(), "duration", st.floats(width=32)),
    (pa.decimal128(38, 10), "decimal", st.decimals(-(10**20), 10**20, places=10)),
    (pa.decimal256(76, 5), "decimal", st.integers(-(10**50), 10**50).map(Decimal)),
    (pa.bool_(), "boolean", st.booleans()),
    (pa.date32(), "date", st.integers(-(2**31), 2**31 - 1)),
    (pa.timestamp("us"), "datetime", INT64),
    (pa.timestamp("ns", "UTC"), "datetime", INT64),
    (pa.timestamp("s", "Asia/Kathmandu"), "datetime", st.integers(-(10**11), 10**11)),
    (pa.time64("ns"), "time", st.integers(0, 86_399_999_999_999)),
    (pa.duration("us"), "duration", st.integers(-(10**15), 10**15)),
    (pa.binary(), "other", st.binary(max_size=40)),
    (pa.list_(pa.string()), "other", st.lists(ANY_TEXT, max_size=3)),
    (pa.struct([("a", pa.int64()), ("b", pa.string())]), "other", st.fixed_dictionaries({"a": INT64, "b": ANY_TEXT})),
    (pa.null(), "other", st.none()),
]


@st.composite
def sections(draw: st.DrawFn) -> Part:
    chosen = draw(st.lists(st.sampled_from(TYPES), min_size=0, max_size=6))
    rows = draw(st.integers(0, 8))
    columns = tuple(
        Column(f"c{n}", kind, shown_as, draw(ANY_TEXT), unit=draw(st.sampled_from([None, "min", "EUR"])))
        for n, (kind, shown_as, _) in enumerate(chosen)
    )
    cells = [draw(st.lists(st.none() | values, min_size=rows, max_size=rows)) for _, _, values in chosen]
    arrays = [pa.array(c, kind) for c, (kind, _, _) in zip(cells, chosen, strict=True)]
    batch = pa.RecordBatch.from_arrays(arrays, names=[column.name for column in columns])
    return Part(Section(SectionHead("s", draw(ANY_TEXT), columns, draw(ANY_TEXT)), batch.num_rows), [batch])


@pytest.mark.parametrize("key", ["pdf", "html"])
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    section=sections(),
    name=ANY_TEXT,
    words=ANY_TEXT,
    locale=st.sampled_from(["en_GB", "de_DE", "fr_FR", "ar_EG", "ja_JP", "hi_IN"]),
)
def test_any_batch_is_written(key: str, section: Part, name: str, words: str, locale: str) -> None:
    report = head(name=name, workspace=words, locale=locale)
    with TemporaryDirectory() as folder:
        written = write_report(get_format(key), Path(folder), [section], report=report, body_markdown=words)
        assert written.rows_written == written.rows_total == section.section.row_count
        if key == "pdf":
            assert len(PdfReader(written.path).pages) >= 1
        else:
            assert written.path.read_text("utf-8").endswith("</html>")
