"""Filters in the address of the page, by their own words: such a link can be kept and sent to a colleague.

Streamlit's own binding writes the label that is shown, which changes with every count in it.
"""

from __future__ import annotations

from collections.abc import Collection

import streamlit as st


def from_address(name: str, options: Collection[str], default: str) -> str:
    """What the address says, when it is one of the options."""
    value = st.query_params.get(name)
    return value if value in options else default


def to_address(name: str, value: str, default: str) -> None:
    if value != default:
        st.query_params[name] = value
    elif name in st.query_params:
        del st.query_params[name]
