"""The outbox: list on the left, the chosen mail on the right in a frame that can run nothing."""

from __future__ import annotations

from typing import Final

import streamlit as st

from core.database import session_scope
from core.schemas.accounts import Actor
from core.schemas.base import Page
from core.services import outbox
from core.services.outbox import Mail, MailSummary
from core.text import human_size, plural
from pages.components.confirm import confirm
from pages.components.feedback import plain
from pages.components.layout import empty_state
from pages.components.pages_map import EMAIL_SETTINGS, SCHEDULES
from pages.components.paging import back_when_beyond, pagination
from pages.components.times import moment, short
from web.below import address_of

SIZE: Final = 15
_HEIGHT: Final = 720
_CHOSEN: Final = "mail"


def search_field() -> str:
    return st.text_input(
        "Search", key="mail-search", placeholder="Search subject and addresses", icon=":material/search:",
        label_visibility="collapsed", width=360,
    ).strip()  # fmt: skip


def show(user: Actor, found: Page[MailSummary]) -> None:
    back_when_beyond(found, key="mails")
    if not found.items:
        _nothing()
        return
    left, right = st.columns([1, 2.4], gap="medium")
    with left, st.container(key="mail-list"):
        chosen = _list(user, found)
    with right:
        _mail(user, outbox.get_mail(actor=user, mail_id=chosen))


def _list(user: Actor, found: Page[MailSummary]) -> str:
    """The id of the chosen mail; it stands in the address, so the mail can be linked to."""
    chosen = st.query_params.get(_CHOSEN) or found.items[0].id
    for mail in found.items:
        with st.container(key=f"row-{mail.id}"):
            kind = "secondary" if mail.id == chosen else "tertiary"
            st.button(
                plain(mail.subject) or "(no subject)", key=f"open-{mail.id}", type=kind,
                on_click=_choose, args=(mail.id,), width="stretch",
            )  # fmt: skip
            clip = " \u00b7 :material/attach_file:" if mail.attachments else ""
            st.caption(f"{plain(', '.join(mail.envelope.recipients))} \u00b7 {short(mail.envelope.at, user)}{clip}")
    pagination(found.total, size=SIZE, noun="mails", key="mails")
    return chosen


def _choose(mail_id: str) -> None:
    st.query_params[_CHOSEN] = mail_id


def _mail(user: Actor, mail: Mail) -> None:
    headers = dict(mail.headers)
    with st.container(border=True):
        st.header(plain(headers.get("Subject", "(no subject)")), anchor=False)
        st.caption(
            f"**From** {plain(headers.get('From', ''))}  \n**To** {plain(', '.join(mail.envelope.recipients))}  \n"
            f"**At** {moment(mail.envelope.at, user)} \u00b7 {human_size(mail.envelope.size)}"
        )
        _attachments(mail)
        page, text, details = st.tabs(["Mail", "Text", "Headers"])
        with page:
            st.iframe(address_of(f"/preview/outbox/{mail.id}"), height=_HEIGHT, alt="The mail")
        text.code(mail.text or "This mail has no text part.", language=None, wrap_lines=True)
        # As mail programs show them. A table would bring pandas along, into a page that everybody opens.
        details.code("\n".join(f"{name}: {value}" for name, value in mail.headers), language=None, wrap_lines=True)


def _attachments(mail: Mail) -> None:
    if not mail.attachments:
        return
    with st.container(horizontal=True, gap="small", key="attachments"):
        for number, file in enumerate(mail.attachments):
            st.link_button(
                f"{plain(file.name)} ({human_size(file.size)})", 
                address_of(f"/preview/outbox/{mail.id}/attachment/{number}"),
                icon=":material/download:", key=f"attachment-{number}",
            )  # fmt: skip


def clear_button(user: Actor) -> None:
    if user.is_admin and outbox.is_catching() and st.button("Clear", icon=":material/delete_sweep:"):
        confirm(
            "Delete every caught mail?", "For everybody on this machine.", yes="Delete", action=lambda: _clear(user)
        )


def _clear(user: Actor) -> str:
    with session_scope() as session:
        count = outbox.clear_outbox(session, actor=user)
    st.query_params.pop(_CHOSEN, None)
    return f"{plural(count, 'mail')} deleted."


def _nothing() -> None:
    with empty_state(
        ":material/outbox:",
        "No mail here",
        "While no real mail server is set up, reports are caught here and can be read like in a mail client. "
        "Send a test from a schedule and it appears.",
    ):
        st.page_link(SCHEDULES, label="Go to the schedules", icon=":material/event_repeat:")
        st.page_link(EMAIL_SETTINGS, label="E-mail settings", icon=":material/mail:")
