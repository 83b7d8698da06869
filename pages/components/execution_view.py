"""One run: what happened when, who got it, the files, and what can be done now."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

import streamlit as st

from core.schemas.accounts import Actor
from core.schemas.executions import AttemptResponse, DeliveryResponse, ExecutionDetail
from core.states import ACTIVE_STATUSES, LABELS
from core.text import human_size, join_words, plural
from pages.components import execution_actions as actions
from pages.components.feedback import act, plain
from pages.components.layout import cards
from pages.components.pages_map import DATA_SOURCES, EMAIL_SETTINGS, SCHEDULE, open_link
from pages.components.status import status_badge
from pages.components.times import NEVER, duration, moment
from web.below import address_of

_PREVIEW_HEIGHT: Final = 640
# Stands elsewhere on the page already.
_SAID: Final = ("error_class", "reason", "error_message", "response")

_PLACES: Final = {DATA_SOURCES: "data sources", EMAIL_SETTINGS: "e-mail settings"}
# What helps, by class of error; the page that mends it, when there is one.
_HELP: Final[dict[str, tuple[str, str]]] = {
    "query": ("Open the query, run it there and mend it; then run the report again.", ""),
    "permission": ("The database refuses its user. Give it the right to read these tables.", DATA_SOURCES),
    "connection": ("The database did not answer. Test the data source, then try again.", DATA_SOURCES),
    "missing_source": ("The data source is gone or cannot be read. Choose another one in the query.", DATA_SOURCES),
    "missing_account": ("There is no mail account to send from. Set one up and resend.", EMAIL_SETTINGS),
    "login": ("The mail server refuses the login. Check user name and password.", EMAIL_SETTINGS),
    "certificate": ("The mail server's certificate is not trusted. Check host name and port.", EMAIL_SETTINGS),
    "time_limit": (
        "It took too long. Narrow the query. The limit of one query is set at its data source, that of a whole run by "
        "`ROOSTER_RUN_TIME_LIMIT`.",
        "",
    ),
    "row_limit": ("The query returns more rows than allowed. Aggregate or narrow it.", ""),
    "memory": ("It needed more memory than allowed. Return fewer rows or columns.", ""),
    "disk_full": ("The disk is full. Make room, then run it again.", ""),
    "template": ("Subject or text has a mistake. Open the schedule; the preview shows it.", ""),
    "too_large": ("Run it again: files that are too large for the mail server then go as links.", ""),
    "misfire": ("It was due while nothing was running, and too late to catch up. Run it now if it is needed.", ""),
}


def summary(user: Actor, execution: ExecutionDetail) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        status_badge(execution.status)
        st.caption(f"{LABELS[execution.trigger]} \u00b7 due {moment(execution.scheduled_for, user)} ({user.timezone})")
        open_link(SCHEDULE, "Open the schedule", execution.scheduled_report_id, icon=":material/edit_calendar:")
    rows = NEVER if execution.row_count is None else f"{execution.row_count:,}"
    attempt = f"{execution.attempt} of {execution.max_attempts}"
    cards(
        [
            ("Rows", rows, "All rows of all queries."),
            ("Took", duration(execution.execution_time_ms), "From the start to the last mail."),
            ("Sent to", plural(len(execution.sent_to), "person", "people"), "Mails that the server accepted."),
            ("Attempt", attempt, "A transient error is tried again, a wrong query is not."),
        ]
    )


def trouble(execution: ExecutionDetail) -> None:
    """The error in words, and what to do about it."""
    if not execution.error_message:
        return
    text, page = _HELP.get(execution.error_class or "", ("", ""))
    kind = st.error if execution.status == "failed" else st.warning
    kind(plain(execution.error_message) + (f"\n\n**What to do:** {text}" if text else ""), icon=":material/error:")
    if page:
        st.page_link(page, label=f"Open the {_PLACES[page]}", icon=":material/arrow_forward:")


def buttons(user: Actor, execution: ExecutionDetail) -> None:
    with st.container(horizontal=True):
        if execution.status in ACTIVE_STATUSES:
            st.button(
                "Cancel", icon=":material/cancel:", disabled=execution.cancel_requested,
                on_click=act, args=(partial(actions.cancel, user, execution),),
            )  # fmt: skip
            return
        _again(user, execution)
        if execution.generated_files and execution.deliveries and st.button("Resend\u2026", icon=":material/forward:"):
            actions.ask_resend(user, execution)


def _again(user: Actor, execution: ExecutionDetail) -> None:
    """A test stays a test: it must not reach the readers by a button that says again."""
    if execution.trigger == "test":
        if st.button("Test again", type="primary", icon=":material/replay:", help="Sends to you alone."):
            actions.test_again(user, execution)
        return
    label = "Run again" if execution.sent_to else "Retry"
    if st.button(label, type="primary", icon=":material/replay:", help="Makes the report anew and mails everybody."):
        actions.run_again(user, execution)


def deliveries(user: Actor, execution: ExecutionDetail) -> None:
    st.header("Deliveries", anchor=False)
    if not execution.deliveries:
        st.caption("No mail was made in this run.")
    # Those of one person stand in the order in which they were sent.
    latest = {delivery.recipient: delivery.id for delivery in execution.deliveries}
    for delivery in execution.deliveries:
        _delivery(user, delivery, is_latest=latest[delivery.recipient] == delivery.id)


def _delivery(user: Actor, delivery: DeliveryResponse, *, is_latest: bool) -> None:
    with st.container(key=f"row-{delivery.id}"):
        person, state, answer = st.columns([3, 1.4, 4], vertical_alignment="center")
        role = "" if delivery.role == "to" else f" \u00b7 {delivery.role.upper()}"
        person.markdown(f"**{plain(delivery.recipient)}**{role}")
        with state:
            status_badge(delivery.status)
        answer.caption(plain(_answer(user, delivery)))
        if not is_latest:
            st.caption(":material/subdirectory_arrow_right: It was sent again, see below.")
        elif delivery.status == "uncertain":
            _uncertain(user, delivery)


def _answer(user: Actor, delivery: DeliveryResponse) -> str:
    """What the server said, in its own words; a mail that was settled by a person has no such words."""
    said = " ".join(str(part) for part in (delivery.smtp_code, delivery.smtp_response) if part)
    words = said or delivery.error_message or ""
    tries = plural(delivery.attempts, "attempt") if delivery.attempts > 1 else ""
    if delivery.sent_at and not words:
        words = "Marked as sent"
    at = moment(delivery.sent_at, user) if delivery.sent_at else ""
    return " \u00b7 ".join(part for part in (words, tries, at) if part) or NEVER


def _uncertain(user: Actor, delivery: DeliveryResponse) -> None:
    st.caption(
        "The connection broke while the server was taking this mail. Only the person knows whether it came: "
        "ask, then choose. Nothing is sent again by itself."
    )
    with st.container(horizontal=True):
        for outcome, label, icon in actions.OUTCOMES:
            st.button(
                label, icon=icon, key=f"{outcome}-{delivery.id}",
                on_click=act, args=(partial(actions.settle, user, delivery, outcome),),
            )  # fmt: skip


def files(user: Actor, execution: ExecutionDetail) -> None:
    st.header("Files", anchor=False)
    if not execution.generated_files:
        st.caption("This run made no files, or they are past their keeping time.")
        return
    with st.container(horizontal=True):
        for key, file in execution.generated_files.items():
            st.link_button(
                f"{plain(file.name)} ({human_size(file.size)})", 
                file.url or address_of(f"/files/{execution.id}/{key}"),
                icon=":material/download:", help=_completeness(file.rows_written, file.rows_total),
            )  # fmt: skip

    _links(user, execution)


def _links(user: Actor, execution: ExecutionDetail) -> None:
    """Files that went as links: anybody who has one can fetch them, so they can be taken back."""
    if execution.links_until is None:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            f":material/link: The mails link to files that were too large. The links work without an account until "
            f"{moment(execution.links_until, user)} ({user.timezone})."
        )
        if st.button("Revoke links\u2026", icon=":material/link_off:"):
            actions.ask_revoke(user, execution)


def _completeness(written: int, total: int) -> str:
    if written >= total:
        return f"All {plural(total, 'row')}."
    return f"The first {written:,} of {plural(total, 'row')}."


def mail(execution: ExecutionDetail) -> None:
    if execution.status in ACTIVE_STATUSES or not execution.deliveries:
        return
    st.header("The mail", anchor=False)
    st.iframe(address_of(f"/preview/execution/{execution.id}"), height=_PREVIEW_HEIGHT, alt="The mail as it was sent")


def timeline(user: Actor, execution: ExecutionDetail) -> None:
    st.header("Timeline", anchor=False)
    if not execution.attempts:
        st.caption("Nothing happened yet.")
    for attempt in execution.attempts:
        _event(user, attempt)


def _event(user: Actor, attempt: AttemptResponse) -> None:
    words = attempt.event.replace("_", " ").capitalize()
    at = moment(attempt.at, user, seconds=True).split(", ")[1]
    detail = " \u00b7 ".join(
        _fact(name, value) for name, value in attempt.detail.items() if value and name not in _SAID
    )
    with st.container(gap=None):
        st.markdown(f"`{at}` **{plain(words)}**")
        if detail:
            st.caption(plain(detail))


def _fact(name: str, value: Any) -> str:
    if isinstance(value, dict):
        value = join_words(value)
    return f"{name.replace('_', ' ')} {value}"
