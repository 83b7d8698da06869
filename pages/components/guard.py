"""The first line of every page: who is looking, or nothing is shown."""

from __future__ import annotations

import time
from threading import Lock
from typing import Final
from uuid import UUID

import streamlit as st

from core.database import read_scope
from core.schemas.accounts import Actor
from core.services import accounts
from web.below import address_of

_CACHE_S: Final = 2.0
_MAX_CACHED: Final = 1000
_cache: dict[UUID, tuple[float, Actor]] = {}
_lock = Lock()


def require_user() -> Actor:
    """The signed-in person, looked up afresh; ends the page's run when there is none any more.

    A socket keeps the identity it was opened with, so a session that was ended, has expired, or whose person was
    switched off is noticed here.
    """
    actor = find_user()
    if actor is None:
        st.error(f"You are signed out. [Sign in again]({address_of('/login')}) to go on.")
        st.stop()
    return actor


def find_user() -> Actor | None:
    """The signed-in person, or None; for the shell, which must build the menu before it may stop."""
    session_id = current_session_id()
    return _find_actor(session_id) if session_id else None


def require_admin() -> Actor:
    """Like `require_user`; other people see what they would see at an address that does not exist."""
    actor = require_user()
    if not actor.is_admin:
        st.error("There is no such page.")
        st.stop()
    return actor


def current_session_id() -> UUID | None:
    """The id the login wall put into the headers of this socket."""
    value = st.user.get("sid")
    try:
        return UUID(str(value))
    except ValueError:
        return None


def forget_user() -> None:
    """Look everybody up afresh, for example after the profile was changed."""
    with _lock:
        _cache.clear()


def _find_actor(session_id: UUID) -> Actor | None:
    now = time.monotonic()
    with _lock:
        found = _cache.get(session_id)
    if found and found[0] > now:
        return found[1]
    with read_scope() as session:
        signed_in = accounts.find_session_by_id(session, session_id=session_id)
    with _lock:
        if signed_in is None or len(_cache) >= _MAX_CACHED:
            _cache.clear()
        if signed_in is not None:
            _cache[session_id] = (now + _CACHE_S, signed_in.actor)
    return signed_in.actor if signed_in else None
