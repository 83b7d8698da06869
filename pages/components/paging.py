"""Lists page by page, counted and cut by the database."""

from __future__ import annotations

import streamlit as st


def page_offset(*, size: int, key: str = "page") -> int:
    """The offset that the pagination below the list stands at."""
    current = st.session_state.get(key) or _from_address(key)
    return (max(1, current) - 1) * size


def pagination(total: int, *, size: int, noun: str, key: str = "page") -> None:
    """Which part is shown, and the way to the others."""
    pages = max(1, -(-total // size))
    offset = min(page_offset(size=size, key=key), (pages - 1) * size)
    first = min(offset + 1, total)
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.caption(f"Showing {first:,}\u2013{min(offset + size, total):,} of {total:,} {noun}", width="content")
        if pages > 1:
            st.pagination(pages, key=key, bind="query-params")


def _from_address(key: str) -> int:
    text = st.query_params.get(key, "")
    return int(text) if text.isdecimal() else 1
