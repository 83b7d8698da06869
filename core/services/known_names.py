"""Which columns and key figures a text may name: those of the last run of the same SQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.mail.template_figures import Earlier
from core.models import Dashboard, ReportExecution, SavedQuery, ScheduledReport


def known_of(session: Session, subject: SavedQuery | Dashboard) -> Earlier:
    """What the last run of a query or dashboard gave; nothing is known when its SQL or its look has changed since."""
    column = ScheduledReport.dashboard_id if isinstance(subject, Dashboard) else ScheduledReport.saved_query_id
    query = (
        select(ReportExecution)
        .join(ScheduledReport, ScheduledReport.id == ReportExecution.scheduled_report_id)
        .where(column == subject.id, ReportExecution.row_count.is_not(None))
        .order_by(ReportExecution.created_at.desc())
        .limit(1)
    )
    run = session.scalar(query)
    queries = [tile.saved_query for tile in subject.tiles] if isinstance(subject, Dashboard) else [subject]
    return _known(run, queries) if run is not None else Earlier()


def _known(run: ReportExecution, queries: Sequence[SavedQuery]) -> Earlier:
    asked = [(frozen["sql"], _figures(frozen["presentation"])) for frozen in run.snapshot.get("queries", [])]
    same = asked == [(query.sql, _figures(query.presentation)) for query in queries]
    complete = all("columns" in section for section in run.kpis) and not any(tile.get("error") for tile in run.tiles)
    if not same or not complete:
        return Earlier(rows=run.row_count)
    return Earlier(
        rows=run.row_count,
        columns=tuple(dict.fromkeys(column for section in run.kpis for column in section["columns"])),
        kpis=tuple(kpi for section in run.kpis for kpi in section["kpis"]),
    )


def _figures(presentation: Any) -> Any:
    """What decides the names: a chart, which a tile may change, does not, nor which rows are grey."""
    return {part: value for part, value in dict(presentation or {}).items() if part not in ("chart", "min_sample")}
