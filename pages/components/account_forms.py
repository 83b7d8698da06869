"""Profile, password and the browsers that are signed in."""

from __future__ import annotations

import streamlit as st

from core import clock
from core.database import read_scope, session_scope
from core.errors import InvalidInput
from core.schemas.accounts import Actor, PasswordChange, ProfileUpdate, SessionResponse
from core.services import accounts
from pages.components.feedback import act, plain, refusals_shown, say
from pages.components.guard import current_session_id, forget_user
from pages.components.layout import list_row
from pages.components.times import moment, relative

_WIDTHS = (3.6, 2, 2, 1.4)
_BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
            ("Mac OS X", "macOS"), ("Linux", "Linux"))  # fmt: skip


def profile(user: Actor) -> None:
    with st.form("profile"):
        st.header("Profile", anchor=False)
        st.caption(f"{plain(user.email)} \u00b7 {user.role}")
        zones = clock.zone_names()
        name = st.text_input("Name", value=user.name, max_chars=200)
        zone = st.selectbox(
            "Time zone", zones, index=zones.index(user.timezone) if user.timezone in zones else zones.index("UTC"),
            help="Times on all pages are shown in it, and new schedules start with it.",
        )  # fmt: skip
        if st.form_submit_button("Save profile", type="primary"):
            with refusals_shown():
                with session_scope() as session:
                    accounts.update_profile(session, actor=user, data=ProfileUpdate(name=name, timezone=zone))
                forget_user()
                say("The profile is saved.")
                st.rerun()


def password(user: Actor) -> None:
    with st.form("password", clear_on_submit=True):
        st.header("Password", anchor=False)
        present = st.text_input("Present password", type="password", autocomplete="current-password")
        fresh = st.text_input("New password", type="password", autocomplete="new-password", help="10 letters or more.")
        again = st.text_input("New password again", type="password", autocomplete="new-password")
        if st.form_submit_button("Change password"):
            with refusals_shown():
                _change(user, present, fresh, again)
                st.success("The password is changed. Every other browser is signed out.", icon=":material/check:")


def _change(user: Actor, present: str, fresh: str, again: str) -> None:
    if fresh != again:
        raise InvalidInput("The two new passwords differ.", field="new_password")
    data = PasswordChange(current_password=present, new_password=fresh)
    with session_scope() as session:
        accounts.change_password(session, actor=user, data=data, keep_session=current_session_id())


def sessions(user: Actor) -> None:
    st.header("Signed-in browsers", anchor=False)
    with read_scope() as session:
        found = accounts.list_sessions(session, actor=user, current=current_session_id())
    for browser in found.items:
        _browser(user, browser)
    if found.total > len(found.items):
        st.caption(f"And {found.total - len(found.items)} more, seen longer ago.")
    if found.total > 1:
        st.button(
            "Sign out all others", icon=":material/logout:", key="end-others", on_click=act, args=(_end_others, user)
        )
    st.caption("This browser is signed out with the button at the foot of the menu.")


def _browser(user: Actor, browser: SessionResponse) -> None:
    name, address, seen, end = list_row(str(browser.id), _WIDTHS)
    name.markdown(f"**{plain(browser_name(browser.user_agent))}**" + (" (this one)" if browser.is_current else ""))
    address.caption(plain(browser.ip) or "unknown address")
    seen.caption(f"{relative(browser.last_seen_at)}", help=f"Until {moment(browser.expires_at, user)}")
    if not browser.is_current:
        end.button("Sign out", key=f"end-{browser.id}", type="tertiary", on_click=act, args=(_end, user, browser))


def browser_name(agent: str) -> str:
    """`Firefox on Linux`, from what the browser says of itself."""
    browser = next((name for mark, name in _BROWSERS if mark in agent), "Browser")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    return f"{browser} on {system}" if system else browser


def _end(user: Actor, browser: SessionResponse) -> str:
    with session_scope() as session:
        accounts.end_session(session, actor=user, session_id=browser.id)
    return "That browser is signed out."


def _end_others(user: Actor) -> str:
    with session_scope() as session:
        accounts.end_other_sessions(session, actor=user, keep=current_session_id())
    return "All other browsers are signed out."
