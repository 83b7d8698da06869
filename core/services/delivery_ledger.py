"""The moves of a delivery: one mail to one person, sent once.

pending -> sending (phase connect) -> sending (phase data) -> sent
connect -(transient)-> pending, -(permanent)-> failed; data -(worker died, answer lost)-> uncertain
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any, Final

from sqlalchemy import Select, Update, bindparam, select, update
from sqlalchemy.orm import Session

from core import clock, host
from core.database import db_now
from core.errors import DeliveryError
from core.models import Delivery, ReportExecution
from core.services import backoff
from core.services.delivery_outcome import explain, latest_sends
from core.services.ledger import after_end, moved, note
from core.states import OPEN_DELIVERY_STATUSES, STOPPED, outcome_of

# Longer than the ten minutes a server may take to answer the final dot.
LEASE: Final = timedelta(minutes=12)


@dataclass(frozen=True, slots=True)
class ClaimedDelivery:
    """A mail that is ours to send. `fence` guards each further move."""

    delivery_id: uuid.UUID
    fence: int
    execution_id: uuid.UUID
    report_id: uuid.UUID
    owner_id: uuid.UUID
    execution_fence: int
    kind: str
    recipient: str
    message_id: str
    attempt: int


def claim_delivery(session: Session, *, owner: str, execution_id: uuid.UUID | None = None) -> ClaimedDelivery | None:
    """Take the oldest mail that may go out, of one execution or of any; None when there is none."""
    row = _choose(session, execution_id)
    if row is None:
        return None
    statement = (
        update(Delivery)
        .where(Delivery.id == row.id, Delivery.status == "pending", Delivery.fence == row.fence)
        .values(
            status="sending",
            phase="connect",
            fence=row.fence + 1,
            attempt=row.attempt + 1,
            lease_owner=owner,
            lease_until=db_now(session) + LEASE,
        )
    )
    if not moved(session, statement):
        return None
    execution = session.get(ReportExecution, row.execution_id)
    assert execution is not None, "a report's delivery belongs to an execution"
    return ClaimedDelivery(
        delivery_id=row.id,
        fence=row.fence + 1,
        execution_id=execution.id,
        report_id=execution.scheduled_report_id,
        owner_id=execution.owner_id,
        execution_fence=execution.fence,
        kind=row.kind,
        recipient=row.recipient,
        message_id=row.message_id,
        attempt=row.attempt + 1,
    )


def mark_data(session: Session, claimed: ClaimedDelivery) -> bool:
    """The marker, committed just before the final dot; False when the mail is not ours any more."""
    return moved(session, _ours(claimed).values(phase="data"))


def record_sent(session: Session, claimed: ClaimedDelivery, *, code: int, response: str) -> None:
    """The server took it. A worker that was given up meanwhile still brings the evidence."""
    values = {
        "status": "sent",
        "smtp_code": code,
        "smtp_response": response,
        "error_class": None,
        "error_message": None,
        "sent_at": clock.now(),
        "lease_until": None,
        "lease_owner": None,
    }
    if moved(session, _ours(claimed).values(**values)):
        note(
            session,
            "sent",
            execution_id=claimed.execution_id,
            delivery_id=claimed.delivery_id,
            fence=claimed.fence,
            code=code,
            response=response,
        )
        return
    late = update(Delivery).where(
        Delivery.id == claimed.delivery_id, Delivery.status == "uncertain", Delivery.fence == claimed.fence + 1
    )
    if moved(session, late.values(**values)):
        note(
            session,
            "confirmed late",
            execution_id=claimed.execution_id,
            delivery_id=claimed.delivery_id,
            fence=claimed.fence,
            code=code,
        )


def record_failure(session: Session, claimed: ClaimedDelivery, error: DeliveryError) -> None:
    """Uncertain, another try later, or the end, as the error says."""
    row = session.get(Delivery, claimed.delivery_id, populate_existing=True)
    if row is None or row.fence != claimed.fence or row.status != "sending":
        return
    status = _status_after(row, error)
    values: dict[str, Any] = {
        "status": status,
        "phase": None if status != "uncertain" else "data",
        "fence": row.fence + 1,
        "smtp_code": error.code,
        "smtp_response": error.response,
        "error_class": error.error_class,
        "error_message": error.message,
        "lease_until": None,
        "lease_owner": None,
        "not_before": clock.now() + backoff.pause(row.attempt),
    }
    if moved(session, _ours(claimed).values(**values)):
        note(
            session,
            "mail waits" if status == "pending" else f"mail {status}",
            execution_id=claimed.execution_id,
            delivery_id=claimed.delivery_id,
            fence=claimed.fence,
            recipient=claimed.recipient,
            reason=error.message,
        )


def hold_back(session: Session, claimed: ClaimedDelivery, error: DeliveryError) -> None:
    """The fault is the server's or the account's: the other mails through it wait, or end, without a try of their own.

    A refused password above all is not tried again and again: that locks accounts.
    """
    values: dict[str, Any] = {"error_class": error.error_class, "error_message": error.message}
    if error.permanent:
        values["status"] = "failed"
    else:
        values["not_before"] = clock.now() + backoff.pause(claimed.attempt)
    mine = select(Delivery.email_configuration_id).where(Delivery.id == claimed.delivery_id).scalar_subquery()
    others = update(Delivery).where(Delivery.status == "pending", Delivery.email_configuration_id == mine)
    if error.permanent:
        others = others.where(Delivery.execution_id == claimed.execution_id)
    session.execute(others.values(**values).execution_options(synchronize_session=False))


def take_back_deliveries(session: Session) -> set[uuid.UUID]:
    """Free mails of dead workers; those past the marker become uncertain. Returns the executions concerned."""
    rows = session.scalars(select(Delivery).where(Delivery.status == "sending")).all()
    late = set(
        session.scalars(select(Delivery.id).where(Delivery.status == "sending", Delivery.lease_until < db_now(session)))
    )
    touched: set[uuid.UUID] = set()
    for row in rows:
        if row.id in late or (row.lease_owner and host.is_gone(row.lease_owner)):
            _abandon(session, row)
            if row.execution_id is not None:
                touched.add(row.execution_id)
    return touched


def list_waiting(session: Session) -> list[uuid.UUID]:
    """Executions with a mail that may go out now."""
    query = (
        select(Delivery.execution_id)
        .where(Delivery.status == "pending", Delivery.not_before <= clock.now(), Delivery.execution_id.is_not(None))
        .distinct()
    )
    return [execution_id for execution_id in session.scalars(query) if execution_id is not None]


def list_unsettled(session: Session) -> list[uuid.UUID]:
    """Executions that wait for their mails although none is open any more: the settling was lost with a worker."""
    open_mails = select(Delivery.execution_id).where(Delivery.status.in_(OPEN_DELIVERY_STATUSES))
    query = select(ReportExecution.id).where(
        ReportExecution.status == "delivering",
        ReportExecution.id.not_in(open_mails.where(Delivery.execution_id.is_not(None))),
    )
    return list(session.scalars(query))


def settle(session: Session, execution_id: uuid.UUID) -> bool:
    """Close an execution when no mail of it is open; False when some still are."""
    row = session.get(ReportExecution, execution_id, populate_existing=True, with_for_update=True)
    if row is None or row.status not in ("delivering", "uncertain", "partial", "failed", "success"):
        return False
    latest = latest_sends(session.scalars(select(Delivery).where(Delivery.execution_id == execution_id)))
    if not latest and row.status != "delivering":
        return False  # it ended before there was a mail
    if any(mail.status in OPEN_DELIVERY_STATUSES for mail in latest):
        return False
    failed_tiles = sum(1 for tile in row.tiles if tile.get("error"))
    row.status = outcome_of([mail.status for mail in latest], failed_tiles=failed_tiles)  # type: ignore[misc] # plain strings in the column
    explain(row, latest)
    if row.finished_at is None:
        row.finished_at = clock.now()
        note(session, row.status, execution_id=row.id, fence=row.fence)
        after_end(session, row, now=row.finished_at)
    return True


def _status_after(row: Delivery, error: DeliveryError) -> str:
    if error.uncertain:
        return "uncertain"
    if error.error_class == STOPPED:
        return "cancelled"
    used_up = row.attempt >= backoff.DELIVERY_ATTEMPTS or clock.now() >= row.give_up_at
    return "failed" if error.permanent or used_up else "pending"


def _abandon(session: Session, row: Delivery) -> None:
    was_past_marker = row.phase == "data"
    values: dict[str, Any] = {
        "status": "uncertain" if was_past_marker else "pending",
        "fence": row.fence + 1,
        "lease_until": None,
        "lease_owner": None,
    }
    if was_past_marker:
        values |= {
            "error_class": "worker_died",
            "error_message": "The worker died while the mail server had the mail in its hands: it may have arrived "
            "or not. Ask the reader, then mark it as sent or send it again.",
        }
    unchanged = update(Delivery).where(
        Delivery.id == row.id,
        Delivery.fence == row.fence,
        Delivery.status == "sending",
        # A slow worker may have passed the marker since the row was read: then it sends, and we may not.
        Delivery.phase.is_not_distinct_from(row.phase),
    )
    if moved(session, unchanged.values(**values)):
        event = "mail uncertain" if was_past_marker else "mail put back"
        note(session, event, execution_id=row.execution_id, delivery_id=row.id, fence=row.fence)


def _ours(claimed: ClaimedDelivery) -> Update:
    return update(Delivery).where(
        Delivery.id == claimed.delivery_id, Delivery.fence == claimed.fence, Delivery.status == "sending"
    )


def _choose(session: Session, execution_id: uuid.UUID | None) -> Delivery | None:
    query = _sendable() if execution_id is None else _sendable().where(Delivery.execution_id == execution_id)
    return session.scalar(query, {"now": clock.now()})


@cache
def _sendable() -> Select[Delivery]:
    """The mail that has waited longest of those that may go out at `:now`."""
    return (
        select(Delivery)
        .where(
            Delivery.status == "pending", Delivery.not_before <= bindparam("now"), Delivery.execution_id.is_not(None)
        )
        .order_by(Delivery.not_before, Delivery.created_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
