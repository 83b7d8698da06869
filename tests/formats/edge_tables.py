"""Reports with the tables that break writers, and the few lines that push them through one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

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

_KINDS: tuple[tuple[Any, Kind], ...] = (
    (pa.types.is_integer, "integer"),
    (pa.types.is_floating, "decimal"),
    (pa.types.is_decimal, "decimal"),
    (pa.types.is_boolean, "boolean"),
    (pa.types.is_date, "date"),
    (pa.types.is_time, "time"),
    (pa.types.is_timestamp, "datetime"),
    (pa.types.is_duration, "duration"),
)


def report_head(**changes: Any) -> ReportHead:
    facts: dict[str, Any] = {
        "report_id": "r1",
        "execution_id": "8f2c41",
        "name": "Departures by airline",
        "slug": "departures-by-airline",
        "description": "How the airlines did",
        "workspace": "Northwind Airports",
        "owner_name": "Ada Byron",
        "owner_email": "ada@example.com",
        "cadence": "every Monday",
        "period": Period(date(2013, 6, 17), date(2013, 6, 23), "17-23 Jun 2013"),
        "compared_with": "10-16 Jun 2013",
        "scheduled_for": datetime(2013, 6, 24, 11, tzinfo=UTC),
        "timezone": "America/New_York",
        "trigger": "schedule",
        "data_as_of": datetime(2013, 6, 24, 11, 0, 1, tzinfo=UTC),
        "base_url": "https://reports.example.com",
    }
    return ReportHead(**facts | changes)


def column(name: str, arrow_type: pa.DataType, **changes: Any) -> Column:
    found: Kind = next((word for matches, word in _KINDS if matches(arrow_type)), "text")
    return Column(**{"name": name, "type": arrow_type, "kind": found, "label": name} | changes)


def section_head(table: pa.Table | pa.RecordBatch, *, title: str = "Flights", **changes: Any) -> SectionHead:
    columns = tuple(column(field.name, field.type) for field in table.schema)
    facts: dict[str, Any] = {"key": title, "title": title, "columns": columns, "source": "flights_dw"}
    return SectionHead(**facts | changes)


def write_report(
    made: Format,
    folder: Path,
    sections: Iterable[tuple[Section, list[pa.RecordBatch]]],
    *,
    head: ReportHead | None = None,
    notices: tuple[str, ...] = (),
) -> list[WrittenFile]:
    """Through the writer as the runner does it; a failed section without batches is never begun."""
    head = head or report_head()
    sections = list(sections)
    writer = made.open(folder, stem="1-file", head=head)
    for section, batches in sections:
        if section.error is None or batches:
            writer.begin(section.head)
            for batch in batches:
                writer.write(batch)
        writer.end(section)
    return writer.close(ReportDocument(head, tuple(section for section, _ in sections), notices=notices))


def write_table(made: Format, folder: Path, table: pa.RecordBatch, **changes: Any) -> Path:
    section = Section(section_head(table), row_count=table.num_rows)
    return write_report(made, folder, [(section, [table])], **changes)[0].path


def naive(*parts: int) -> datetime:
    """A time on a clock of no zone, as databases have them."""
    return datetime(*parts, tzinfo=UTC).replace(tzinfo=None)


def edge_table() -> pa.RecordBatch:
    """Every Arrow type that a database may give, three values each: usual, null, odd."""
    instant = datetime(2013, 6, 24, 11, 0, 0, 500_000, tzinfo=UTC)
    long = Decimal("1234567890123456789012345678.9012345678")
    columns = {
        "text": pa.array(["plain", None, "=1+1"]),
        "large text": pa.array(["0123", None, ""], pa.large_string()),
        "view": pa.array(["TRUE", None, "a,b"], pa.string_view()),
        "words": pa.array(["a", None, "b&<c>"]).dictionary_encode(),
        "int8": pa.array([1, None, -128], pa.int8()),
        "int64": pa.array([1, None, -(10**15)], pa.int64()),
        "uint64": pa.array([999_999_999_999_999, None, 2**64 - 1], pa.uint64()),
        "float16": pa.array(np.array([0.5, 1, 2], np.float16), mask=np.array([False, True, False])),
        "float32": pa.array([0.5, None, 1e20], pa.float32()),
        "float64": pa.array([0.1, None, 1e300]),
        "not finite": pa.array([float("nan"), float("inf"), float("-inf")]),
        "money": pa.array([Decimal("1.10"), None, Decimal("-0.05")], pa.decimal128(10, 2)),
        "38 digits": pa.array([long, None, long.copy_negate()], pa.decimal128(38, 10)),
        "tiny": pa.array([Decimal("1E-10"), None, Decimal("2E-9")], pa.decimal128(38, 10)),
        "76 digits": pa.array([Decimal("1E+60"), None, Decimal("7")], pa.decimal256(76, 0)),
        "flag": pa.array([True, None, False]),
        "date": pa.array([date(2013, 6, 24), None, date(1899, 12, 31)]),
        "date64": pa.array([date(1900, 3, 1), None, date(1900, 2, 28)], pa.date64()),
        "far date": pa.array([2_932_896, None, 2_932_897], pa.date32()),
        "time": pa.array([time(7), None, time(23, 59, 59)], pa.time32("s")),
        "fine time": pa.array([time(7), None, time(7, 0, 0, 250_000)], pa.time64("us")),
        "local": pa.array([naive(2013, 6, 24, 7), None, naive(1815, 12, 10)], pa.timestamp("us")),
        "instant": pa.array([instant, None, instant + timedelta(days=180)], pa.timestamp("ns", "UTC")),
        "no instant": pa.array([0, None, 2**62], pa.timestamp("s", "UTC")),
        "duration": pa.array([timedelta(hours=26, minutes=30), None, timedelta(seconds=-90)], pa.duration("us")),
        "binary": pa.array([b"\x00\xff", None, b""], pa.binary()),
        "fixed": pa.array([b"ab", None, b"cd"], pa.binary(2)),
        "list": pa.array([[1, None], None, []], pa.list_(pa.int64())),
        "struct": pa.array([{"day": date(2013, 6, 24)}, None, {"day": None}]),
        "map": pa.array([[("k", 1)], None, []], pa.map_(pa.string(), pa.int64())),
        "nothing": pa.nulls(3),
        "uuid": pa.array([b"\x00" * 16, None, b"\xff" * 16], pa.uuid()),
        "runs": pa.RunEndEncodedArray.from_arrays(pa.array([2, 3], pa.int32()), pa.array(["a", "b"])),
        "interval": pa.array([(1, 2, 3_000_000_000), None, (0, 0, 0)], pa.month_day_nano_interval()),
    }
    return pa.record_batch(columns)


def hard_texts() -> list[str]:
    return [
        " outer ",
        "\ttab",
        "line\nbreak",
        "carriage\r\nreturn",
        "bell\x07",
        "null\x00byte",
        "\ufffe\uffff",
        "_x0041_",
        "_x005F_x0041_",
        "<b>&amp;</b> ]]>",
        "\U0001f600 emoji",
        "\u202eright to left",
        "@SUM(A1)",
        "+1",
        "-5.2e3",
        "=cmd|' /C calc'!A0",
        "https://example.com",
        "1E5",
        "00742",
        "NA",
        "1.10",
        'say "hi"',
        "a;b|c,d",
        "",
    ]


def kpis() -> tuple[Kpi, ...]:
    count = Column("departures", pa.int64(), "integer", "Departures")
    share = Column("on_time", pa.float64(), "percent", "On time")
    delay = Column("delay", pa.float64(), "decimal", "Average delay", unit="min", decimals=1)
    return (
        Kpi("Departures", "departures", "sum", 6680, count, previous=6647),
        Kpi("On time", "on_time", "avg", 0.7645, share, previous=0.712, higher_is_better=True),
        Kpi("Average delay", "delay", "avg", 14.7, delay, previous=18.9, higher_is_better=False),
        Kpi("Cancelled", "cancelled", "sum", 103, count, previous=198, higher_is_better=False),
    )


def chart_data() -> ChartData:
    delay = Column("delay", pa.float64(), "decimal", "Average delay", unit="min", decimals=0)
    days = ["Mon 17", "Tue 18", "Wed 19", "Thu 20", "Fri 21", "Sat 22", "Sun 23"]
    series: list[tuple[str, list[float | None]]] = [
        ("This week", [25, 36, 8, 4, 10, 8, 13]),
        ("A week earlier", [31, 13, 6, 46, 22, 9, None]),
    ]
    day = Column("day", pa.string(), "text", "Day")
    return ChartData("bar", "Average departure delay per day", "", "Day", days, day, series, delay)
