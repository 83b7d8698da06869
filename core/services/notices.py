"""Which notices to owners there are, and putting one in line; `notice_mails` makes the mail itself.

Every move of an execution comes by here, so nothing that draws a mail may be imported.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from core.mail.headers import domain_of, message_id
from core.models import Delivery, ReportExecution, User
from core.services import backoff

KIND: Final = "notice"
# What is told: how a scheduled run can end without having reached everybody.
TITLES: Final = {
    "failed": "{name} did not arrive",
    "partial": "{name} arrived only in part",
    "uncertain": "{name}: nobody knows whether every mail arrived",
}
# A report's own mails count from 1.
_SENDING: Final = 0


def plan_notice(session: Session, row: ReportExecution, *, now: datetime) -> None:
    """Put a mail to the owner in line. People who press a button see the result themselves."""
    owner = session.get(User, row.owner_id)
    if row.trigger != "schedule" or row.status not in TITLES or owner is None or not owner.is_active:
        return
    session.add(
        Delivery(
            execution_id=row.id,
            kind=KIND,
            recipient=owner.email,
            send_no=_SENDING,
            message_id=message_id(str(row.id), owner.email, _SENDING, domain_of(owner.email)),
            not_before=now,
            give_up_at=now + backoff.DELIVERY_GIVES_UP,
        )
    )
