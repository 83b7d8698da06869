"""The sample's reports have readers that do not exist: no real mail account may ever write to them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core import clock
from core.errors import DeliveryError
from core.models import DataSource, Delivery, ReportExecution, SavedQuery, ScheduledReport
from core.services.common import reports_of_queries
from core.settings import get_settings

PAUSED: Final = (
    "Paused when a mail account that reaches real people took the place of the local catcher: this report of the "
    "sample writes to addresses that do not exist. Put your own readers in before you resume it."
)
_REFUSED: Final = (
    "This report of the sample writes to {address}, which does not exist, and its mail account reaches real people. "
    "Put your own readers in, and run it again."
)
_LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")


def find_sample_source(session: Session) -> DataSource | None:
    return next((row for row in session.scalars(select(DataSource)) if row.options.get("sample")), None)


def is_catcher(host: str, port: int) -> bool:
    """Is this the mail server inside Rooster, which keeps every mail?"""
    return host in _LOOPBACK and port == get_settings().mail_catcher_port


def is_sample_reader(address: str) -> bool:
    """Names below `.test` are reserved for trying things out; nobody can have one."""
    return address.casefold().endswith(".test")


def reports_to_sample_readers(session: Session) -> list[ScheduledReport]:
    """The reports of the sample's owner on the sample's data that still write to its readers."""
    source = find_sample_source(session)
    if source is None:
        return []
    queries = select(SavedQuery.id).where(SavedQuery.data_source_id == source.id)
    found = [report for report in reports_of_queries(session, queries) if report.owner_id == source.owner_id]
    return [report for report in found if _sample_readers((*report.recipients, *report.cc, *report.bcc))]


def pause_reports(session: Session) -> None:
    """They, what is waiting of them, and mails that have not left. Nothing resumes them but a person."""
    reports = reports_to_sample_readers(session)
    for report in reports:
        if report.is_active:
            report.is_active, report.paused_reason, report.next_run_at = False, PAUSED, None
            report.schedule_version += 1
            report.version += 1
    ids = [report.id for report in reports]
    _cancel(session, ids)
    session.flush()


def refuse_sample_readers(
    session: Session, *, report_id: uuid.UUID, recipients: Iterable[str], host: str, port: int
) -> None:
    """Raises DeliveryError when a run would mail them through a real account, whoever asked for it."""
    if is_catcher(host, port) or not _sample_readers(recipients):
        return
    if report_id in {report.id for report in reports_to_sample_readers(session)}:
        address = _sample_readers(recipients)[0]
        raise DeliveryError(_REFUSED.format(address=address), permanent=True, error_class="invalid")


def _sample_readers(addresses: Iterable[str]) -> list[str]:
    return [address for address in addresses if is_sample_reader(address)]


def _cancel(session: Session, report_ids: list[uuid.UUID]) -> None:
    runs = select(ReportExecution.id).where(ReportExecution.scheduled_report_id.in_(report_ids))
    waiting = {"status": "cancelled", "error_class": "cancelled", "error_message": PAUSED, "finished_at": clock.now()}
    session.execute(
        update(ReportExecution)
        .where(ReportExecution.scheduled_report_id.in_(report_ids), ReportExecution.status == "queued")
        .values(waiting)
    )
    session.execute(
        update(Delivery)
        .where(Delivery.execution_id.in_(runs), Delivery.status == "pending")
        .values(status="cancelled", error_message=PAUSED)
    )
