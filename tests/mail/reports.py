"""A report such as the flights make, and its mail."""

from __future__ import annotations

from datetime import UTC, date, datetime
from email.message import EmailMessage
from functools import lru_cache
from typing import Any

import pyarrow as pa

from core.document.bands import Rates
from core.document.model import ChartData, Column, Kpi, Period, ReportDocument, ReportHead, Section, SectionHead, Thirds
from core.mail.attachments import Attachment, FittedFiles
from core.mail.message import DrawnCharts, build_report_message, draw_charts, message_id
from tests.mail.mails import SENDER

EXECUTION = "8f2c41d0-0000-4000-8000-000000000001"
REPORT = "51c0ffee-0000-4000-8000-000000000002"


def make_head(**changes: Any) -> ReportHead:
    values: dict[str, Any] = {
        "report_id": REPORT,
        "execution_id": EXECUTION,
        "name": "Departures by airline",
        "slug": "departures-by-airline",
        "description": "",
        "workspace": "Northwind Airports",
        "owner_name": "Sam Ortiz",
        "owner_email": "sam@example.com",
        "cadence": "Every Monday at 07:00",
        "period": Period(date(2013, 6, 17), date(2013, 6, 23), "17\u201323 Jun 2013"),
        "scheduled_for": datetime(2013, 6, 24, 11, 0, tzinfo=UTC),
        "timezone": "America/New_York",
        "trigger": "schedule",
        "data_as_of": datetime(2013, 6, 24, 11, 0, tzinfo=UTC),
        "base_url": "https://reports.example.com",
    }
    return ReportHead(**(values | changes))


COLUMNS = (
    Column("airline", pa.string(), "text", "Airline"),
    Column("departures", pa.int64(), "integer", "Departures"),
    Column("vs_prev", pa.float64(), "percent", "vs prev."),
    Column("on_time", pa.float64(), "percent", "On time"),
    Column("avg_delay", pa.float64(), "decimal", "Avg delay", unit="min", decimals=1),
    Column("cancelled", pa.int64(), "integer", "Cancelled"),
    Column("last_flight", pa.date32(), "date", "Last flight"),
)
_AIRLINES = (
    ("United Air Lines", 1189, 0.002, 0.756, 15.0, 10),
    ("JetBlue Airways", 1092, 0.032, 0.785, 13.8, 0),
    ("ExpressJet Airlines", 1050, -0.001, 0.719, 17.4, 29),
    ("Delta Air Lines", 978, 0.009, 0.786, 14.4, 2),
    ("American Airlines", 655, 0.009, 0.802, 13.4, 10),
    ("Envoy Air", 514, 0.0, 0.791, 9.8, 17),
    ("US Airways", 412, 0.0, 0.8625, 7.2, 12),
    ("Endeavor Air", 330, -0.049, 0.675, 21.7, 19),
    ("Southwest Airlines", 242, 0.0, 0.639, 22.1, 1),
    ("Virgin America", 112, 0.0, 0.786, 17.9, 0),
    ("AirTran Airways", 68, 0.0, 0.6, 20.2, 0),
)


def airlines_table(names: tuple[str, ...] = ()) -> pa.Table:
    rows = [(*row, date(2013, 6, 23)) for row in _AIRLINES]
    values = list(zip(*rows, strict=True))
    arrays = [pa.array(column, column_kind.type) for column, column_kind in zip(values, COLUMNS, strict=True)]
    table = pa.table(arrays, names=[column.name for column in COLUMNS])
    if not names:
        return table
    return table.set_column(0, "airline", pa.array((list(names) * 11)[:11], pa.string()))


def make_kpis(*, first_run: bool = False) -> tuple[Kpi, ...]:
    by_name = {column.name: column for column in COLUMNS}
    figures = [
        ("Departures", "departures", "sum", 6680, 6647, None),
        ("On time", "on_time", "avg", 0.764, 0.712, True),
        ("Average delay", "avg_delay", "avg", 14.7, 18.9, False),
        ("Cancelled", "cancelled", "sum", 103, 198, False),
    ]
    return tuple(
        Kpi(label, name, how, value, by_name[name], None if first_run else before, better)
        for label, name, how, value, before, better in figures
    )


def make_chart(kind: str = "bar") -> ChartData:
    return ChartData(
        kind=kind,
        title="Average departure delay per day",
        subtitle="Minutes, all three New York airports",
        x_label="Day",
        x=[date(2013, 6, day) for day in range(17, 24)],
        x_display=Column("day", pa.date32(), "date", "Day"),
        series=[
            ("This week", [25.4, 36.1, 8.0, 3.7, 10.0, 8.0, 12.6]),
            ("Same day a week earlier", [30.6, 13.5, 5.4, 46.0, 22.0, 8.7, 6.3]),
        ],
        y_display=COLUMNS[4],
    )


def make_section(**changes: Any) -> Section:
    values: dict[str, Any] = {
        "head": SectionHead("airlines", "Airlines", COLUMNS, description="Ordered by departures", source="flights_dw"),
        "row_count": 6680,
        "kpis": make_kpis(),
        "chart": make_chart(),
        "preview": airlines_table(),
        "elapsed_ms": 1800,
    }
    return Section(**({"thirds": _thirds(), **values} | changes))


def _thirds() -> dict[str, Thirds]:
    rates = Rates(COLUMNS)
    rates.add(airlines_table().to_batches()[0])
    return rates.thirds(make_kpis())


def make_document(*sections: Section, notices: tuple[str, ...] = (), **head: Any) -> ReportDocument:
    return ReportDocument(make_head(**head), sections or (make_section(),), notices=notices)


def make_files(*, excel: int = 412_000) -> list[Attachment]:
    stem = "departures-by-airline_2013-06-17_2013-06-23"
    sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return [
        Attachment(f"{stem}.xlsx", sheet, b"x" * 2_000, excel, "excel"),
        Attachment(f"{stem}.csv", "text/csv; charset=utf-8", b"a,b\r\n" * 400, 489_000, "csv"),
        Attachment(f"{stem}.pdf", "application/pdf", b"%PDF-1.7", 96_000, "pdf", is_whole=False),
    ]


def report_mail(document: ReportDocument | None = None, **changes: Any) -> EmailMessage:
    values: dict[str, Any] = {
        "sender": SENDER,
        "recipient": "dana@example.com",
        "to": ["dana@example.com"],
        "subject": "Departures by airline \u00b7 17\u201323 Jun 2013",
        "body_markdown": "Good morning Dana, the week was **calmer** than the one before.",
        "files": FittedFiles(tuple(make_files())),
        "message_id": message_id(EXECUTION, "dana@example.com", 1, "example.com"),
        "date": datetime(2013, 6, 24, 11, 0, 4, tzinfo=UTC),
        "base_url": "https://reports.example.com",
    }
    if document is None:
        values["charts"] = _usual_charts()
    return build_report_message(document or make_document(), **(values | changes))


@lru_cache(maxsize=1)
def _usual_charts() -> DrawnCharts:
    return draw_charts(make_document())
