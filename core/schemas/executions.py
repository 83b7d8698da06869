"""Executions and deliveries, as the history shows them."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from core.schemas.base import Email, Id, Input, Instant, Output
from core.schemas.scheduled_reports import ScheduledReportResponse
from core.states import DeliveryStatus, ExecutionStatus, Trigger


class FileResponse(Output):
    """One generated file; `parts` names the further ones of a dashboard's CSV.

    `linked_until` says how long the link in the mail works, when it went as a link that still works.
    """

    name: str
    size: int
    sha256: str
    url: str
    linked_until: Instant | None = None
    rows_written: int
    rows_total: int
    parts: list[dict[str, Any]] = []


class DeliveryResponse(Output):
    id: Id
    recipient: str
    role: str
    status: DeliveryStatus
    attempts: int
    smtp_code: int | None
    smtp_response: str | None
    error_class: str | None
    error_message: str | None
    message_id: str
    sent_at: Instant | None


class AttemptResponse(Output):
    at: Instant
    event: str
    worker: str
    detail: dict[str, Any]


class ExecutionResponse(Output):
    """ReportExecutionResponse of the REST contract. `tiles` holds the result of each query.

    `links_until` is the end of the last link in the mails that still works; null when there is none.
    """

    id: Id
    scheduled_report_id: Id
    report_name: str
    trigger: Trigger
    status: ExecutionStatus
    scheduled_for: Instant
    created_at: Instant
    started_at: Instant | None
    finished_at: Instant | None
    attempt: int
    max_attempts: int
    execution_time_ms: int | None
    row_count: int | None
    progress: dict[str, Any]
    cancel_requested: bool
    generated_files: dict[str, FileResponse]
    links_until: Instant | None
    sent_to: list[str]
    deliveries: list[DeliveryResponse]
    tiles: list[dict[str, Any]]
    error_class: str | None
    error_message: str | None


class ExecutionDetail(ExecutionResponse):
    """With its timeline."""

    attempts: list[AttemptResponse] = []


class ScheduledReportDetail(ScheduledReportResponse):
    """With its last ten executions."""

    executions: list[ExecutionResponse] = []


class RunResponse(Output):
    task_id: str
    execution_id: Id
    status: ExecutionStatus


class TestRunResponse(Output):
    __test__ = False  # the name is the contract's; pytest must not collect it

    success: bool
    detail: str
    execution: ExecutionResponse


class ResendRequest(Input):
    """`recipients` left out or null means everybody; an empty list is a mistake and means nobody."""

    recipients: Annotated[list[Email], Field(min_length=1, max_length=500)] | None = None


class WorkerState(Output):
    last_heartbeat: Instant | None
    alive: bool


class Health(Output):
    status: str
    database: str
    queue: str
    worker: WorkerState
    version: str
