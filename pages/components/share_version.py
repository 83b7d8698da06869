"""Which version of a thing a form was filled in from: what somebody else saved meanwhile is not overwritten."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID

import streamlit as st


class Versioned(Protocol):
    """A query, a dashboard, a schedule."""

    id: UUID
    version: int


def note_version(thing: Versioned, *, first_field: str) -> None:
    """Before the form is drawn. Its first field is not there yet when the form is filled in anew."""
    key = _key(thing)
    if key not in st.session_state or first_field not in st.session_state:
        st.session_state[key] = thing.version


def version_of_form(thing: Versioned) -> int:
    """For the save: the version that was read when the form was filled in."""
    return int(st.session_state.get(_key(thing), thing.version))


def forget_version(thing: Versioned) -> None:
    """After the save the form shows what was saved."""
    st.session_state.pop(_key(thing), None)


def _key(thing: Versioned) -> str:
    return f"version-{thing.id}"
