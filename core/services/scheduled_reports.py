"""Scheduled reports: what is sent, when, to whom."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from typing import Any, Final, Literal

from sqlalchemy import ColumnElement, Text, and_, case, cast, event, func, select
from sqlalchemy.orm import Session, joinedload

from core import clock
from core.errors import Conflict, Forbidden
from core.models import ScheduledReport
from core.schedule import describe, next_run, upcoming
from core.schemas.accounts import Actor
from core.schemas.base import Access, Page
from core.schemas.executions import ScheduledReportDetail
from core.schemas.schedule import ScheduleConfig, SchedulePreview, SchedulePreviewRequest
from core.schemas.scheduled_reports import (
    ScheduledReportCreate,
    ScheduledReportResponse,
    ScheduledReportUpdate,
)
from core.services import audit, executions, sharing, storage
from core.services.common import changes, check_version, containing, merged, read_page
from core.services.people import require_editor
from core.services.report_rules import check_templates, checked_columns, refuse_over_limit, with_zone
from core.services.report_views import present, report_answer, show_report, warnings_of

Sort = Literal["next_run_at", "created_at", "name"]

_RECENT: Final = 10
# Active, and the last run that ended did not reach everybody.
_FAILING: Final = and_(ScheduledReport.is_active, ScheduledReport.failures_in_row > 0)
_TEXTS: Final = ("email_subject", "email_body", "failure_subject", "failure_body")
_NULLABLE: Final = ("dashboard_id", "saved_query_id", "link_days", *_TEXTS)
_TAGS_TEXT: Final = cast(ScheduledReport.tags, Text)
_HAS_TAGS: Final = _TAGS_TEXT != "[]"
_READERS: Final = ("recipients", "cc", "bcc")
_ORDERS: Final[dict[str, tuple[Any, ...]]] = {
    "next_run_at": (ScheduledReport.next_run_at.asc().nulls_last(), ScheduledReport.name, ScheduledReport.id),
    "created_at": (ScheduledReport.created_at.desc(), ScheduledReport.id),
    "name": (ScheduledReport.name, ScheduledReport.id),
}


@dataclass(frozen=True, slots=True)
class ScheduleCounts:
    """How many schedules a person has, by state; `failing` ones are active too."""

    total: int
    active: int
    paused: int
    failing: int


def list_scheduled_reports(
    session: Session,
    *,
    actor: Actor,
    is_active: bool | None = None,
    failing: bool = False,
    sort: Sort = "next_run_at",
    search: str = "",
    tag: str = "",
    offset: int = 0,
    limit: int = 50,
) -> Page[ScheduledReportResponse]:
    """One's own and those one may read; paused ones stand last when sorted by their next run."""
    query = select(ScheduledReport).where(*_mine(actor, search, tag))
    if is_active is not None:
        query = query.where(ScheduledReport.is_active == is_active)
    if failing:
        query = query.where(_FAILING)
    query = query.options(joinedload(ScheduledReport.dashboard), joinedload(ScheduledReport.saved_query))
    warnings = warnings_of(session, actor.id)
    access = sharing.access_of(session, ScheduledReport, actor)
    page = read_page(
        session,
        query,
        # What keeps somebody else's reports from leaving is theirs to mend.
        show=lambda row: show_report(row, access(row), warnings=warnings if row.owner_id == actor.id else ()),
        order=_ORDERS[sort],
        offset=offset,
        limit=limit,
    )
    last = executions.last_of(session, [report.id for report in page.items])
    return Page(
        [report.model_copy(update={"last_execution": last.get(report.id)}) for report in page.items], page.total
    )


def count_scheduled_reports(session: Session, *, actor: Actor, search: str = "", tag: str = "") -> ScheduleCounts:
    """How many there are in each state, in one query."""
    query = select(
        func.count().label("total"),
        func.count(case((ScheduledReport.is_active, 1))).label("active"),
        func.count(case((_FAILING, 1))).label("failing"),
    ).where(*_mine(actor, search, tag))
    row = session.execute(query).one()
    return ScheduleCounts(row.total, row.active, row.total - row.active, row.failing)


def get_scheduled_report(session: Session, *, actor: Actor, report_id: uuid.UUID) -> ScheduledReportDetail:
    """With its last ten executions; raises NotFound."""
    shown = report_answer(session, actor, _find(session, actor, report_id))
    recent = executions.recent_of(session, report_id, _RECENT)
    return ScheduledReportDetail(**dict(shown), executions=recent)


def create_scheduled_report(session: Session, *, actor: Actor, data: ScheduledReportCreate) -> ScheduledReportResponse:
    """Raises InvalidInput, TemplateError, NotFound for a query out of reach, LimitReached."""
    require_editor(actor)
    data = data.model_copy(update={"schedule_config": with_zone(data.schedule_config, actor=actor)})
    columns = checked_columns(session, actor=actor, owner_id=actor.id, data=data)
    check_templates(session, actor=actor, owner_id=actor.id, data=data)
    if data.is_active:
        refuse_over_limit(session, owner_id=actor.id)
    row = ScheduledReport(owner_id=actor.id, **columns)
    row.next_run_at = _next(data.schedule_config, is_active=data.is_active)
    session.add(row)
    session.flush()
    _record(session, actor, "create", row)
    return report_answer(session, actor, row)


