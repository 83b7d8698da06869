"""Taking the sample away again, as long as nobody has built on it."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.errors import Conflict
from core.models import Dashboard, DashboardTile, DataSource, EmailConfiguration, SavedQuery, ScheduledReport, User
from core.schemas.accounts import Actor
from core.services import audit, dashboards, data_sources, saved_queries, scheduled_reports, workspace
from core.services.common import reports_of_queries
from core.services.people import to_actor
from core.services.sample import WORKSPACE_NAME
from core.services.sample_content import DASHBOARD, QUERIES, REPORTS
from core.services.sample_reports import find_sample_source, is_catcher
from core.text import join_words

_QUERIES: Final = frozenset(fields["name"] for fields in QUERIES)
_REPORTS: Final = frozenset(fields["name"] for fields in REPORTS)
_OWNED: Final[dict[str, type[Any]]] = {
    "data source": DataSource,
    "query": SavedQuery,
    "dashboard": Dashboard,
    "report": ScheduledReport,
    "mail account": EmailConfiguration,
}


Row = TypeVar("Row", SavedQuery, Dashboard, ScheduledReport)


@dataclass
class _Sample:
    """What belongs to it, and what others have built on it."""

    source: DataSource
    owner: Actor
    queries: list[SavedQuery] = field(default_factory=list)
    boards: list[Dashboard] = field(default_factory=list)
    reports: list[ScheduledReport] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)


def remove_sample(session: Session, *, demo_email: str) -> list[str]:
    """Delete it whole; returns what was removed, in words. Raises Conflict, and then nothing is changed."""
    sample = _find(session)
    if sample.foreign:
        raise Conflict(
            f"The sample is in use by {join_words(sample.foreign)}. Change or delete these first, and call this again."
        )
    removed = _remove_content(session, sample)
    removed += _remove_catcher_account(session, sample.owner)
    removed += _remove_demo(session, demo_email)
    row = workspace.get_or_create(session)
    if row.name == WORKSPACE_NAME:
        row.name = workspace.WorkspaceInfo().name
    audit.record(
        session, actor=None, action="remove_sample", object_type="workspace", object_id=row.id, object_name=row.name
    )
    return removed


def _find(session: Session) -> _Sample:
    source = find_sample_source(session)
    if source is None:
        raise Conflict("The sample is not here: it was never loaded, or it was removed already.")
    sample = _Sample(source, to_actor(session.get_one(User, source.owner_id)))
    query_ids = select(SavedQuery.id).where(SavedQuery.data_source_id == source.id)
    board_ids = select(DashboardTile.dashboard_id).where(DashboardTile.saved_query_id.in_(query_ids))
    queries = session.scalars(select(SavedQuery).where(SavedQuery.id.in_(query_ids)).order_by(SavedQuery.name))
    boards = session.scalars(select(Dashboard).where(Dashboard.id.in_(board_ids)).order_by(Dashboard.name))
    _sort(sample, "query", list(queries), _QUERIES, sample.queries)
    _sort(sample, "dashboard", list(boards), {DASHBOARD["name"]}, sample.boards)
    _sort(sample, "report", reports_of_queries(session, query_ids), _REPORTS, sample.reports)
    return sample


def _sort(sample: _Sample, noun: str, rows: list[Row], names: Container[str], mine: list[Row]) -> None:
    for row in rows:
        if row.owner_id == sample.owner.id and row.name in names:
            mine.append(row)
        else:
            sample.foreign.append(f"the {noun} '{row.name}'")


def _remove_content(session: Session, sample: _Sample) -> list[str]:
    actor = sample.owner
    removed = [
        *(f"the report '{row.name}'" for row in sample.reports),
        *(f"the dashboard '{row.name}'" for row in sample.boards),
        *(f"the query '{row.name}'" for row in sample.queries),
        f"the data source '{sample.source.name}'",
    ]
    for report in sample.reports:
        scheduled_reports.delete_scheduled_report(session, actor=actor, report_id=report.id)
    for board in sample.boards:
        dashboards.delete_dashboard(session, actor=actor, dashboard_id=board.id)
    for query in sample.queries:
        saved_queries.delete_saved_query(session, actor=actor, saved_query_id=query.id)
    data_sources.delete_data_source(session, actor=actor, data_source_id=sample.source.id)
    return removed


def _remove_catcher_account(session: Session, owner: Actor) -> list[str]:
    """Unless reports of the owner's own still leave through it."""
    row = session.scalar(select(EmailConfiguration).where(EmailConfiguration.owner_id == owner.id))
    if row is None or not is_catcher(row.smtp_host, row.smtp_port) or _count(session, ScheduledReport, owner):
        return []
    session.delete(row)
    session.flush()
    return ["the mail account of the local catcher"]


def _remove_demo(session: Session, email: str) -> list[str]:
    person = session.scalar(select(User).where(User.email == email))
    if person is None:
        return []
    demo = to_actor(person)
    owned = [noun for noun, model in _OWNED.items() if _count(session, model, demo)]
    if owned:
        raise Conflict(
            f"{email} has more than the sample: at least one {join_words(owned)}. Delete them, or hand them over to "
            "somebody else, and call this again."
        )
    others = select(func.count()).where(User.role == "admin", User.is_active, User.id != person.id)
    if not session.scalar(others):
        raise Conflict(f"{email} is the only administrator. Make another one first: python -m core.cli create-admin")
    session.delete(person)
    session.flush()
    return [f"the account {email}"]


def _count(session: Session, model: type[Any], owner: Actor) -> int:
    return session.scalar(select(func.count()).select_from(model).where(model.owner_id == owner.id)) or 0
