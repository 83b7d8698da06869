"""A part of a page that follows what is under way: closely while something is, now and then while nothing is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

import streamlit as st

from pages.components.feedback import refusals_shown

Found = TypeVar("Found")
_FAST_SECONDS: Final = 2
_IDLE_SECONDS: Final = 15


def live(
    find: Callable[[], Found],
    show: Callable[[Found], None],
    is_moving: Callable[[Found], bool],
    *,
    can_begin: bool = True,
) -> None:
    """Find and show; again every two seconds while something moves, else every 15, or never when nothing can begin.

    Only this part is drawn again. The whole page is when things begin or stop to move: a fragment keeps its pace.
    """
    first = find()
    moving = is_moving(first)
    fresh = [first]

    def look() -> None:
        with refusals_shown():
            found = fresh.pop() if fresh else find()
            show(found)
            if is_moving(found) != moving:
                st.rerun()

    idle = _IDLE_SECONDS if can_begin else None
    st.fragment(look, run_every=_FAST_SECONDS if moving else idle)()
