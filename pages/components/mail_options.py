"""What few people change about the mails of a report: conversation, dark chart, days of links, words for a failure."""

from __future__ import annotations

from typing import Any, Final

import streamlit as st

from core.schemas.scheduled_reports import MOST_LINK_DAYS, ScheduledReportResponse
from core.settings import get_settings
from pages.components.mail_draft import MailDraft
from pages.components.mail_fields import text_field, text_line

_DEFAULT_SUBJECT: Final = "{{ error.title }} \u00b7 {{ date }}, {{ time }}"


def keeps_thread(report: ScheduledReportResponse | None, *, key: str) -> bool:
    """What stands in the field of `mail_options`, which comes further down."""
    saved = report.keep_thread if report else False
    return bool(st.session_state.setdefault(f"{key}-thread", saved))


def mail_options(report: ScheduledReportResponse | None, *, key: str) -> dict[str, Any]:
    """The fields of a ScheduledReportCreate that stand under "Mail options"; open when one of them is not the usual."""
    thread, dark, days = _saved(report)
    st.session_state.setdefault(f"{key}-thread", thread)
    with st.expander("Mail options", icon=":material/tune:", expanded=thread or not dark or days is not None):
        keep = st.checkbox(
            "Keep runs in one thread", key=f"{key}-thread",
            help="Mail programs then show all runs as one conversation. Left empty, the subject is the report's name.",
        )  # fmt: skip
        with_dark = st.checkbox(
            "Dark chart for Apple Mail", value=dark, key=f"{key}-dark",
            help="A second picture of each chart, for mail programs in the dark. Without it mails are smaller.",
        )  # fmt: skip
        link_days = st.number_input(
            "Links to files work for (days)", min_value=1, max_value=MOST_LINK_DAYS, value=days, step=1,
            key=f"{key}-link-days", placeholder=f"{get_settings().link_days}, as everywhere here", width=280,
            help="Files that are too large for a mail go as links. None outlives the run that it belongs to.",
        )  # fmt: skip
    return {"keep_thread": keep, "dark_chart": with_dark, "link_days": link_days}


def failure_fields(report: ScheduledReportResponse | None, draft: MailDraft, *, key: str) -> dict[str, Any]:
    """The words of the notice to the owner; open when some are their own."""
    subject, body = (report.failure_subject, report.failure_body) if report else (None, None)
    with st.expander("Failure notice", icon=":material/notification_important:", expanded=bool(subject or body)):
        st.caption(
            "When a scheduled run fails, the owner of the report gets a mail, and nobody else. It says what went wrong "
            "and when it runs next; write your own words if you like."
        )
        return {
            "failure_subject": text_line(
                subject, draft, key=f"{key}-failure-subject", kind="failure_subject", label="Subject of the notice",
                placeholder=_DEFAULT_SUBJECT,
            ),
            "failure_body": text_field(
                body, draft, key=f"{key}-failure-body", kind="failure_body", label="Text of the notice",
                placeholder="Left empty: the cause, and when it runs next.", help="Markdown works.",
            ),
        }  # fmt: skip


def _saved(report: ScheduledReportResponse | None) -> tuple[bool, bool, int | None]:
    return (report.keep_thread, report.dark_chart, report.link_days) if report else (False, True, None)
