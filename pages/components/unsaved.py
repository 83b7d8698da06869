"""Is what stands in a form what is saved? Said beside the button that saves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import streamlit as st

from core.schemas.content import (
    DashboardResponse,
    Presentation,
    QueryParameter,
    SavedQueryCreate,
    SavedQueryResponse,
    TileInput,
)
from core.schemas.file_names import FILE_NAME
from core.schemas.formats import csv_meaning, excel_meaning
from core.schemas.scheduled_reports import ScheduledReportCreate, ScheduledReportResponse


def show_state(*, is_new: bool, is_changed: bool) -> None:
    if is_new:
        st.badge("Not saved yet", icon=":material/edit:", color="gray")
    elif is_changed:
        st.badge("Unsaved changes", icon=":material/edit:", color="orange")


def schedule_differs(
    report: ScheduledReportResponse, data: ScheduledReportCreate, parameters: Sequence[QueryParameter]
) -> bool:
    names = (
        "name", "dashboard_id", "saved_query_id", "recipients", "cc", "bcc", "tags", "keep_thread", "dark_chart",
        "link_days",
    )  # fmt: skip
    return any(getattr(report, name) != getattr(data, name) for name in names) or (
        _rest_of_schedule(report, parameters) != _rest_of_schedule(data, parameters)
    )


def query_differs(query: SavedQueryResponse, data: SavedQueryCreate) -> bool:
    names = ("name", "description", "data_source_id", "sql", "parameters")
    return any(getattr(query, name) != getattr(data, name) for name in names) or (
        _look(query.presentation) != _look(data.presentation)
    )


def dashboard_differs(
    dashboard: DashboardResponse,
    name: str,
    description: str,
    tiles: Sequence[TileInput],
    queries: Iterable[SavedQueryResponse],
) -> bool:
    known = {query.id: query.parameters for query in queries}
    if (dashboard.name, dashboard.description) != (name.strip(), description.strip()):
        return True
    return [_tile(tile, known) for tile in dashboard.tiles] != [_tile(tile, known) for tile in tiles]


def _rest_of_schedule(
    report: ScheduledReportResponse | ScheduledReportCreate, parameters: Sequence[QueryParameter]
) -> tuple[Any, ...]:
    config = report.schedule_config
    return (
        (config.type, config.time, config.weekdays, config.day_of_month, config.timezone),
        sorted(report.formats),
        csv_meaning(report.format_options),
        excel_meaning(report.format_options),
        report.format_options.get(FILE_NAME) or "",
        report.email_subject or "",
        report.email_body or "",
        report.failure_subject or "",
        report.failure_body or "",
        _filled(parameters, report.parameters),
    )


def _tile(tile: Any, known: Mapping[Any, Sequence[QueryParameter]]) -> tuple[Any, ...]:
    values = _filled(known.get(tile.saved_query_id, ()), tile.parameters)
    return tile.saved_query_id, tile.title, tile.chart, tile.x, tile.y, values


def _filled(parameters: Sequence[QueryParameter], values: Mapping[str, Any]) -> dict[str, str]:
    """Forms give every value, what is saved only those that differ from the query's own."""
    found = {parameter.name: values.get(parameter.name, parameter.default) for parameter in parameters}
    return {name: str(value) for name, value in found.items() if value not in (None, "")}


def _look(look: Presentation) -> dict[str, Any]:
    """One column may stand alone or in a list."""
    plain = look.model_dump()
    chart = plain["chart"]
    if chart and isinstance(chart["y"], str):
        chart["y"] = [chart["y"]]
    return plain
