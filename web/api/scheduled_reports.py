"""Scheduled reports: what is sent, when, to whom."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Header, Query, Response, status

import tasks
from core.database import read_scope, session_scope
from core.schemas.drafts import MailPreviewResponse
from core.schemas.executions import ExecutionResponse, RunResponse, ScheduledReportDetail, TestRunResponse
from core.schemas.scheduled_reports import ScheduledReportCreate, ScheduledReportResponse, ScheduledReportUpdate
from core.services import executions, failure_preview, mail_preview, scheduled_reports, test_runs
from core.states import ExecutionStatus
from web.api.dependencies import CurrentActor, ListWindow, Search, counted
from web.api.versions import ExpectedVersion, tagged

router = APIRouter(prefix="/scheduled-reports", tags=["scheduled reports"])
RequestKey = Annotated[str | None, Header(alias="Idempotency-Key", min_length=1, max_length=100, pattern=r"^[!-~]+$")]


@router.get("")
def list_scheduled_reports(
    actor: CurrentActor,
    window: ListWindow,
    response: Response,
    is_active: bool | None = None,
    sort: Literal["next_run_at", "created_at"] = "next_run_at",
    search: Search = "",
    tag: Annotated[str, Query(max_length=100, description="Reports that carry this tag.")] = "",
) -> list[ScheduledReportResponse]:
    """The user's own, and those that others share; `search` looks in names and descriptions."""
    with read_scope() as session:
        page = scheduled_reports.list_scheduled_reports(
            session,
            actor=actor,
            is_active=is_active,
            sort=sort,
            search=search,
            tag=tag,
            offset=window.offset,
            limit=window.limit,
        )
    return counted(response, page)


@router.post("", status_code=status.HTTP_201_CREATED)
def create_scheduled_report(
    actor: CurrentActor, data: ScheduledReportCreate, response: Response
) -> ScheduledReportResponse:
    with session_scope() as session:
        report = scheduled_reports.create_scheduled_report(session, actor=actor, data=data)
    tasks.ring()
    return tagged(response, report)


@router.post("/mail-preview")
def preview_mail(
    actor: CurrentActor,
    data: ScheduledReportCreate,
    report_id: UUID | None = None,
    kind: Literal["report", "failure"] = "report",
) -> MailPreviewResponse:
    """The mail of a report that is not saved, as it would look now; nothing is sent.

    With `report_id` its figures are compared with those of that report's last run. `failure` is the notice that its
    owner gets when a run fails; no query is run for that.
    """
    with read_scope() as session:
        prepared = mail_preview.prepare_mail_preview(session, actor=actor, data=data, report_id=report_id)
    if kind == "failure":
        return MailPreviewResponse.model_validate(failure_preview.preview_failure(prepared))
    return MailPreviewResponse.model_validate(mail_preview.run_mail_preview(prepared))


@router.get("/{report_id}")
def get_scheduled_report(actor: CurrentActor, report_id: UUID, response: Response) -> ScheduledReportDetail:
    """With its last ten executions."""
    with read_scope() as session:
        return tagged(response, scheduled_reports.get_scheduled_report(session, actor=actor, report_id=report_id))


@router.put("/{report_id}")
def update_scheduled_report(
    actor: CurrentActor, report_id: UUID, data: ScheduledReportUpdate, response: Response, expected: ExpectedVersion
) -> ScheduledReportResponse:
    """Any part of it; the merged result is checked as a new one would be."""
    with session_scope() as session:
        report = scheduled_reports.update_scheduled_report(
            session, actor=actor, report_id=report_id, data=data, expected_version=expected
        )
    tasks.ring()
    return tagged(response, report)


@router.delete("/{report_id}", status_code=status.HTTP_204_NO_CONTENT)
def delete_scheduled_report(actor: CurrentActor, report_id: UUID, expected: ExpectedVersion) -> None:
    """Its executions and their files go with it."""
    with session_scope() as session:
        scheduled_reports.delete_scheduled_report(session, actor=actor, report_id=report_id, expected_version=expected)


@router.post("/{report_id}/run", status_code=status.HTTP_202_ACCEPTED)
def run_scheduled_report(actor: CurrentActor, report_id: UUID, idempotency_key: RequestKey = None) -> RunResponse:
    """Run it now. The same `Idempotency-Key` again answers with the same run."""
    with session_scope() as session:
        run = executions.request_run(session, actor=actor, report_id=report_id, request_id=idempotency_key)
    tasks.ring([run.id])
    return RunResponse(task_id=str(run.id), execution_id=run.id, status=run.status)


@router.post("/{report_id}/test")
def send_test(actor: CurrentActor, report_id: UUID) -> TestRunResponse:
    """Run it at once, without the queue, and send it to oneself alone."""
    return test_runs.run_test(actor=actor, report_id=report_id)


@router.get("/{report_id}/executions")
def list_executions(
    actor: CurrentActor,
    window: ListWindow,
    response: Response,
    report_id: UUID,
    status: ExecutionStatus | None = None,
) -> list[ExecutionResponse]:
    """Newest first."""
    with read_scope() as session:
        page = executions.list_executions(
            session,
            actor=actor,
            status=status,
            scheduled_report_id=report_id,
            offset=window.offset,
            limit=window.limit,
        )
    return counted(response, page)
