"""What a run will do, frozen when the run is made: later edits change later runs. Never a secret."""

from __future__ import annotations

from typing import Any

from core.models import DashboardTile, SavedQuery, ScheduledReport
from core.schemas.accounts import Actor
from core.services.tile_charts import tile_presentation
from core.text import slug


def freeze(report: ScheduledReport, *, only_to: Actor | None = None) -> dict[str, Any]:
    """The snapshot of a report; `only_to` replaces every reader (Send test)."""
    return {
        "name": report.name,
        "slug": slug(report.name),
        "description": report.description,
        "schedule_config": dict(report.schedule_config),
        "timezone": report.schedule_config.get("timezone", "UTC"),
        "parameters": dict(report.parameters),
        "formats": list(report.formats),
        "format_options": dict(report.format_options),
        "email_subject": report.email_subject,
        "email_body": report.email_body,
        "tags": list(report.tags),
        "keep_thread": report.keep_thread,
        "dark_chart": report.dark_chart,
        "link_days": report.link_days,
        "failure_subject": report.failure_subject,
        "failure_body": report.failure_body,
        "time_limit_s": report.time_limit_s,
        "retention_days": report.retention_days,
        "recipients": [only_to.email] if only_to else list(report.recipients),
        "cc": [] if only_to else list(report.cc),
        "bcc": [] if only_to else list(report.bcc),
        "is_dashboard": report.dashboard is not None,
        "queries": _queries(report),
    }


def _queries(report: ScheduledReport) -> list[dict[str, Any]]:
    if report.saved_query is not None:
        return [_query(report.saved_query, title=report.saved_query.name)]
    assert report.dashboard is not None, "the table demands one of the two"
    return [_tile(tile) for tile in report.dashboard.tiles]


def _tile(tile: DashboardTile) -> dict[str, Any]:
    """The query as its tile shows it: the tile's kind of chart, and its axes where it names them."""
    frozen = _query(tile.saved_query, title=tile.title or tile.saved_query.name)
    frozen["values"] = dict(tile.parameters)
    frozen["presentation"] = tile_presentation(frozen["presentation"], chart=tile.chart, x=tile.x, y=tile.y)
    return frozen


def _query(query: SavedQuery, *, title: str) -> dict[str, Any]:
    return {
        "title": title,
        "description": query.description,
        "sql": query.sql,
        "parameters": list(query.parameters),
        "values": {},
        "presentation": dict(query.presentation),
        "data_source_id": str(query.data_source_id),
    }
