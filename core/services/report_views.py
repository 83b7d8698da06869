"""A scheduled report as people see it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from core.models import ScheduledReport
from core.schedule import describe
from core.schemas.accounts import Actor
from core.schemas.base import Access
from core.schemas.schedule import ScheduleConfig
from core.schemas.scheduled_reports import LastExecution, ScheduledReportCreate, ScheduledReportResponse
from core.services import executions, sharing
from core.services.email_configurations import account_warning


def present(row: ScheduledReport) -> dict[str, Any]:
    """What it was made of, as a new one would be."""
    return {name: getattr(row, name) for name in ScheduledReportCreate.model_fields}


def warnings_of(session: Session, owner_id: uuid.UUID) -> list[str]:
    warning = account_warning(session, owner_id)
    return [warning] if warning else []


def report_answer(session: Session, actor: Actor, row: ScheduledReport) -> ScheduledReportResponse:
    last = executions.last_of(session, [row.id]).get(row.id)
    access = sharing.access_of(session, ScheduledReport, actor)(row)
    return show_report(row, access, warnings=warnings_of(session, row.owner_id), last=last)


def show_report(
    row: ScheduledReport, access: Access, *, warnings: Sequence[str], last: LastExecution | None = None
) -> ScheduledReportResponse:
    subject = row.dashboard or row.saved_query
    assert subject is not None, "the table demands one of the two"
    config = ScheduleConfig.model_validate(row.schedule_config)
    plain = {name: value for name, value in present(row).items() if name != "schedule_config"}
    return ScheduledReportResponse(
        id=row.id,
        user_id=row.owner_id,
        subject_name=subject.name,
        schedule_config=config,
        schedule_text=describe(config),
        paused_reason=row.paused_reason,
        failures_in_row=row.failures_in_row,
        next_run_at=row.next_run_at,
        last_run_at=row.last_run_at,
        created_at=row.created_at,
        updated_at=row.updated_at,
        access=access,
        version=row.version,
        last_execution=last,
        warnings=list(warnings),
        **plain,
    )
