"""Nothing is deleted or sent twice without a question."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from pages.components.feedback import act, plain


def confirm(
    title: str,
    text: str,
    *,
    yes: str,
    action: Callable[[], str | None],
    then: str | None = None,
    icon: str = ":material/warning:",
) -> None:
    """Ask in a dialog; `action` runs on yes and returns what to say afterwards; `then` is the page to go on to."""
    went_well: list[bool] = []

    def do() -> None:
        went_well.append(act(action))

    def body() -> None:
        st.markdown(plain(text))
        with st.container(horizontal=True, horizontal_alignment="right"):
            no = st.button("Cancel", key="confirm-no")
            done = st.button(yes, type="primary", key="confirm-yes", on_click=do)
        if done and then and went_well == [True]:
            st.switch_page(then)
        if no or done:
            st.rerun()

    st.dialog(title, icon=icon)(body)()
