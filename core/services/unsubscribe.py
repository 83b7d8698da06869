"""Stopping the mails of a report: one click by its reader (RFC 8058), for one address, without an account.

A token names a report and an address by its hash. Whoever holds it holds the mail, or was given it.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import clock
from core.errors import DeliveryError, NotFound
from core.models import Delivery, ReportExecution, ScheduledReport
from core.services import audit, ledger, stop_notices
from core.services.keys import key_ring
from core.settings import get_settings
from core.states import ACTIVE_STATUSES, STOPPED

_PURPOSE: Final = "stop mails"
_UUID_BYTES: Final = 16
_LISTS: Final = ("recipients", "cc", "bcc")
UNKNOWN: Final = "This link is not complete. Open it from the mail again."
_ASKED: Final = "{address} asked to get no more mails of this report."
_LAST: Final = (
    "Paused because its last reader, {address}, asked to get no more mails. Put a reader in before you resume it."
)


@dataclass(frozen=True, slots=True)
class Subscription:
    """What a link is about; `address` is empty when that person gets nothing (any more)."""

    report_name: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Stopped:
    """`execution_ids` are to be rung after the commit: one of them carries the mail to the owner."""

    report_name: str
    execution_ids: tuple[uuid.UUID, ...] = ()


def stop_url(report_id: uuid.UUID, address: str) -> str:
    """The address that stops the mails of a report to one person."""
    return f"{get_settings().base_url}/u/{key_ring().sign(_PURPOSE, report_id.bytes + _digest(address))}"


def is_genuine(token: str) -> bool:
    """Did we sign it? Needs no database."""
    return key_ring().signed(_PURPOSE, token) is not None


def find_subscription(session: Session, token: str) -> Subscription:
    """Whose mails of what would stop; raises NotFound for a token that is not ours. Reads only."""
    report_id, digest = _read(token)
    report = session.get(ScheduledReport, report_id)
    if report is None:
        return Subscription()
    return Subscription(report.name, _address_of(report, digest) or "")


def stop_mails(session: Session, *, token: str, ip: str) -> Stopped:
    """The person gets no more mails of the report, and its owner is told. A second time nothing happens.

    Raises NotFound for a token that is not ours.
    """
    report_id, digest = _read(token)
    # Runs before their report, as those who end a run take them: two of us never wait for each other.
    runs = _active_runs(session, report_id)
    report = session.get(ScheduledReport, report_id, with_for_update=True)
    address = _address_of(report, digest) if report else None
    if report is None or address is None:
        return Stopped(report.name if report else "")
    consequences = _leave(report, address)
    for run in runs:
        _forget_reader(run, address)
    touched = _drop_waiting(session, report, address)
    told = stop_notices.plan_stop_notice(session, report, address=address, consequences=consequences)
    audit.record(
        session,
        actor=None,
        action="stop_mails",
        object_type="scheduled_report",
        object_id=report.id,
        object_name=report.name,
        detail={"recipient": address, "paused": not report.recipients},
        ip=ip,
    )
    return Stopped(report.name, tuple({*touched, *told}))


def has_stopped(session: Session, report_id: uuid.UUID, address: str) -> bool:
    """Did this person stop the report's mails, and did nobody put them in again?"""
    report = session.get(ScheduledReport, report_id)
    return report is not None and address.casefold() in report.stopped and _address_of(report, _digest(address)) is None


def refuse_stopped(session: Session, report_id: uuid.UUID, address: str) -> None:
    """Raises DeliveryError for a mail that was written before its reader stopped them."""
    if has_stopped(session, report_id, address):
        raise DeliveryError(_ASKED.format(address=address), permanent=True, error_class=STOPPED)


def _read(token: str) -> tuple[uuid.UUID, bytes]:
    payload = key_ring().signed(_PURPOSE, token)
    if payload is None:
        raise NotFound(UNKNOWN)
    return uuid.UUID(bytes=payload[:_UUID_BYTES]), payload[_UUID_BYTES:]


def _digest(address: str) -> bytes:
    return hashlib.sha256(address.casefold().encode()).digest()[:_UUID_BYTES]


def _address_of(report: ScheduledReport, digest: bytes) -> str | None:
    everybody = (*report.recipients, *report.cc, *report.bcc)
    return next((address for address in everybody if _digest(address) == digest), None)


def _leave(report: ScheduledReport, address: str) -> list[str]:
    """Take the address off the report; returns what else that means, in words."""
    for name in _LISTS:
        setattr(report, name, [other for other in getattr(report, name) if other.casefold() != address.casefold()])
    report.stopped = {**report.stopped, address.casefold(): clock.iso(clock.now())}
    report.version += 1
    if report.recipients:
        return []
    return next((words for fill in (_from_cc, _from_bcc, _pause) if (words := fill(report, address))), [])


def _from_cc(report: ScheduledReport, _address: str) -> list[str]:
    if not report.cc:
        return []
    report.recipients, report.cc = report.cc, []
    return ["Nobody was left in To, so the people in CC stand there now."]


def _from_bcc(report: ScheduledReport, _address: str) -> list[str]:
    if not report.bcc:
        return []
    report.recipients, report.bcc = report.bcc, []
    return [
        "Nobody was left in To, so the people in BCC stand there now. Each copy names its reader alone, as long as "
        "nobody stands in CC."
    ]


def _pause(report: ScheduledReport, address: str) -> list[str]:
    report.is_active, report.next_run_at = False, None
    report.paused_reason = _LAST.format(address=address)
    report.schedule_version += 1
    return ["Nobody gets the report any more, so it is paused. Put a reader in before you resume it."]


def _active_runs(session: Session, report_id: uuid.UUID) -> Sequence[ReportExecution]:
    """Locked: one that commits its mails meanwhile is waited for, and its mails are seen afterwards."""
    query = select(ReportExecution).where(
        ReportExecution.scheduled_report_id == report_id,
        ReportExecution.status.in_(ACTIVE_STATUSES),
        ReportExecution.trigger != "test",
    )
    return session.scalars(query.order_by(ReportExecution.id).with_for_update()).all()


def _drop_waiting(session: Session, report: ScheduledReport, address: str) -> set[uuid.UUID]:
    """Mails that have not left; returns the runs whose mails changed, to be settled when they are rung."""
    waiting = select(Delivery).where(
        Delivery.execution_id.in_(select(ReportExecution.id).where(ReportExecution.scheduled_report_id == report.id)),
        func.lower(Delivery.recipient) == address.lower(),
        Delivery.kind == "report",
        Delivery.status == "pending",
    )
    touched: set[uuid.UUID] = set()
    for mail in session.scalars(waiting.with_for_update()):
        mail.status, mail.error_class, mail.error_message = "cancelled", STOPPED, _ASKED.format(address=address)
        assert mail.execution_id is not None, "a report's mail belongs to a run"
        ledger.note(session, "mail stopped", execution_id=mail.execution_id, delivery_id=mail.id, recipient=address)
        touched.add(mail.execution_id)
    return touched


def _forget_reader(run: ReportExecution, address: str) -> None:
    """A run that is still in the queue writes no mail to this person; without readers it does not begin."""
    lists = {name: [other for other in run.snapshot[name] if other.casefold() != address.casefold()] for name in _LISTS}
    run.snapshot = {**run.snapshot, **lists}
    if run.status == "queued" and not any(lists.values()):
        run.status, run.error_class, run.finished_at = "cancelled", STOPPED, clock.now()
        run.error_message = _ASKED.format(address=address) + " Nobody else was to get it."
