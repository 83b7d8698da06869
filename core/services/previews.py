"""Running a query for the eyes of its author: few rows, the source's own time limit, no transaction held."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from time import monotonic
from typing import Any

import pyarrow as pa
from sqlalchemy.orm import Session

from core.clock import zone
from core.document.gather import SectionGatherer
from core.document.model import ChartData, Column, Section, SectionHead
from core.document.presentation import columns_of
from core.document.values import format_value, python_values
from core.formats.arrow_plain import plain_batch, plain_schema
from core.periods import BoundValue
from core.schemas.accounts import Actor
from core.schemas.content import (
    ParameterValue,
    Preview,
    PreviewChart,
    PreviewColumn,
    PreviewFigure,
    PreviewSeries,
    QueryParameter,
)
from core.services import parameters as parameter_rules
from core.services import workspace
from core.services.data_sources import open_by_id
from core.sources import Query, Source


@dataclass(frozen=True, slots=True)
class PreparedPreview:
    """A query with its values bound and its source opened; plain values, no session."""

    source: Source = field(repr=False)
    query: Query
    presentation: Mapping[str, Any] = field(default_factory=dict)
    locale: str = "en_GB"
    timezone: str = "UTC"


def prepare(
    session: Session,
    *,
    actor: Actor,
    owner_id: uuid.UUID,
    data_source_id: uuid.UUID,
    sql: str,
    parameters: Sequence[QueryParameter],
    values: Mapping[str, ParameterValue],
    limit: int,
    presentation: Mapping[str, Any] | None = None,
) -> PreparedPreview:
    """The dates are the actor's, the rights are those of `owner_id`. Raises InvalidInput or SourceError."""
    checked = parameter_rules.check_parameters(sql, parameters)
    dates = parameter_rules.dates_of_now(session, actor=actor)
    source, options = open_by_id(session, data_source_id, owner_id=owner_id)
    bound: dict[str, BoundValue] = parameter_rules.bound(values, checked, dates)
    query = Query(sql=sql, parameters=bound, max_rows=limit, timeout_s=options.timeout_s, truncate=True)
    locale = workspace.find_workspace(session).locale
    look = dict(presentation or {})
    return PreparedPreview(source=source, query=query, presentation=look, locale=locale, timezone=actor.timezone)


def run_preview(prepared: PreparedPreview) -> Preview:
    """The first rows as plain values; raises SourceError. Takes as long as the query: hold no transaction."""
    began = monotonic()
    table, truncated = _read(prepared)
    shown = _shown(table, prepared.presentation)
    section = _section(table, shown, prepared)
    by_column = [[_plain(value) for value in python_values(chunk)] for chunk in table.combine_chunks().columns]
    return Preview(
        columns=[_column(field, column) for field, column in zip(table.schema, shown, strict=True)],
        figures=_figures(section, prepared.locale),
        chart=_chart(section.chart, prepared.locale) if section.chart else None,
        rows=[list(row) for row in zip(*by_column, strict=True)],
        truncated=truncated,
        elapsed_ms=round((monotonic() - began) * 1000),
    )


def _shown(table: pa.Table, presentation: Mapping[str, Any]) -> tuple[Column, ...]:
    """The columns as a report would name and show them."""
    batches = table.to_batches()
    return columns_of(table.schema, presentation, sample=batches[0] if batches else None)


def _column(field: pa.Field, shown: Column) -> PreviewColumn:
    unit = f" ({shown.unit})" if shown.unit and shown.kind != "percent" else ""
    return PreviewColumn(name=field.name, type=type_word(field.type), label=f"{shown.label}{unit}", hidden=shown.hidden)


def _section(table: pa.Table, shown: tuple[Column, ...], prepared: PreparedPreview) -> Section:
    """These rows as a part of a report, so that a page and a mail tell the same figures and draw the same points."""
    head = SectionHead("preview", "", shown)
    gatherer = SectionGatherer(head, prepared.presentation, zone=zone(prepared.timezone))
    for batch in table.to_batches():
        gatherer.add(batch)
    return gatherer.finish()


def _figures(section: Section, locale: str) -> list[PreviewFigure]:
    return [
        PreviewFigure(label=kpi.label, value=format_value(kpi.value, kpi.display, locale=locale, unit=True))
        for kpi in section.kpis
    ]


def _chart(chart: ChartData, locale: str) -> PreviewChart:
    # It measures texts with fonts, which an idle server has no need of.
    from core.document.scales import x_texts

    is_percent = chart.y_display.kind == "percent"
    times = 100 if is_percent else 1
    series = [
        PreviewSeries(name=name, values=[None if value is None else value * times for value in values])
        for name, values in chart.series
    ]
    return PreviewChart(
        kind=chart.kind,
        title=chart.title,
        subtitle=chart.subtitle,
        x=list(map(float, chart.x)) if chart.kind == "scatter" else x_texts(chart, locale),
        series=series,
        unit="%" if is_percent else "",
    )


def run_result(prepared: PreparedPreview) -> pa.Table:
    """The first rows as an Arrow table, for charts; raises SourceError."""
    return _read(prepared)[0]


def _read(prepared: PreparedPreview) -> tuple[pa.Table, bool]:
    with prepared.source.stream(prepared.query) as batches:
        table = pa.Table.from_batches(list(map(plain_batch, batches)), schema=plain_schema(batches.schema))
        return table, batches.truncated


def _plain(value: Any) -> Any:
    """JSON has one kind of number and no bytes."""
    if isinstance(value, Decimal):
        whole = value.is_finite() and value == value.to_integral_value()
        return int(value) if whole else float(value)
    return value.hex() if isinstance(value, bytes) else value


_WORDS = (
    (pa.types.is_boolean, "boolean"),
    (pa.types.is_integer, "integer"),
    (pa.types.is_floating, "number"),
    (pa.types.is_decimal, "number"),
    (pa.types.is_date, "date"),
    (pa.types.is_timestamp, "datetime"),
    (pa.types.is_time, "time"),
    (pa.types.is_duration, "duration"),
    (pa.types.is_binary, "binary"),
)


def type_word(kind: pa.DataType) -> str:
    """Arrow's type in the words of the parameters."""
    return next((word for matches, word in _WORDS if matches(kind)), "text")
