"""The head of each page, empty states, rows of lists and the few lines of CSS they need."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any, Final

import streamlit as st

from pages.components.feedback import plain, show_feedback

# The list's rows by their key, and what stands over each value where there is no head, on a phone.
_CAPTIONS: Final = {
    "run": ("", "", "Due", "Took", "Rows", "Sent to"),
    "schedule": ("", "", "Runs", "Next run"),
    "last": ("", "", "When", "Took"),
    "next": ("", "Runs", "Next run"),
    "query": ("", "Data source", "Changed"),
    "source": ("", "", "Address"),
}
_SMALL: Final = "".join(
    f'[class*="st-key-row-{name}-"] > [data-testid="stLayoutWrapper"] > [data-testid="stHorizontalBlock"] > '
    f'[data-testid="stColumn"]:nth-child({place})::before {{ content: "{caption}"; display: block; '
    "font-size: .7rem; line-height: 1; opacity: .75; margin-bottom: -.15rem; }\n"
    for name, captions in _CAPTIONS.items()
    for place, caption in enumerate(captions, start=1)
    if caption
)
# Constant text: no data ever gets in here.
_CSS: Final = (
    """<style>
[class*="st-key-row-"] {
  border-bottom: 1px solid color-mix(in srgb, currentColor 14%, transparent); padding: .25rem 0 .75rem; gap: .25rem; }
[class*="st-key-row-"] :is([data-testid="stMarkdownContainer"], [data-testid="stCaptionContainer"]) {
  margin-bottom: 0; overflow-wrap: anywhere; }
[class*="st-key-row-"] p, [class*="st-key-list-head"] p { margin-bottom: 0; }
[class*="st-key-list-head"] {
  border-bottom: 1px solid color-mix(in srgb, currentColor 22%, transparent); padding: .5rem 0; }
[class*="st-key-list-head"] p { font-size: .8rem; font-weight: 600; opacity: .75; }
[class*="st-key-list-head"] [data-testid="stMarkdownContainer"] { margin-bottom: 0; }
[class*="st-key-row-"] [data-testid="stVerticalBlock"] { gap: .15rem; }
[class*="st-key-row-"] [data-testid="stPageLink"] a { padding: 0; min-height: 0; background: none; }
[class*="st-key-row-"] [data-testid="stPageLink"] p {
  font-weight: 600; font-size: 1rem; color: light-dark(#3B5BDB, #9DB0FF); }
.st-key-attachments a { min-height: 1.75rem; padding: .1rem .6rem; border-radius: 999px; }
.st-key-first-steps [data-testid="stPageLink"] a { padding-left: 0; background: none; }
.st-key-first-steps [data-testid="stPageLink"] p { font-weight: 600; }
.st-key-attachments p { font-size: .8rem; overflow-wrap: anywhere; }
.st-key-mail-list button, .st-key-mail-list button > div { justify-content: flex-start; text-align: left; }
.st-key-mail-list button { padding-left: .75rem; }
.st-key-mail-list [data-testid="stCaptionContainer"] { padding-left: .8rem; }
[data-testid="stCaptionContainer"] a[href^="mailto:"] { color: inherit; }
[data-testid="stButtonGroup"] button[data-selected="true"] p {
  color: light-dark(#3B5BDB, #9DB0FF); }
[data-testid="stMetricValue"] { font-variant-numeric: tabular-nums; }
@media (max-width: 640px) {
  [class*="st-key-list-head"] { display: none; }
  [class*="st-key-row-"] [data-testid="stHorizontalBlock"] { gap: .6rem .75rem; align-items: flex-start; }
  [class*="st-key-row-"] [data-testid="stColumn"] { flex: 1 1 40%; min-width: 40%; }
  [class*="st-key-row-"] [data-testid="stColumn"]:first-child { flex-basis: 100%; }
  .st-key-cards [data-testid="stColumn"] { flex: 1 1 45%; min-width: 45%; }
"""
    + _SMALL
    + "}</style>"
)


def page_head(title: str, subtitle: str = "") -> AbstractContextManager[Any]:
    """Title and subtitle on the left; returns the place for actions on the right."""
    st.html(_CSS)
    with st.container(horizontal=True, vertical_alignment="center", key="page-head"):
        with st.container(width="stretch", gap=None):
            st.title(plain(title), anchor=False)
            if subtitle:
                st.caption(plain(subtitle))
        actions = st.container(horizontal=True, width="content", vertical_alignment="center", key="page-actions")
    show_feedback()
    return actions


def back_link(page: str, label: str) -> None:
    st.page_link(page, label=label, icon=":material/arrow_back:")


def empty_state(icon: str, title: str, text: str) -> AbstractContextManager[Any]:
    """Says what belongs here and what to do first; returns the place for the button that does it."""
    with st.container(border=True, horizontal_alignment="center"):
        st.space("small")
        st.markdown(f"## {icon}", width="content")
        st.header(title, anchor=False, width="content")
        st.caption(text, width="content", text_alignment="center")
        place = st.container(horizontal=True, horizontal_alignment="center")
        st.space("small")
    return place


def list_head(widths: Sequence[float], titles: Sequence[str]) -> None:
    """The titles name the list: a page may hold several, each with its own."""
    with st.container(key=f"list-head-{'-'.join(filter(None, titles))}"):
        for column, title in zip(st.columns(widths), titles, strict=True):
            column.markdown(title or "&nbsp;")


def list_row(key: str, widths: Sequence[float]) -> Sequence[Any]:
    """The columns of one row."""
    with st.container(key=f"row-{key}"):
        return st.columns(widths, vertical_alignment="center")


def cards(figures: Sequence[tuple[str, str | int, str]]) -> None:
    """Key figures: label, value, help."""
    with st.container(key="cards"):
        for column, (label, value, text) in zip(st.columns(len(figures)), figures, strict=True):
            column.metric(label, value, border=True, help=text or None)
