"""Beside the form: when it runs next, and the mail as it would look now."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

import streamlit as st
from pydantic import ValidationError

from core.errors import TemplateError
from core.schemas.accounts import Actor
from core.schemas.schedule import ScheduleConfig, SchedulePreviewRequest, UpcomingRun
from core.schemas.scheduled_reports import ScheduledReportResponse
from core.services import failure_preview, mail_preview, scheduled_reports
from pages.components.feedback import plain, refusals_shown, sentence_of
from pages.components.mail_draft import MailDraft, complete, draft_of, gather
from pages.components.schedule_form import validated
from web import preview_store

_RUNS: Final = 10
_HEIGHT: Final = 560
_NOTICE_HEIGHT: Final = 440
_BEFORE: Final = "Runs the query now, sends nothing, and shows the mail as it would look."
_OUTDATED: Final = "The query, its parameters or its dates have changed. Preview the mail again to run it."
_MISTAKE: Final = ":material/error: Subject or text has a mistake; it is named below the field."
_REPORT: Final = "Report"
_FAILURE: Final = "Failure notice"
# What was rendered, its subject, where its page is kept.
Shown = tuple[str, str, str]


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
    """The mail of the report, and the notice to its owner when a run fails."""
    key = f"{report.id if report else 'new'}-mail"
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.header("Preview", anchor=False, width="content")
            shown = st.segmented_control(
                "Shown", (_REPORT, _FAILURE), default=_REPORT, required=True, key=f"{key}-shown-mail",
                label_visibility="collapsed", width="content",
            )  # fmt: skip
        if shown == _FAILURE:
            _failure_notice(user, values, report, key=key)
        else:
            _report_mail(user, values, report, key=key)


def _report_mail(user: Actor, values: dict[str, Any], report: ScheduledReportResponse | None, *, key: str) -> None:
    """Runs the query when asked; after that the mail follows each change of words and readers."""
    if st.button("Preview the mail", icon=":material/visibility:", key=f"{key}-preview"):
        with st.spinner("Running the query\u2026"), refusals_shown():
            gather(user, validated(values, report), key=key, report_id=report.id if report else None)
            # The pickers beside the fields know the rows now.
            st.rerun()
    draft = draft_of(user, complete(values, report, user), key=key, report_id=report.id if report else None)
    if draft.gathered is None:
        st.caption(_OUTDATED if draft.is_outdated else _BEFORE)
        return
    _mail(user, draft)


def _failure_notice(user: Actor, values: dict[str, Any], report: ScheduledReportResponse | None, *, key: str) -> None:
    """Needs no rows, so it is always there."""
    draft = draft_of(user, complete(values, report, user), key=key, report_id=report.id if report else None)
    if draft.prepared is None:
        st.caption("Fill in the form, and the notice stands here.")
        return
    slot = f"{key}-notice"
    plan = draft.prepared.plan
    signature = repr((plan.options, plan.head.name, plan.head.tags, plan.head.timezone, draft.prepared.upcoming))
    kept = st.session_state.get(slot)
    if kept is None or kept[0] != signature:
        try:
            made = failure_preview.preview_failure(draft.prepared)
        except TemplateError:
            st.caption(_MISTAKE)
        else:
            kept = st.session_state[slot] = (signature, made.subject, preview_store.put(user.id, made.html))
    if kept is not None:
        note = "To the owner alone, with an error that did not happen."
        _page(kept, alt="Preview of the failure notice", note=note, height=_NOTICE_HEIGHT)


def _mail(user: Actor, draft: MailDraft) -> None:
    """The last mail that could be made stays while a word in it is wrong."""
    slot = f"{draft.key}-shown"
    try:
        st.session_state[slot] = _rendered(user, draft, st.session_state.get(slot))
    except TemplateError:
        st.caption(_MISTAKE)
    shown = st.session_state.get(slot)
    if shown is None:
        return
    note = "Follows subject, text and recipients as you change them. Press the button to read the rows again."
    _page(shown, alt="Preview of the mail", note=note)


def _page(shown: Shown, *, alt: str, note: str, height: int = _HEIGHT) -> None:
    _, subject, url = shown
    st.markdown(f"**Subject:** {plain(subject)}")
    st.iframe(url, height=height, alt=alt)
    st.caption(note)


def _rendered(user: Actor, draft: MailDraft, before: Shown | None) -> Shown:
    assert draft.prepared is not None, "what was gathered was prepared before"
    assert draft.gathered is not None, "the card shows nothing without it"
    signature = mail_preview.words_key(draft.prepared, draft.gathered)
    if before is not None and before[0] == signature:
        return before
    made = mail_preview.render_mail_preview(draft.prepared, draft.gathered)
    return signature, made.subject, preview_store.put(user.id, made.html)
