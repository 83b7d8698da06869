"""A click while the page before is still drawing can arrive without its address; the browser has it a moment later."""

from __future__ import annotations

from typing import Final

import streamlit as st

_EVERY_SECONDS: Final = 0.4
_TRIES: Final = 5
_KEY: Final = "address-tries"


def wait_for_address(name: str = "id") -> bool:
    """True while the address may still come: the page shows nothing else meanwhile. False when it never did."""
    if st.query_params.get(name):
        st.session_state.pop(_KEY, None)
        return False
    if st.session_state.get(_KEY, 0) >= _TRIES:
        st.session_state.pop(_KEY)
        return False
    st.fragment(_look, run_every=_EVERY_SECONDS)(name)
    return True


def _look(name: str) -> None:
    # The browser sends its present address with each of these runs.
    tries = st.session_state.get(_KEY, 0)
    if st.query_params.get(name) or tries >= _TRIES:
        st.rerun()
    st.session_state[_KEY] = tries + 1
    st.caption("Opening\u2026")
