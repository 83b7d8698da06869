"""Small reports for the tests of PDF and HTML, and the loop that feeds a writer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from core.document.bands import Rates
from core.document.model import (
    ChartData,
    Column,
    Kind,
    Kpi,
    Period,
    ReportDocument,
    ReportHead,
    Section,
    SectionHead,
)
from core.formats.base import Format, WrittenFile

HOSTILE = (
    "<script>window.hacked = 1</script>",
    "<img src=file:///etc/passwd onerror='window.hacked = 1'>",
    "</script><script>window.hacked = 1</script>",
    "<!--<script>",
    "<para fontSize=99999>x</para>",
    '<font color="[[[getattr(pow, word)]]]">x</font>',
    "javascript:window.hacked=1",
    "{{ 7 * 7 }}",
    "(a)\\b",
    "bell\x07 nul\x00 tab\tline\r\nend \x7f\x85",
    "line\u2028paragraph\u2029separator",
    "override \u202egnp.exe",
)
KINDS: dict[str, tuple[pa.DataType, Kind]] = {
    "text": (pa.string(), "text"),
    "integer": (pa.int64(), "integer"),
    "decimal": (pa.float64(), "decimal"),
    "date": (pa.date32(), "date"),
    "id": (pa.int64(), "id"),
}


@dataclass(frozen=True)
class Part:
    """A section and the batches that come through `write`; `batches` None: it failed before its first row."""

    section: Section
    batches: Sequence[pa.RecordBatch] | None


def column(name: str, kind: str = "text", **more: Any) -> Column:
    arrow, shown_as = KINDS[kind]
    return Column(name, arrow, shown_as, more.pop("label", name), **more)


def head(**changes: Any) -> ReportHead:
    values: dict[str, Any] = {
        "report_id": "12",
        "execution_id": "8f2c41",
        "name": "Departures by airline",
        "slug": "departures-by-airline",
        "description": "How punctual the week was.",
        "workspace": "Northwind Airports",
        "owner_name": "Dana",
        "owner_email": "dana@example.test",
        "cadence": "Every Monday at 07:00",
        "period": Period(date(2013, 6, 17), date(2013, 6, 23), "17-23 Jun 2013"),
        "compared_with": "10-16 Jun 2013",
        "scheduled_for": datetime(2013, 6, 24, 11, 0, tzinfo=UTC),
        "timezone": "America/New_York",
        "trigger": "schedule",
        "data_as_of": datetime(2013, 6, 24, 11, 0, 2, tzinfo=UTC),
        "base_url": "https://reports.example.test",
        "formats": ("excel", "csv", "pdf", "html"),
    }
    return ReportHead(**values | changes)


def part(title: str, columns: Sequence[Column], *rows_by_column: Sequence[Any], **section: Any) -> Part:
    """A section of one batch; pass no rows for an empty result."""
    section_head = SectionHead(title.lower(), title, tuple(columns), parameters=(("airport", "all"),))
    if not rows_by_column:
        return Part(Section(section_head, **section), [])
    arrays = [pa.array(v, c.type) for c, v in zip(columns, rows_by_column, strict=True)]
    batch = pa.RecordBatch.from_arrays(arrays, names=[c.name for c in columns])
    rates = Rates(section_head.visible)
    rates.add(batch)
    thirds = rates.thirds(section.get("kpis", ()))
    return Part(Section(section_head, batch.num_rows, **{"thirds": thirds, **section}), [batch])


def failed_part(title: str, error: str) -> Part:
    return Part(Section(SectionHead(title.lower(), title, ()), error=error), None)


def numbered(count: int, title: str = "Rows", **section: Any) -> Part:
    columns = (column("name", label="Name"), column("value", "integer", label="Value"))
    return part(title, columns, [f"row {n:05d}" for n in range(count)], list(range(count)), **section)


def texts(values: Sequence[str | None], title: str = "Texts") -> Part:
    return part(title, (column("text", label="Text"),), values)


def kpis() -> tuple[Kpi, ...]:
    count, delay = column("n", "integer"), column("m", "decimal", unit="min", decimals=1)
    return (
        Kpi("Departures", "n", "sum", 6680, count, previous=6647),
        Kpi("Average delay", "m", "avg", 14.7, delay, previous=18.9, higher_is_better=False),
    )


def chart(title: str = "Delay per day") -> ChartData:
    return ChartData(
        kind="bar",
        title=title,
        subtitle="Minutes",
        x_label="Day",
        x=[date(2013, 6, day) for day in range(17, 24)],
        x_display=column("day", "date"),
        series=[("Delay", [25.0, 36.0, None, 4.0, 10.0, 8.0, 13.0])],
        y_display=column("m", "decimal", unit="min"),
    )


def write_report(
    kind: Format, folder: Path, parts: Sequence[Part], *, report: ReportHead | None = None, **document: Any
) -> WrittenFile:
    """Drive a writer as the runner does; returns its one file."""
    report = report or head()
    writer = kind.open(folder, stem="1-file", head=report)
    for each in parts:
        if each.batches is not None:
            writer.begin(each.section.head)
            for batch in each.batches:
                writer.write(batch)
        writer.end(each.section)
    (written,) = writer.close(ReportDocument(report, tuple(each.section for each in parts), **document))
    return written
