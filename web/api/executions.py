"""Runs: what happened, the files, stopping and sending again."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from fastapi.responses import FileResponse

import tasks
from core.database import read_scope, session_scope
from core.schemas.base import Moment
from core.schemas.executions import ExecutionDetail, ExecutionResponse, ResendRequest
from core.services import deliveries, download_links, executions
from core.states import ExecutionStatus
from web import files
from web.api.dependencies import CurrentActor, ListWindow, counted

router = APIRouter(prefix="/executions", tags=["executions"])


@router.get("")
def list_executions(
    actor: CurrentActor,
    window: ListWindow,
    response: Response,
    status: ExecutionStatus | None = None,
    scheduled_report_id: UUID | None = None,
    since: Moment | None = None,
) -> list[ExecutionResponse]:
    """Across reports, newest first."""
    with read_scope() as session:
        page = executions.list_executions(
            session,
            actor=actor,
            status=status,
            scheduled_report_id=scheduled_report_id,
            since=since,
            offset=window.offset,
            limit=window.limit,
        )
    return counted(response, page)


@router.get("/{execution_id}")
def get_execution(actor: CurrentActor, execution_id: UUID) -> ExecutionDetail:
    """With its timeline."""
    with read_scope() as session:
        return executions.get_execution(session, actor=actor, execution_id=execution_id)


@router.get("/{execution_id}/files/{format}", response_class=FileResponse)
def get_file(
    actor: CurrentActor, execution_id: UUID, format: str, part: Annotated[int, Query(ge=1, le=1000)] = 1
) -> FileResponse:
    """The file, streamed."""
    return files.file_of(actor, execution_id, format, part)


@router.post("/{execution_id}/cancel")
def cancel_execution(actor: CurrentActor, execution_id: UUID) -> ExecutionDetail:
    with session_scope() as session:
        return executions.cancel_execution(session, actor=actor, execution_id=execution_id)


@router.post("/{execution_id}/revoke-links")
def revoke_links(actor: CurrentActor, execution_id: UUID) -> ExecutionDetail:
    """The links in the mails of this run open nothing any more."""
    with session_scope() as session:
        return download_links.revoke_links(session, actor=actor, execution_id=execution_id)


@router.post("/{execution_id}/resend")
def resend_execution(actor: CurrentActor, execution_id: UUID, data: ResendRequest | None = None) -> ExecutionDetail:
    """The same bytes again, to all or to some."""
    recipients = data.recipients if data else None
    with session_scope() as session:
        execution = deliveries.resend_execution(session, actor=actor, execution_id=execution_id, recipients=recipients)
    tasks.ring([execution_id])
    return execution
