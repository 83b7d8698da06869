"""What an administrator does for somebody: change the account, end sessions, hand over what they own."""

from __future__ import annotations

from typing import Final, cast
from uuid import UUID

import streamlit as st

from core import clock
from core.database import read_scope, session_scope
from core.schemas.accounts import Actor, Role, UserResponse
from core.schemas.people import UserUpdate
from core.services import accounts, ownership, users
from core.text import join_words, plural
from pages.components.account_forms import browser_name
from pages.components.feedback import act, plain, refusals_shown, say
from pages.components.guard import current_session_id, forget_user
from pages.components.people_links import ROLES
from pages.components.times import relative

_NOUNS: Final = {
    "data_sources": ("data source", "data sources"),
    "saved_queries": ("query", "queries"),
    "dashboards": ("dashboard", "dashboards"),
    "scheduled_reports": ("schedule", "schedules"),
}
_MOST: Final = 500


def change(user: Actor, person: UserResponse) -> None:
    @st.dialog(f"Change {person.name}", icon=":material/edit:")
    def ask() -> None:
        with st.form("change-person", border=False):
            email = st.text_input("E-mail address", value=person.email, max_chars=320)
            name = st.text_input("Name", value=person.name, max_chars=200)
            roles = list(ROLES)
            role = st.selectbox("Role", roles, index=roles.index(person.role), format_func=ROLES.__getitem__)
            zones = clock.zone_names()
            at = zones.index(person.timezone) if person.timezone in zones else zones.index("UTC")
            zone = st.selectbox("Time zone", zones, index=at)
            wanted = st.form_submit_button("Save", type="primary")
        if wanted:
            with refusals_shown():
                _save(user, person, UserUpdate(email=email, name=name, role=cast(Role, role), timezone=zone))

    ask()


def _save(user: Actor, person: UserResponse, data: UserUpdate) -> None:
    with session_scope() as session:
        users.update_user(session, actor=user, user_id=person.id, data=data)
    forget_user()
    say(f"{data.name} is saved.")
    st.rerun()


def browsers(user: Actor, person: UserResponse) -> None:
    @st.dialog(f"Browsers of {person.name}", icon=":material/devices:")
    def show() -> None:
        with read_scope() as session:
            found = accounts.list_sessions(session, actor=user, current=current_session_id(), user_id=person.id)
        if not found.items:
            st.caption("Not signed in anywhere.")
        for browser in found.items:
            left, right = st.columns((3, 1), vertical_alignment="center")
            left.markdown(plain(browser_name(browser.user_agent)) + (" (this one)" if browser.is_current else ""))
            left.caption(f"{plain(browser.ip) or 'unknown address'}, {relative(browser.last_seen_at)}")
            if right.button("Sign out", key=f"end-{browser.id}", type="tertiary", disabled=browser.is_current):
                act(_end, user, browser.id)
                st.rerun()
        if found.total > len(found.items):
            st.caption(f"And {found.total - len(found.items)} more, seen longer ago.")
        if found.total > 1 and person.id != user.id and st.button("Sign out everywhere", icon=":material/logout:"):
            act(_end_all, user, person)
            st.rerun()

    show()


def _end(user: Actor, session_id: UUID) -> str:
    with session_scope() as session:
        accounts.end_session(session, actor=user, session_id=session_id)
    return "That browser is signed out."


def _end_all(user: Actor, person: UserResponse) -> str:
    with session_scope() as session:
        users.sign_out_everywhere(session, actor=user, user_id=person.id)
    return f"{person.name} is signed out everywhere."


def transfer(user: Actor, person: UserResponse) -> None:
    with read_scope() as session:
        counts = ownership.count_owned(session, actor=user, user_id=person.id)
        everybody = users.list_users(session, actor=user, limit=_MOST).items
    takers = [one for one in everybody if one.is_active and one.role != "viewer" and one.id != person.id]

    @st.dialog(f"Transfer what {person.name} owns", icon=":material/move_item:")
    def ask() -> None:
        if not any(counts.values()):
            st.caption(f"{plain(person.name)} owns nothing.")
            return
        st.markdown(f"{plain(person.name)} owns {_listed(counts)}. Reports then leave through the new owner's account.")
        taker = st.selectbox("New owner", takers, format_func=lambda one: f"{one.name} ({one.email})", key="taker")
        if st.button("Transfer", type="primary", disabled=taker is None) and taker:
            act(_transfer, user, person, taker)
            st.rerun()

    ask()


def _transfer(user: Actor, person: UserResponse, taker: UserResponse) -> str:
    with session_scope() as session:
        moved = ownership.transfer_objects(session, actor=user, from_user=person.id, to_user=taker.id).moved
    return f"{taker.name} owns {_listed(moved)} of {person.name} now."


def _listed(counts: dict[str, int]) -> str:
    return join_words([plural(count, *_NOUNS[key]) for key, count in counts.items() if count])
