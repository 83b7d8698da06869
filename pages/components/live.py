"""A part of a page that follows what is under way, and asks the database only while something is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

import streamlit as st

from pages.components.feedback import refusals_shown

Found = TypeVar("Found")
_SECONDS: Final = 2


def live(find: Callable[[], Found], show: Callable[[Found], None], is_moving: Callable[[Found], bool]) -> None:
    """Find and show; again every two seconds until nothing moves any more, then the whole page once."""
    first = find()
    moving = is_moving(first)
    fresh = [first]

    def look() -> None:
        with refusals_shown():
            found = fresh.pop() if fresh else find()
            show(found)
            if moving and not is_moving(found):
                st.rerun()

    st.fragment(look, run_every=_SECONDS if moving else None)()
