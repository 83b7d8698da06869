"""The list of people, and the menu of each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import streamlit as st

from core.database import read_scope, session_scope
from core.schemas.accounts import Actor, UserResponse
from core.schemas.people import UserUpdate
from core.services import users
from pages.components.confirm import confirm
from pages.components.feedback import act, plain
from pages.components.layout import list_head, list_row
from pages.components.paging import back_when_beyond, page_offset, pagination
from pages.components.people_dialogs import browsers, change, transfer
from pages.components.people_links import role_name, send_password_link
from pages.components.times import moment, relative

_WIDTHS: Final = (3, 1.4, 2, 1.2)
_SIZE: Final = 25
_CHANGE, _LINK, _BROWSERS, _TRANSFER, _SWITCH, _DELETE = (
    "Change",
    "Send password link",
    "Browsers",
    "Transfer ownership",
    "Switch",
    "Delete",
)


def show(user: Actor) -> None:
    search = st.text_input("Find somebody", key="people-search", icon=":material/search:", bind="query-params")
    with read_scope() as session:
        offset = page_offset(size=_SIZE, key="people")
        found = users.list_users(session, actor=user, search=search or "", offset=offset, limit=_SIZE)
    back_when_beyond(found, key="people")
    if not found.items:
        st.caption("Nobody is found under this name or address.")
        return
    list_head(_WIDTHS, ("Person", "Role", "Last log-in", ""))
    for person in found.items:
        _row(user, person)
    pagination(found.total, size=_SIZE, noun="people", key="people")


def _row(user: Actor, person: UserResponse) -> None:
    name, role, seen, menu = list_row(str(person.id), _WIDTHS)
    name.markdown(f"**{plain(person.name)}**" + (" (you)" if person.id == user.id else ""))
    name.caption(plain(person.email))
    role.markdown(role_name(person.role))
    if not person.is_active:
        role.badge("Switched off", icon=":material/block:", color="gray")
    seen.caption(relative(person.last_login_at), help=moment(person.last_login_at, user))
    with menu:
        choice = st.menu_button(
            "Actions", _options(person), key=f"person-{person.id}", type="tertiary",
            format_func=lambda option: _label(person, option),
        )  # fmt: skip
    if choice:
        _perform(user, person, choice)


def _options(person: UserResponse) -> list[str]:
    link = [_LINK] if person.is_active else []
    return [_CHANGE, *link, _BROWSERS, _TRANSFER, _SWITCH, _DELETE]


def _label(person: UserResponse, option: str) -> str:
    return option if option != _SWITCH else "Switch off" if person.is_active else "Switch on"


def _perform(user: Actor, person: UserResponse, choice: str) -> None:
    if choice in _DIALOGS:
        _DIALOGS[choice](user, person)
        return
    act(send_password_link if choice == _LINK else _switch, user, person)
    st.rerun()


def _ask_switch(user: Actor, person: UserResponse) -> None:
    if not person.is_active:
        act(_switch, user, person)
        st.rerun()
    confirm(
        f"Switch {person.name} off?",
        "They are signed out everywhere at once and cannot sign in again. Their reports are paused.",
        yes="Switch off",
        action=lambda: _switch(user, person),
    )


def _switch(user: Actor, person: UserResponse) -> str:
    data = UserUpdate(is_active=not person.is_active)
    with session_scope() as session:
        users.update_user(session, actor=user, user_id=person.id, data=data)
    return f"{person.name} {'is switched off' if person.is_active else 'may sign in again'}."


def _ask_delete(user: Actor, person: UserResponse) -> None:
    confirm(
        f"Delete {person.name}?",
        "Their sessions, API tokens and mail account go with them. Somebody who owns something is not deleted: "
        "transfer it first.",
        yes="Delete",
        action=lambda: _delete(user, person),
    )


def _delete(user: Actor, person: UserResponse) -> str:
    with session_scope() as session:
        users.delete_user(session, actor=user, user_id=person.id)
    return f"{person.name} was deleted."


_DIALOGS: Final[dict[str, Callable[[Actor, UserResponse], None]]] = {
    _CHANGE: change,
    _BROWSERS: browsers,
    _TRANSFER: transfer,
    _SWITCH: _ask_switch,
    _DELETE: _ask_delete,
}
