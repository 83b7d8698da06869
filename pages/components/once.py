"""A double click is one click: what was asked for a moment ago is not asked for again."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final, TypeVar

import streamlit as st

Made = TypeVar("Made")
# Longer than any double click, shorter than changing one's mind.
_SECONDS: Final = 4.0


@contextmanager
def request(name: str) -> Iterator[str]:
    """The id for asking for something; it stays the same until some seconds after the first time it was used."""
    key = f"request-{name}"
    drawn, used_at = st.session_state.get(key, ("", None))
    if not drawn or (used_at is not None and time.monotonic() - used_at > _SECONDS):
        drawn = uuid.uuid4().hex
        st.session_state[key] = (drawn, None)
    try:
        yield drawn
    finally:
        st.session_state[key] = (drawn, time.monotonic())


def made(name: str, data: object, make: Callable[[], Made]) -> Made:
    """`make()`, or what it gave for the same data a moment ago: a second click on Save makes no second one."""
    key = f"made-{name}"
    kept: tuple[str, float, Any] | None = st.session_state.get(key)
    if kept and kept[0] == repr(data) and time.monotonic() - kept[1] <= _SECONDS:
        found: Made = kept[2]
        return found
    value = make()
    st.session_state[key] = (repr(data), time.monotonic(), value)
    return value
