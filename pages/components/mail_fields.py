"""Subject and text of the mail, with a picker for the variables."""

from __future__ import annotations

from typing import Final

import streamlit as st

from core.services.mail_variables import list_variables

DEFAULT_SUBJECT: Final = "{{ report.name }} \u00b7 {{ period.label }}"
DEFAULT_BODY: Final = ""


def subject_field(subject: str | None, *, key: str) -> str | None:
    """None means the default, which stands in the empty field."""
    st.session_state.setdefault(key, subject or "")
    left, right = st.columns([4, 1.5], vertical_alignment="bottom")
    text = left.text_input("Subject", key=key, placeholder=DEFAULT_SUBJECT)
    with right:
        _picker(key)
    return text or None


def body_field(body: str | None, *, key: str) -> str | None:
    st.session_state.setdefault(key, body or "")
    text = st.text_area(
        "Text above the figures", key=key, height=110, placeholder="Left empty: one friendly sentence.",
        help="Markdown: **bold**, lists and links work. Figures, chart and rows follow by themselves.",
    )  # fmt: skip
    _picker(key)
    return text or None


def _picker(target: str) -> None:
    """Adds the chosen variable at the end of the field."""
    variables = {variable.name: variable for variable in list_variables()}
    chooser = f"{target}-picker"

    def insert() -> None:
        chosen = st.session_state.get(chooser)
        if chosen:
            st.session_state[target] = f"{st.session_state[target].rstrip()} {{{{ {chosen} }}}}".lstrip()
            st.session_state[chooser] = None

    st.selectbox(
        "Insert a variable", list(variables), index=None, key=chooser, on_change=insert, label_visibility="collapsed",
        placeholder="Insert a variable", format_func=lambda name: f"{name} \u2013 {variables[name].description}",
    )  # fmt: skip