def update_scheduled_report(
    session: Session,
    *,
    actor: Actor,
    report_id: uuid.UUID,
    data: ScheduledReportUpdate,
    expected_version: int | None = None,
) -> ScheduledReportResponse:
    """Any part of it; the merged whole is checked as a new one would be. The next run moves with the schedule only.

    Raises Forbidden when anybody but the owner changes who gets it, and Stale.
    """
    row = _find(session, actor, report_id, level="edit")
    check_version(row, expected_version)
    changed = changes(data, nullable=_NULLABLE)
    _refuse_other_readers(row, actor, changed)
    if data.schedule_config is not None:
        changed["schedule_config"] = with_zone(data.schedule_config, actor=actor)
    whole = merged(ScheduledReportCreate, present(row), changed)
    columns = checked_columns(session, actor=actor, owner_id=row.owner_id, data=whole)
    if changed.keys() & {*_TEXTS, "format_options", "dashboard_id", "saved_query_id"}:
        check_templates(session, actor=actor, owner_id=row.owner_id, data=whole)
    _apply_schedule(session, row, whole)
    for name, value in columns.items():
        setattr(row, name, value)
    row.version += 1
    session.flush()
    session.refresh(row, ["dashboard", "saved_query"])
    _record(session, actor, "update", row, fields=sorted(changed))
    return report_answer(session, actor, row)


def set_active(session: Session, *, actor: Actor, report_id: uuid.UUID, is_active: bool) -> ScheduledReportResponse:
    """Pause, or take up again from now on; raises LimitReached, and Conflict when all its readers left."""
    row = _find(session, actor, report_id, level="edit")
    if is_active and not row.recipients:
        raise Conflict(f"Nobody gets '{row.name}' any more. Put a reader in before you resume it.")
    if row.is_active != is_active:
        _switch(session, row, is_active=is_active, config=ScheduleConfig.model_validate(row.schedule_config))
        row.version += 1
        session.flush()
        _record(session, actor, "resume" if is_active else "pause", row)
    return report_answer(session, actor, row)


def duplicate_scheduled_report(session: Session, *, actor: Actor, report_id: uuid.UUID) -> ScheduledReportResponse:
    """A paused copy: it sends nothing before somebody has looked at it."""
    row = _find(session, actor, report_id, level="owner")
    data = merged(ScheduledReportCreate, present(row), {"name": f"{row.name[:190]} (copy)", "is_active": False})
    copy = ScheduledReport(owner_id=actor.id, **checked_columns(session, actor=actor, owner_id=actor.id, data=data))
    session.add(copy)
    session.flush()
    _record(session, actor, "create", copy, copy_of=str(row.id))
    return report_answer(session, actor, copy)


def delete_scheduled_report(
    session: Session, *, actor: Actor, report_id: uuid.UUID, expected_version: int | None = None
) -> None:
    """Its executions go with it, and their files once the deletion is committed."""
    row = _find(session, actor, report_id, level="owner")
    check_version(row, expected_version)
    _record(session, actor, "delete", row)
    sharing.forget_shares(session, row)
    session.delete(row)
    session.flush()
    folder = storage.report_folder(report_id)
    event.listen(session, "after_commit", lambda _session: storage.remove_tree(folder), once=True)


def preview_schedule(request: SchedulePreviewRequest, *, actor: Actor | None = None) -> SchedulePreview:
    """The next runs of a schedule that need not be stored, counted from now."""
    config = with_zone(request.schedule_config, actor=actor) if actor else request.schedule_config
    return SchedulePreview(description=describe(config), runs=upcoming(config, clock.now(), request.count))


def list_tags(session: Session, *, actor: Actor) -> list[str]:
    """The tags of the reports that one may read, each once, by name."""
    rows = session.scalars(select(ScheduledReport.tags).where(*_mine(actor), _HAS_TAGS))
    return sorted({tag for tags in rows for tag in tags})


def _mine(actor: Actor, search: str = "", tag: str = "") -> list[ColumnElement[bool]]:
    found = [sharing.visible(ScheduledReport, actor)]
    if search:
        found.append(containing(search, ScheduledReport.name, ScheduledReport.description))
    if tag:
        # As it is written in the JSON, with its quotes: no tag has any, so none is found inside another.
        found.append(_TAGS_TEXT.contains(json.dumps(tag.strip().lower()), autoescape=True))
    return found


def _find(session: Session, actor: Actor, report_id: uuid.UUID, *, level: Access = "read") -> ScheduledReport:
    return executions.find_report(session, actor, report_id, level=level)


def _refuse_other_readers(row: ScheduledReport, actor: Actor, changed: dict[str, Any]) -> None:
    """The mails leave in the owner's name, so the owner alone says to whom."""
    others = [name for name in _READERS if name in changed and changed[name] != getattr(row, name)]
    if others and row.owner_id != actor.id:
        raise Forbidden(f"Only the owner of '{row.name}' changes who gets it.")


def _next(config: ScheduleConfig, *, is_active: bool) -> Any:
    return next_run(config, clock.now()) if is_active else None


def _apply_schedule(session: Session, row: ScheduledReport, whole: ScheduledReportCreate) -> None:
    if row.is_active != whole.is_active:
        _switch(session, row, is_active=whole.is_active, config=whole.schedule_config)
    elif ScheduleConfig.model_validate(row.schedule_config) != whole.schedule_config:
        row.next_run_at = _next(whole.schedule_config, is_active=whole.is_active)
        row.schedule_version += 1


def _switch(session: Session, row: ScheduledReport, *, is_active: bool, config: ScheduleConfig) -> None:
    if is_active:
        refuse_over_limit(session, owner_id=row.owner_id)
        row.failures_in_row = 0
    row.is_active, row.paused_reason = is_active, None
    row.next_run_at = _next(config, is_active=is_active)
    row.schedule_version += 1


def _record(session: Session, actor: Actor, action: str, row: ScheduledReport, **detail: Any) -> None:
    audit.record(
        session,
        actor=actor,
        action=action,
        object_type="scheduled_report",
        object_id=row.id,
        object_name=row.name,
        detail=detail,
    )
