"""What the mails of a run came to: of each person the last sending counts."""

from __future__ import annotations

from collections.abc import Iterable

from core.models import Delivery, ReportExecution
from core.services.notices import KIND
from core.states import STOPPED


def latest_sends(mails: Iterable[Delivery]) -> list[Delivery]:
    """Of each recipient the last sending: a resend that arrived makes up for a failure before it.

    A notice to the owner is no part of the report, nor is a mail that its reader did not want any more.
    """
    latest: dict[str, Delivery] = {}
    for mail in (mail for mail in mails if mail.kind != KIND and mail.error_class != STOPPED):
        known = latest.get(mail.recipient)
        if known is None or mail.send_no > known.send_no:
            latest[mail.recipient] = mail
    return list(latest.values())


def explain(row: ReportExecution, latest: list[Delivery]) -> None:
    """The error of the run is that of its first mail in doubt, else of its first lost one."""
    lost = [mail for mail in latest if mail.status == "failed"]
    unsure = [mail for mail in latest if mail.status == "uncertain"]
    if unsure:
        row.error_class, row.error_message = unsure[0].error_class or "mail", unsure[0].error_message
    elif lost:
        row.error_class, row.error_message = lost[0].error_class, lost[0].error_message
    elif row.status == "success":
        row.error_class = row.error_message = None
