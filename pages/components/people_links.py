"""Inviting people, and links with which they choose a password. A link that no mail took is shown once."""

from __future__ import annotations

from typing import Final, cast

import streamlit as st

from core import clock
from core.database import session_scope
from core.schemas.accounts import Actor, Role, UserResponse
from core.schemas.people import LinkResult, UserInvite
from core.services import account_links, link_mails
from core.services.account_links import NewLink
from pages.components.feedback import plain, refusals_shown, say

ROLES: Final[dict[str, str]] = {
    "admin": "Administrator: looks after people and the workspace",
    "analyst": "Analyst: makes queries, dashboards and reports",
    "viewer": "Viewer: reads what is shared with them",
}
_LINK: Final = "people_link"


def role_name(role: str) -> str:
    return ROLES[role].partition(":")[0]


def invite(user: Actor) -> None:
    """A dialog for somebody new."""

    @st.dialog("Invite somebody", icon=":material/person_add:")
    def ask() -> None:
        with st.form("invite", border=False):
            email = st.text_input("E-mail address", max_chars=320)
            name = st.text_input("Name", max_chars=200)
            role = st.selectbox("Role", list(ROLES), index=1, format_func=ROLES.__getitem__)
            zones = clock.zone_names()
            zone = st.selectbox("Time zone", zones, index=zones.index(user.timezone) if user.timezone in zones else 0)
            wanted = st.form_submit_button("Invite", type="primary")
        st.caption("They get a link with which they choose a password. It works once, for three days.")
        if wanted:
            with refusals_shown():
                _invite(user, UserInvite(email=email, name=name, role=cast(Role, role), timezone=zone))

    ask()


def send_password_link(user: Actor, person: UserResponse) -> None:
    """Makes the link and sends it; to be called from the page itself."""
    with session_scope() as session:
        link = account_links.make_link(session, actor=user, user_id=person.id)
    _hand_over(link)


def show_link() -> None:
    """The link that an administrator hands over: in this run of the page and never again."""
    result: LinkResult | None = st.session_state.pop(_LINK, None)
    if result is None:
        return

    @st.dialog("Hand this link over", icon=":material/link:", width="large")
    def show() -> None:
        st.markdown(f"{plain(result.detail)} Give this link to {plain(result.email)} yourself. It is shown only now.")
        st.code(result.url or "", language=None, wrap_lines=True)
        st.caption(f"It works once, until {result.expires_at:%d %b %Y, %H:%M} UTC.")

    show()


def _invite(user: Actor, data: UserInvite) -> None:
    with session_scope() as session:
        link = account_links.invite_user(session, actor=user, data=data)
    _hand_over(link)
    st.rerun()


def _hand_over(link: NewLink) -> None:
    with st.spinner("Sending the mail\u2026"):
        result = link_mails.send_link(link)
    if result.sent:
        say(result.detail, icon=":material/mark_email_read:")
    else:
        st.session_state[_LINK] = result
