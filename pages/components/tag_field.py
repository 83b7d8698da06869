"""Tags as chips: choose one that is in use, or type another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from core.database import read_scope
from core.schemas.accounts import Actor
from core.schemas.tags import LONGEST_TAG, MOST_TAGS, normal_tag
from core.services import scheduled_reports
from pages.components.feedback import plain

_HELP: Final = "Short words to find reports by, such as finance or weekly. Texts can show them with report.tags."


def tag_field(user: Actor, tags: Sequence[str], *, key: str) -> list[str]:
    """What was typed; a wrong one is named below and refused when it is saved."""
    with read_scope() as session:
        known = scheduled_reports.list_tags(session, actor=user)
    typed: list[str] = st.multiselect(
        "Tags", sorted({*known, *tags}), default=list(tags), accept_new_options=True, key=key, help=_HELP,
        placeholder="Type a word and press Enter", max_selections=MOST_TAGS,
    )  # fmt: skip
    for tag in typed:
        problem = _problem_with(tag)
        if problem:
            st.markdown(f":small[:red[:material/error: {plain(problem)}]]")
    return typed


def tag_badges(tags: Sequence[str]) -> str:
    """As one line of Markdown."""
    return " ".join(f":gray-badge[{plain(tag)}]" for tag in tags)


def _problem_with(tag: str) -> str | None:
    try:
        normal_tag(tag)
    except ValueError as error:
        text = str(error)
        return (
            f"{text[:1].upper()}{text[1:]}." if len(tag) <= LONGEST_TAG else f"'{tag[:LONGEST_TAG]}\u2026' is too long."
        )
    return None
