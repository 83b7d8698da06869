"""The first screen: did everything arrive, what needs a look, what ran, what comes next."""

from __future__ import annotations

from core.schemas.base import Id, Output
from core.schemas.executions import ExecutionResponse, WorkerState
from core.schemas.scheduled_reports import ScheduledReportResponse


class Overview(Output):
    """Counts are of the last 24 hours and leave tests out. `attention` holds what failed or is in doubt.

    `recent` are the newest runs of any kind and any age, tests and those under way included.

    `first_report_id` is what a newcomer to the sample tries first; None for everybody else.
    """

    arrived_24h: int
    failed_24h: int
    running: int
    waiting: int
    active_reports: int
    attention: list[ExecutionResponse]
    recent: list[ExecutionResponse]
    upcoming: list[ScheduledReportResponse]
    worker: WorkerState
    first_report_id: Id | None = None
