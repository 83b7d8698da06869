"""One's own API tokens: make one, see when each was used, revoke."""

from __future__ import annotations

from datetime import timedelta
from typing import Final, cast

import streamlit as st

from core import clock
from core.database import read_scope, session_scope
from core.schemas.accounts import Actor
from core.schemas.people import ApiTokenCreate, ApiTokenResponse, Scope
from core.services import api_tokens
from pages.components.confirm import confirm
from pages.components.feedback import plain, refusals_shown
from pages.components.layout import list_row
from pages.components.times import moment, relative

_WIDTHS: Final = (3.6, 2, 2, 1.4)
_SCOPES: Final = {"read": "Read only", "write": "Read and write"}
_LIFETIMES: Final[dict[str, timedelta | None]] = {
    "30 days": timedelta(days=30),
    "90 days": timedelta(days=90),
    "A year": timedelta(days=365),
    "Until revoked": None,
}
_MOST: Final = 50


def tokens(user: Actor) -> None:
    st.header("API tokens", anchor=False)
    st.caption("For your own scripts: a token acts in your name. See `/api/docs` for what it can do.")
    with read_scope() as session:
        found = api_tokens.list_tokens(session, actor=user, limit=_MOST)
    for token in found.items:
        _row(user, token)
    if st.button("New token", icon=":material/key:", key="new-token"):
        ask_for_token(user)


def _row(user: Actor, token: ApiTokenResponse) -> None:
    name, scope, used, revoke = list_row(str(token.id), _WIDTHS)
    name.markdown(f"**{plain(token.name)}**")
    scope.caption(_SCOPES[token.scope])
    used.caption(
        f"used {relative(token.last_used_at)}" if token.last_used_at else "never used",
        help=f"{_end_of(user, token)} Made {moment(token.created_at, user)}.",
    )
    if revoke.button("Revoke", key=f"revoke-{token.id}", type="tertiary"):
        confirm(
            f"Revoke {token.name}?",
            "Scripts that use it are refused at once.",
            yes="Revoke",
            action=lambda: _revoke(user, token),
        )


def _end_of(user: Actor, token: ApiTokenResponse) -> str:
    if token.expires_at is None:
        return "Good until it is revoked."
    return f"{'Over since' if token.expires_at <= clock.now() else 'Good until'} {moment(token.expires_at, user)}."


def ask_for_token(user: Actor) -> None:
    """A dialog that shows the token when it is made, and never again."""

    @st.dialog("New API token", icon=":material/key:", on_dismiss="rerun")
    def ask() -> None:
        with st.form("token", border=False):
            name = st.text_input("What is it for?", max_chars=100, placeholder="Nightly export")
            scopes = ["read"] if user.role == "viewer" else list(_SCOPES)
            scope = st.radio("It may", scopes, format_func=_SCOPES.__getitem__, horizontal=True)
            lifetime = st.selectbox("It is good for", list(_LIFETIMES), index=1)
            wanted = st.form_submit_button("Make the token", type="primary")
        if wanted:
            with refusals_shown():
                _show_once(user, name, scope, lifetime)

    ask()


def _show_once(user: Actor, name: str, scope: str, lifetime: str) -> None:
    length = _LIFETIMES[lifetime]
    data = ApiTokenCreate(
        name=name, scope=cast(Scope, scope), expires_at=clock.now() + length if length is not None else None
    )
    with session_scope() as session:
        made = api_tokens.create_token(session, actor=user, data=data)
    st.success("Copy it now: it is shown only this once.", icon=":material/check:")
    st.code(made.token, language=None, wrap_lines=True)


def _revoke(user: Actor, token: ApiTokenResponse) -> str:
    with session_scope() as session:
        api_tokens.revoke_token(session, actor=user, token_id=token.id)
    return f"{token.name} is revoked."
