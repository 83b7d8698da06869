"""What the ledger's tests build: a report with its query, source and mail account, and short ways to look."""

from __future__ import annotations

import os
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from core import clock, host
from core.database import read_scope, session_scope
from core.models import Delivery, ReportExecution, ScheduledReport
from core.schemas.accounts import Actor
from core.schemas.content import DataSourceCreate, SavedQueryCreate
from core.schemas.email_config import EmailConfigCreate
from core.schemas.scheduled_reports import ScheduledReportCreate
from core.services import (
    data_sources,
    email_configurations,
    executions,
    ledger,
    runner,
    saved_queries,
    scheduled_reports,
)

SALES = "SELECT day, region, amount, units FROM sales ORDER BY day, region"


def add_account(actor: Actor, *, port: int, **changes: Any) -> None:
    usual = {"smtp_host": "127.0.0.1", "smtp_port": port, "use_tls": False, "from_email": "reports@example.test"}
    data = EmailConfigCreate.model_validate(usual | changes)
    with session_scope() as session:
        email_configurations.save_email_config(session, actor=actor, data=data)


def add_query(actor: Actor, url: str, *, sql: str = SALES, name: str = "Sales") -> uuid.UUID:
    with session_scope() as session:
        source = data_sources.create_data_source(session, actor=actor, data=DataSourceCreate(name="Shop", url=url))
        data = SavedQueryCreate(name=name, data_source_id=source.id, sql=sql)
        return saved_queries.create_saved_query(session, actor=actor, data=data).id


def add_report(actor: Actor, url: str, *, sql: str = SALES, **changes: Any) -> uuid.UUID:
    """A daily report at 07:00 UTC in CSV for one reader, with `changes`."""
    values: dict[str, Any] = {
        "name": "Daily sales",
        "schedule_config": {"type": "daily", "time": "07:00", "timezone": "UTC"},
        "recipients": ["dana@example.test"],
        "formats": ["csv"],
    }
    if "dashboard_id" not in changes:
        values["saved_query_id"] = add_query(actor, url, sql=sql)
    with session_scope() as session:
        data = ScheduledReportCreate.model_validate(values | changes)
        return scheduled_reports.create_scheduled_report(session, actor=actor, data=data).id


def make_due(report_id: uuid.UUID, *, at: datetime | None = None) -> datetime:
    """Put the next run at `at` (now by default)."""
    slot = at or clock.now()
    with session_scope() as session:
        report = session.get(ScheduledReport, report_id)
        assert report is not None
        report.next_run_at = slot
    return slot


def queue_run(actor: Actor, report_id: uuid.UUID) -> uuid.UUID:
    with session_scope() as session:
        return executions.request_run(session, actor=actor, report_id=report_id).id


def claim(execution_id: uuid.UUID | None = None, *, owner: str | None = None, slots: int = 10) -> Any:
    with session_scope() as session:
        return ledger.claim(session, owner=owner or host.identity(), slots=slots, execution_id=execution_id)


class InlineChild:
    """The whole pipeline in this process: for tests whose subject is not the process."""

    def __init__(self, execution_id: uuid.UUID, fence: int) -> None:
        self.pid = os.getpid()
        runner.run(execution_id, fence)

    def wait(self, _seconds: float) -> int | None:
        return 0

    def kill(self) -> None:
        raise AssertionError("it has ended")


def execution(execution_id: uuid.UUID) -> ReportExecution:
    """The row, detached, all columns loaded."""
    with read_scope() as session:
        row = session.get(ReportExecution, execution_id)
        assert row is not None
        session.expunge(row)
        return row


def all_executions(report_id: uuid.UUID) -> list[ReportExecution]:
    with read_scope() as session:
        rows = session.query(ReportExecution).filter_by(scheduled_report_id=report_id)
        found = rows.order_by(ReportExecution.scheduled_for).all()
        session.expunge_all()
        return found


def report(report_id: uuid.UUID) -> ScheduledReport:
    with read_scope() as session:
        row = session.get(ScheduledReport, report_id)
        assert row is not None
        session.expunge(row)
        return row


def mails(execution_id: uuid.UUID) -> dict[str, Delivery]:
    with read_scope() as session:
        rows = session.query(Delivery).filter_by(execution_id=execution_id).order_by(Delivery.send_no).all()
        session.expunge_all()
        return {row.recipient: row for row in rows}


def put_mails(execution_id: uuid.UUID, recipients: list[str]) -> None:
    """As the runner's commit does: the execution delivers, each person has a mail that waits."""
    now = clock.now()
    with session_scope() as session:
        row = session.get(ReportExecution, execution_id)
        assert row is not None
        row.status, row.lease_owner, row.lease_until = "delivering", None, None
        session.add_all(
            Delivery(
                execution_id=execution_id,
                recipient=address,
                message_id=f"<{address}>",
                not_before=now,
                give_up_at=now + timedelta(hours=24),
            )
            for address in recipients
        )


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc] # year, month, day, ...
