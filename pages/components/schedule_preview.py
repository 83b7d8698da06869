"""Beside the form: when it runs next, and the mail as it would look now."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

import streamlit as st
from pydantic import ValidationError

from core.database import read_scope
from core.schemas.accounts import Actor
from core.schemas.schedule import ScheduleConfig, SchedulePreviewRequest, UpcomingRun
from core.schemas.scheduled_reports import ScheduledReportResponse
from core.services import mail_preview, scheduled_reports
from pages.components.feedback import plain, refusals_shown, sentence_of
from pages.components.schedule_form import validated
from web import preview_store

_RUNS: Final = 10
_HEIGHT: Final = 560


def next_runs(config: dict[str, Any]) -> None:
    """The next runs in words, local time and UTC; clock changes stand out."""
    with st.container(border=True):
        try:
            schedule = ScheduleConfig.model_validate(config)
        except ValidationError as error:
            st.header("Next runs", anchor=False)
            st.caption(f":material/info: {plain(sentence_of(error))}")
            return
        preview = scheduled_reports.preview_schedule(SchedulePreviewRequest(schedule_config=schedule, count=_RUNS))
        st.header(f"Next {_RUNS} runs", anchor=False)
        st.caption(plain(preview.description))
        with st.container(gap="xxsmall"):
            for run in preview.runs:
                _run(run)


def _run(run: UpcomingRun) -> None:
    local = datetime.fromisoformat(run.local)
    line = f"**{local:%a %-d %b %Y}, {local:%H:%M}** :small[:gray[UTC{run.offset} \u00b7 {run.utc:%H:%M} UTC]]"
    st.markdown(line)
    if run.note:
        st.markdown(f":small[:orange[:material/schedule: {plain(run.note)}]]")


def mail_preview_card(user: Actor, values: dict[str, Any], report: ScheduledReportResponse | None) -> None:
    """Runs the query with the values on the left when asked; the last picture stays."""
    key = f"mail-preview-{report.id if report else 'new'}"
    with st.container(border=True):
        st.header("The mail", anchor=False)
        if st.button("Preview the mail", icon=":material/visibility:", key=f"{key}-button"):
            with st.spinner("Running the query\u2026"), refusals_shown():
                st.session_state[key] = _make(user, values, report)
        shown = st.session_state.get(key)
        if not shown:
            st.caption("Runs the query now, sends nothing, and shows the mail as it would look.")
            return
        subject, url = shown
        st.markdown(f"**Subject:** {plain(subject)}")
        st.iframe(url, height=_HEIGHT, alt="Preview of the mail")


def _make(user: Actor, values: dict[str, Any], report: ScheduledReportResponse | None) -> tuple[str, str]:
    data = validated(values, report)
    with read_scope() as session:
        prepared = mail_preview.prepare_mail_preview(session, actor=user, data=data)
    made = mail_preview.run_mail_preview(prepared)
    return made.subject, preview_store.put(user.id, made.html)
