"""What can be done with a run: cancel, run again, send the same files again, settle an uncertain mail."""

from __future__ import annotations

from typing import Final, Literal

import streamlit as st

import tasks
from core.database import session_scope
from core.schemas.accounts import Actor
from core.schemas.executions import DeliveryResponse, ExecutionDetail, ExecutionResponse
from core.services import deliveries, download_links, executions
from core.states import STOPPED
from core.text import plural
from pages.components.confirm import confirm
from pages.components.feedback import act, say
from pages.components.pages_map import EXECUTION, go
from pages.components.schedule_actions import send_test, start_run, tell_test

Outcome = Literal["sent", "resend", "drop"]
OUTCOMES: Final[tuple[tuple[Outcome, str, str], ...]] = (
    ("sent", "It arrived: mark as sent", ":material/check:"),
    ("resend", "It did not: send again", ":material/send:"),
    ("drop", "Drop it", ":material/block:"),
)

_SETTLED: Final[dict[Outcome, str]] = {
    "sent": "is marked as sent",
    "resend": "is being sent again",
    "drop": "is given up",
}


def cancel(user: Actor, execution: ExecutionResponse) -> str:
    with session_scope() as session:
        executions.cancel_execution(session, actor=user, execution_id=execution.id)
    return "It is being stopped."


def run_again(user: Actor, execution: ExecutionResponse) -> None:
    """Queue a new run of the same report and open it."""
    started: list[ExecutionResponse] = []

    def run() -> None:
        started.append(start_run(user, execution.scheduled_report_id))

    if not act(run):
        st.rerun()
    say("A new run is queued.")
    go(EXECUTION, id=started[0].id)


def test_again(user: Actor, execution: ExecutionResponse) -> None:
    """Another test of the same report, to the person alone; opens it."""
    result = send_test(user, execution.scheduled_report_id)
    if result is None:
        st.rerun()
    tell_test(result)
    go(EXECUTION, id=result.execution.id)


def settle(user: Actor, delivery: DeliveryResponse, outcome: Outcome) -> str:
    with session_scope() as session:
        execution = deliveries.settle_delivery(session, actor=user, delivery_id=delivery.id, outcome=outcome)
    tasks.ring([execution.id])
    return f"The mail to {delivery.recipient} {_SETTLED[outcome]}."


def ask_revoke(user: Actor, execution: ExecutionDetail) -> None:
    confirm(
        "Revoke the links of this run?",
        "The links in its mails open nothing any more, for nobody and for good. People with an account still find the "
        "files here. To send new links, run the report again.",
        yes="Revoke",
        action=lambda: _revoke(user, execution),
        icon=":material/link_off:",
    )


def _revoke(user: Actor, execution: ExecutionDetail) -> str:
    with session_scope() as session:
        download_links.revoke_links(session, actor=user, execution_id=execution.id)
    return "The links are revoked."


def ask_resend(user: Actor, execution: ExecutionDetail) -> None:
    # Who asked for no more mails is no choice.
    mails = [delivery for delivery in execution.deliveries if delivery.error_class != STOPPED]
    everybody = list(dict.fromkeys(delivery.recipient for delivery in mails))
    left_out = [delivery.recipient for delivery in mails if delivery.status != "sent"]

    @st.dialog("Send the same files again?", icon=":material/forward:")
    def ask() -> None:
        st.caption("The very files of this run go out once more, with a new message id. Nothing is computed anew.")
        chosen = st.multiselect("To", everybody, default=left_out or everybody, key="resend-to")
        with st.container(horizontal=True, horizontal_alignment="right"):
            no = st.button("Cancel", key="resend-no")
            yes = st.button(
                f"Send {plural(len(chosen), 'mail')}", type="primary", disabled=not chosen, key="resend-yes",
                on_click=act, args=(_resend, user, execution, chosen),
            )  # fmt: skip
        if yes or no:
            st.rerun()

    ask()


def _resend(user: Actor, execution: ExecutionDetail, recipients: list[str]) -> str:
    with session_scope() as session:
        deliveries.resend_execution(session, actor=user, execution_id=execution.id, recipients=recipients)
    tasks.ring([execution.id])
    return f"{plural(len(recipients), 'mail')} on the way."
