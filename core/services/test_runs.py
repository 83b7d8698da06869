"""Send test: the whole pipeline at once, to the person who asked and to nobody else, without the queue."""

from __future__ import annotations

import uuid

from core import host
from core.database import read_scope, session_scope
from core.schemas.accounts import Actor
from core.schemas.executions import ExecutionDetail, TestRunResponse
from core.services import audit, ledger, mailer, standby
from core.services.children import StartChild, start_cold
from core.services.executions import find_report, find_requested, get_execution, new_execution
from core.services.ledger import Claimed
from core.services.supervisor import supervise


def run_test(
    *, actor: Actor, report_id: uuid.UUID, request_id: str | None = None, start_child: StartChild = start_cold
) -> TestRunResponse:
    """Run a report for `actor` alone; takes as long as the report does. Works while the worker is down.

    The report's own times (`next_run_at`, `last_run_at`) stay as they are. The same `request_id` again tells of the
    same run, and runs nothing.
    """
    execution_id = _run(actor, report_id, request_id, start_child)
    with read_scope() as session:
        execution = get_execution(session, actor=actor, execution_id=execution_id)
    return TestRunResponse(success=execution.status == "success", detail=_detail(execution, actor), execution=execution)


def _run(actor: Actor, report_id: uuid.UUID, request_id: str | None, start_child: StartChild) -> uuid.UUID:
    claimed = _begin(actor, report_id, request_id)
    if isinstance(claimed, uuid.UUID):
        return claimed
    supervise(claimed, start_child)
    # Who tests once often tests again.
    standby.prepare()
    mailer.deliver(claimed.execution_id)
    return claimed.execution_id


def _begin(actor: Actor, report_id: uuid.UUID, request_id: str | None) -> Claimed | uuid.UUID:
    """A run to be done, or the id of the one that was asked for under this `request_id` before."""
    with session_scope() as session:
        report = find_report(session, actor, report_id, level="edit")
        known = find_requested(session, report_id=report.id, request_id=request_id) if request_id is not None else None
        if known is not None:
            return known
        row = new_execution(session, report, actor=actor, trigger="test", request_id=request_id)
        claimed = ledger.take(session, row, owner=host.identity())
        assert claimed is not None, "a test run is nobody else's, and the unique index leaves tests out"
        audit.record(
            session,
            actor=actor,
            action="test",
            object_type="scheduled_report",
            object_id=report.id,
            object_name=report.name,
            detail={"execution_id": str(row.id)},
        )
    return claimed


def _detail(execution: ExecutionDetail, actor: Actor) -> str:
    if execution.status in ("queued", "running"):
        return "This test is under way already."
    if execution.status == "success":
        seconds = (execution.execution_time_ms or 0) / 1000
        return f"Sent to {actor.email} in {seconds:.1f} s."
    if execution.status == "partial":
        return f"Sent to {actor.email}, but a part is missing: {execution.error_message}"
    if execution.status == "delivering":
        return f"The report was made, but the mail server did not take it yet: {_mail_error(execution)}"
    return execution.error_message or "The test did not succeed."


def _mail_error(execution: ExecutionDetail) -> str:
    return next((mail.error_message for mail in execution.deliveries if mail.error_message), "it is tried again.")
