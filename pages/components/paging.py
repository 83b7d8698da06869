"""Lists page by page, counted and cut by the database."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.schemas.base import Page


def page_offset(*, size: int, key: str = "page") -> int:
    """The offset that the pagination below the list stands at."""
    current = st.session_state.get(key) or _from_address(key)
    return (max(1, current) - 1) * size


def back_when_beyond(found: Page[Any], *, key: str = "page") -> None:
    """A filter or a deletion made the list shorter than where one stands: start again at its first page."""
    if not found.items and found.total:
        st.session_state[key] = 1
        st.rerun()


def pagination(total: int, *, size: int, noun: str, key: str = "page") -> None:
    """Which part is shown, and the way to the others."""
    pages = max(1, -(-total // size))
    if pages == 1:
        if total > 1:
            st.caption(f"{total:,} {noun}")
        return
    offset = min(page_offset(size=size, key=key), (pages - 1) * size)
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        shown = f"{offset + 1:,}\u2013{min(offset + size, total):,}"
        st.caption(f"Showing {shown} of {total:,} {noun}", width="content")
        st.pagination(pages, key=key, bind="query-params")


def _from_address(key: str) -> int:
    text = st.query_params.get(key, "")
    return int(text) if text.isdecimal() else 1
