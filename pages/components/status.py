"""States as an icon and a word, the same everywhere; colour only comes on top."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import streamlit as st

from core import states
from core.schemas.scheduled_reports import ScheduledReportResponse

Colour = Literal["green", "red", "orange", "blue", "gray"]


@dataclass(frozen=True, slots=True)
class Look:
    """`mark` is a plain character for places that cannot show icons, such as a table."""

    icon: str
    colour: Colour
    mark: str


LOOKS: Final[dict[str, Look]] = {
    "queued": Look(":material/hourglass_empty:", "gray", "\u25cb"),
    "running": Look(":material/progress_activity:", "blue", "\u25b6"),
    "delivering": Look(":material/send:", "blue", "\u25b6"),
    "success": Look(":material/check_circle:", "green", "\u2713"),
    "partial": Look(":material/warning:", "orange", "\u26a0"),
    "failed": Look(":material/error:", "red", "\u2715"),
    "uncertain": Look(":material/help:", "orange", "?"),
    "cancelled": Look(":material/block:", "gray", "\u2298"),
    "skipped": Look(":material/skip_next:", "gray", "\u00bb"),
    "pending": Look(":material/hourglass_empty:", "gray", "\u25cb"),
    "sending": Look(":material/send:", "blue", "\u25b6"),
    "sent": Look(":material/check_circle:", "green", "\u2713"),
}


def status_badge(status: str) -> None:
    """The state of a run or of a mail."""
    look = LOOKS[status]
    st.badge(states.LABELS[status], icon=look.icon, color=look.colour)


def status_text(status: str) -> str:
    """The same for tables: `✓ Success`."""
    return f"{LOOKS[status].mark} {states.LABELS[status]}"


def is_failing(report: ScheduledReportResponse) -> bool:
    return report.is_active and report.failures_in_row > 0


def report_badge(report: ScheduledReportResponse) -> None:
    """Active, paused or failing; the reason is in the help."""
    if not report.is_active:
        st.badge("Paused", icon=":material/pause_circle:", color="gray", help=report.paused_reason)
    elif is_failing(report):
        reason = report.last_execution.error_message if report.last_execution else None
        st.badge("Failing", icon=":material/error:", color="red", help=reason)
    else:
        st.badge("Active", icon=":material/check_circle:", color="green")
