"""One schedule: what, when, for whom, and how the mail looks. Without an id it makes a new one."""

from __future__ import annotations

import streamlit as st

from pages.components import schedule_save as saving
from pages.components.feedback import plain, refusals_shown
from pages.components.guard import require_user
from pages.components.layout import back_link, page_head
from pages.components.pages_map import SCHEDULES, id_in_address
from pages.components.schedule_form import schedule_form
from pages.components.schedule_preview import mail_preview_card, next_runs
from pages.components.share_panel import share_panel
from pages.components.status import report_badge

user = require_user()
back_link(SCHEDULES, "All schedules")


def show() -> None:
    report, subjects = saving.load(user, id_in_address())
    with page_head(report.name if report else "New schedule", report.schedule_text if report else ""):
        if report:
            report_badge(report)
    if not report and not (subjects.queries or subjects.dashboards):
        saving.nothing_to_schedule()
        return
    if report:
        for warning in report.warnings:
            st.warning(plain(warning), icon=":material/warning:")
        saving.action_bar(user, report)
    share_panel(user, report)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        start = (id_in_address("query"), id_in_address("dashboard"))
        values = schedule_form(user, report, subjects, start=start)
        saving.save_bar(user, values, report, subjects)
    with right:
        next_runs(values["schedule_config"])
        mail_preview_card(user, values, report)
    if report:
        saving.past_runs(user, report)


with refusals_shown():
    show()
