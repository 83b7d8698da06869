"""Whatever Arrow can hold goes the whole way of a run: figures, chart, every format and the mail."""

from __future__ import annotations

from datetime import tzinfo
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, get_args
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.document.gather import SectionGatherer, kpi_json, previous_values
from core.document.guesses import Aggregate
from core.document.model import ChartKind, ReportDocument, Section, SectionHead
from core.document.presentation import columns_of
from core.formats import FORMAT_KEYS, get_format
from core.formats.arrow_plain import plain_batch, plain_schema
from core.mail.pictures import draw_charts
from core.mail.render import render_report
from core.mail.view import Copy
from tests.formats.any_batch import VALUES, array_of, batches
from tests.formats.edge_tables import report_head, write_report

_AGGREGATES = get_args(Aggregate)
_ZONES: list[tzinfo | None] = [None, ZoneInfo("America/New_York"), ZoneInfo("Pacific/Kiritimati")]


@st.composite
def presentations(draw: Any) -> dict[str, Any] | None:
    """None for what is guessed, or figures and a chart of any of the columns."""
    names = st.sampled_from([f"c{place}" for place in range(6)] + ["n"])
    if draw(st.booleans()):
        return None
    chart = {
        "kind": draw(st.sampled_from(get_args(ChartKind))),
        "x": draw(names),
        "y": draw(st.lists(names, max_size=3)),
    }
    kpis = draw(
        st.lists(st.fixed_dictionaries({"column": names, "aggregate": st.sampled_from(_AGGREGATES)}), max_size=4)
    )
    return {"kpis": kpis, "chart": chart}


def gathered(parts: list[pa.RecordBatch], presentation: dict[str, Any] | None, zone: tzinfo | None) -> Section:
    """As a run does it, with every total that a text could ask for, and compared with itself."""
    head = SectionHead("Flights", "Flights", columns_of(parts[0].schema, presentation, sample=parts[0]))
    asked = [(how, column.name) for column in head.columns for how in _AGGREGATES]
    gatherer = SectionGatherer(head, presentation, zone=zone, asked=asked)
    for part in parts:
        gatherer.add(part)
    return gatherer.finish(5, previous_values(kpi_json(gatherer.finish())))


def in_two(batch: pa.RecordBatch, rows: int) -> list[pa.RecordBatch]:
    """Both parts of a batch, each made plain by itself as batches of a database are."""
    return [plain_batch(batch.slice(0, rows)), plain_batch(batch.slice(rows))]


def everywhere(section: Section, parts: list[pa.RecordBatch], head: Any) -> None:
    with TemporaryDirectory() as folder:
        for key in FORMAT_KEYS:
            (file,) = write_report(get_format(key), Path(folder), [(section, parts)], head=head)[:1]
            assert file.rows_written == section.row_count
    document = ReportDocument(head, (section,))
    mail = render_report(document, Copy("ada@example.com", "https://reports.example.com"), body_markdown="")
    assert head.name in mail.text
    draw_charts(document)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(batches(), st.integers(0, 6), presentations(), st.sampled_from(_ZONES), st.sampled_from(["en_GB", "de_DE"]))
def test_any_batch_goes_the_whole_way(
    batch: pa.RecordBatch, rows: int, presentation: dict[str, Any] | None, zone: tzinfo | None, locale: str
) -> None:
    parts = in_two(batch, rows)
    assert all(part.schema == plain_schema(batch.schema) for part in parts)
    section = gathered(parts, presentation, zone)
    assert section.row_count == batch.num_rows
    everywhere(section, parts, report_head(timezone=str(zone or "UTC"), locale=locale))


@pytest.mark.parametrize("kind", VALUES, ids=str)
def test_a_column_of_nothing_has_its_figures_whatever_its_type(kind: pa.DataType) -> None:
    presentation = {"kpis": [{"column": "x", "aggregate": how} for how in _AGGREGATES], "chart": {"x": "x", "y": "n"}}
    batch = pa.record_batch({"n": pa.array([1, 2]), "x": array_of([None, None], kind)})
    section = gathered(in_two(batch, 1), presentation, None)
    assert [kpi.value for kpi in section.kpis if kpi.aggregate != "count"] == [None] * 5


FAR = {
    "date of year 10000": pa.array([0, 2_932_897], pa.date32()),
    "date before year 1": pa.array([-800_000, 0], pa.date32()),
    "date in milliseconds": pa.array([0, 2_932_897 * 86_400_000], pa.date64()),
    "clock of year 10000": pa.array([0, 253_402_300_800], pa.timestamp("s")),
    "instant of year 10000": pa.array([0, 253_402_300_800_000], pa.timestamp("ms", "America/New_York")),
    "instants at both ends": pa.array([-62_135_596_800, 253_402_300_799], pa.timestamp("s", "UTC")),
    "length of three million years": pa.array([0, 10**14], pa.duration("s")),
    "instants in a list": pa.array([[-62_135_596_800], [253_402_300_799]], pa.list_(pa.timestamp("s", "Asia/Tokyo"))),
}


@pytest.mark.parametrize("name", FAR)
@pytest.mark.parametrize("is_guessed", [True, False])
def test_times_that_python_cannot_name_harm_nothing(name: str, is_guessed: bool) -> None:
    """Whether they come in the first batch or later."""
    kpis = [{"column": "at", "aggregate": how} for how in ("min", "max", "last", "count")]
    presentation = None if is_guessed else {"kpis": kpis, "chart": {"x": "at", "y": "n"}}
    batch = pa.record_batch({"at": FAR[name], "n": pa.array([1, 2])})
    for parts in ([plain_batch(batch)], in_two(batch, 1)):
        section = gathered(parts, presentation, ZoneInfo("America/New_York"))
        assert is_guessed or section.kpis[-1].value == 2
    everywhere(section, parts, report_head())
