"""Subject and text of the mail, with a picker for the variables; a mistake is named below its field."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from core.services.mail_variables import LiveVariable, TemplateKind
from pages.components.feedback import plain
from pages.components.mail_draft import MailDraft

DEFAULT_NAME: Final = "{{ report.slug }}_{{ date }}"
DEFAULT_SUBJECT: Final = "{{ report.name }} \u00b7 {{ period.label }}"
THREAD_SUBJECT: Final = "{{ report.name }}"
# Long enough to finish a word, short enough to feel at once.
_PAUSE: Final = "400ms"
_WIDTHS: Final = (3, 2)
_MOST_LETTERS: Final = 40


def name_value(saved: str | None, *, key: str) -> str | None:
    """What stands in the field of `name_field`, which may come further down; None means the default."""
    text: str = st.session_state.setdefault(key, saved or "")
    return text.strip() or None


def name_field(draft: MailDraft, formats: Sequence[str], *, key: str) -> None:
    """The name that all files share, with what it gives now."""
    left, right = st.columns(_WIDTHS, vertical_alignment="bottom")
    text = left.text_input(
        "Name of the files", key=key, placeholder=DEFAULT_NAME, live=_PAUSE, max_chars=500,
        help="Without its ending. Parts of a dashboard add their title.",
    )  # fmt: skip
    with right:
        _picker(key, draft, "Insert into the name", kind="filename")
    problem = draft.problem_with(text, "filename")
    example = None if problem else draft.example_name(text, formats)
    if example:
        st.caption(f":material/draft: {plain(example)}")
    else:
        _problem(problem)


def subject_field(subject: str | None, draft: MailDraft, *, key: str, keep_thread: bool) -> str | None:
    """None means the default, which stands in the empty field."""
    usual = THREAD_SUBJECT if keep_thread else DEFAULT_SUBJECT
    return text_line(subject, draft, key=key, kind="subject", label="Subject", placeholder=usual)


def body_field(body: str | None, draft: MailDraft, *, key: str) -> str | None:
    return text_field(
        body, draft, key=key, kind="body", label="Text above the figures",
        placeholder="Left empty: one friendly sentence.",
        help="Markdown: **bold**, lists and links work. Figures, chart and rows follow by themselves.",
    )  # fmt: skip


def text_line(
    saved: str | None, draft: MailDraft, *, key: str, kind: TemplateKind, label: str, placeholder: str
) -> str | None:
    """A template of one line with its picker; None while it is empty."""
    st.session_state.setdefault(key, saved or "")
    left, right = st.columns(_WIDTHS, vertical_alignment="bottom")
    text = left.text_input(label, key=key, placeholder=placeholder, live=_PAUSE)
    with right:
        _picker(key, draft, _insert_into(label), kind=kind)
    _problem(draft.problem_with(text, kind))
    return text or None


def text_field(
    saved: str | None, draft: MailDraft, *, key: str, kind: TemplateKind, label: str, placeholder: str, help: str
) -> str | None:
    """The same for a text of several lines."""
    st.session_state.setdefault(key, saved or "")
    left, right = st.columns(_WIDTHS)
    text = left.text_area(label, key=key, height=126, placeholder=placeholder, help=help)
    with right:
        _picker(key, draft, _insert_into(label), kind=kind)
        st.caption("Type to find a variable; it is added at the end. Ctrl+Enter shows the text in the preview.")
    _problem(draft.problem_with(text, kind))
    return text or None


def _insert_into(label: str) -> str:
    """`Text above the figures` is `Insert into the text`."""
    return f"Insert into the {label.partition(' ')[0].lower()}"


def _problem(text: str | None) -> None:
    """Its place is always there, so that what follows does not jump."""
    place = st.empty()
    if text:
        place.markdown(f":small[:red[:material/error: {plain(text)}]]")


def _picker(target: str, draft: MailDraft, label: str, *, kind: TemplateKind) -> None:
    """Each variable with what it says now; the chosen one is added at the end of the field."""
    variables = {variable.name: variable for variable in draft.variables(kind)}
    between = "" if kind == "filename" else " "
    chooser = f"{target}-picker"

    def insert() -> None:
        chosen = st.session_state.get(chooser)
        if chosen:
            st.session_state[target] = f"{st.session_state[target].rstrip()}{between}{{{{ {chosen} }}}}".lstrip()
            st.session_state[chooser] = None

    st.selectbox(
        label, list(variables), index=None, key=chooser, on_change=insert, placeholder="Choose a variable",
        format_func=lambda name: _line(variables[name]),
        help="With the value it would have now: from the last run, or from the rows that the preview has read.",
    )  # fmt: skip


def _line(variable: LiveVariable) -> str:
    said = variable.value or variable.description
    cut = said if len(said) <= _MOST_LETTERS else said[: _MOST_LETTERS - 1] + "\u2026"
    sign = "=" if variable.value else "\u2013"
    return f"{variable.group} \u00b7 {variable.name} {sign} {cut}"
