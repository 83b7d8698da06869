"""What people do with mails: send the same files again, settle what nobody can know."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from typing import Final

from sqlalchemy.orm import Session

from core import clock
from core.errors import Conflict, InvalidInput, NotFound
from core.mail.headers import message_id
from core.models import Delivery, ReportExecution
from core.schemas.accounts import Actor
from core.schemas.deliveries import Outcome
from core.schemas.executions import ExecutionDetail
from core.services import audit, backoff, delivery_ledger, ledger, unsubscribe
from core.services.delivery_outcome import latest_sends
from core.services.download_links import dead_link_problem
from core.services.executions import detail_of, find_execution
from core.services.letters import letter_path
from core.services.people import require_editor
from core.states import ACTIVE_STATUSES
from core.text import join_words

_GONE: Final = "There is no such mail."


def resend_execution(
    session: Session, *, actor: Actor, execution_id: uuid.UUID, recipients: Sequence[str] | None = None
) -> ExecutionDetail:
    """Send the same bytes again to all, or to some of those who were on the list. The caller rings the execution."""
    row = find_execution(session, actor, execution_id, level="edit")
    if row.status in ACTIVE_STATUSES:
        raise Conflict("This execution is still under way; wait for its end, or stop it first.")
    latest = {mail.recipient.casefold(): mail for mail in latest_sends(row.deliveries)}
    if not latest:
        raise Conflict("This execution made no mail that could be sent again. Run the report again.")
    problem = dead_link_problem([file for file in row.files if file.fence == row.fence], clock.now())
    if problem:
        raise Conflict(problem)
    for address in recipients or _still_wanted(session, row, latest.values()):
        if address.casefold() not in latest:
            known = join_words(mail.recipient for mail in latest.values())
            raise InvalidInput(f"{address} did not get this report. It went to {known}.", field="recipients")
        _send_again(session, row, latest[address.casefold()])
    audit.record(
        session,
        actor=actor,
        action="resend",
        object_type="execution",
        object_id=row.id,
        object_name=row.snapshot.get("name", ""),
        detail={"recipients": list(recipients or [])},
    )
    return _refreshed(session, row)


def settle_delivery(session: Session, *, actor: Actor, delivery_id: uuid.UUID, outcome: Outcome) -> ExecutionDetail:
    """A person knows what no server told: it arrived, it is to be sent again, or it is to be given up."""
    require_editor(actor)
    mail = session.get(Delivery, delivery_id)
    if mail is None or mail.execution_id is None:
        raise NotFound(_GONE)
    row = _execution_of(session, actor, mail.execution_id)
    if mail.status not in ("uncertain", "failed"):
        raise Conflict(f"This mail is not in doubt (it is {mail.status}).")
    if mail not in latest_sends(row.deliveries):
        raise Conflict(f"The mail to {mail.recipient} was sent again already; settle the newer one.")
    if outcome == "resend":
        _send_again(session, row, mail)
    else:
        mail.status = "sent" if outcome == "sent" else "failed"
        mail.sent_at = clock.now() if outcome == "sent" else None
        mail.error_message = None if outcome == "sent" else f"Given up by {actor.name}."
    ledger.note(session, f"settled: {outcome}", execution_id=row.id, delivery_id=mail.id, by=actor.email)
    audit.record(
        session,
        actor=actor,
        action="settle",
        object_type="delivery",
        object_id=mail.id,
        object_name=mail.recipient,
        detail={"outcome": outcome},
    )
    session.flush()
    delivery_ledger.settle(session, row.id)
    return _refreshed(session, row)


def _execution_of(session: Session, actor: Actor, execution_id: uuid.UUID) -> ReportExecution:
    """Of somebody else's mail nothing is told, not even that it belongs to an execution."""
    try:
        return find_execution(session, actor, execution_id, level="edit")
    except NotFound:
        raise NotFound(_GONE) from None


def _still_wanted(session: Session, row: ReportExecution, mails: Collection[Delivery]) -> list[str]:
    """Everybody, but for those who stopped these mails meanwhile."""
    stopped = {
        mail.recipient
        for mail in mails
        if mail.kind == "report" and unsubscribe.has_stopped(session, row.scheduled_report_id, mail.recipient)
    }
    wanted = [mail.recipient for mail in mails if mail.recipient not in stopped]
    if not wanted:
        raise Conflict("Everybody who got this run asked to get no more mails of the report.")
    return wanted


def _send_again(session: Session, row: ReportExecution, mail: Delivery) -> None:
    if mail.status in ("pending", "sending"):
        raise Conflict(f"The mail to {mail.recipient} is on its way already.")
    if mail.kind == "report" and unsubscribe.has_stopped(session, row.scheduled_report_id, mail.recipient):
        raise Conflict(f"{mail.recipient} asked to get no more mails of this report. Put that person in again first.")
    if not letter_path(row.scheduled_report_id, row.id, row.fence, mail.recipient).exists():
        raise Conflict("The mail of this run is not on the disk any more. Run the report again.")
    now = clock.now()
    number = mail.send_no + 1
    domain = mail.message_id.rstrip(">").rpartition("@")[2]
    session.add(
        Delivery(
            execution_id=row.id,
            kind=mail.kind,
            recipient=mail.recipient,
            role=mail.role,
            send_no=number,
            message_id=message_id(str(row.id), mail.recipient, number, domain),
            email_configuration_id=mail.email_configuration_id,
            not_before=now,
            give_up_at=now + backoff.DELIVERY_GIVES_UP,
        )
    )
    ledger.note(session, "resend requested", execution_id=row.id, recipient=mail.recipient)


def _refreshed(session: Session, row: ReportExecution) -> ExecutionDetail:
    session.flush()
    session.refresh(row, ["deliveries"])
    return detail_of(session, row)
