"""What a page says back: toasts after an action, refusals in place, both surviving the rerun that follows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import streamlit as st
from pydantic import ValidationError

from core.errors import RoosterError

_TOASTS: Final = "feedback_toasts"
_REFUSAL: Final = "feedback_refusal"
_PLAINER: Final = {
    "string_too_short": "fill this in",
    "string_type": "fill this in",
    "missing": "fill this in",
    "too_short": "choose at least one",
}
# The fields of the forms by the names of the schemas.
_LABELS: Final = {
    "name": "Name",
    "url": "Address of the database",
    "sql": "SQL",
    "parameters": "Parameters",
    "recipients": "Recipients",
    "cc": "CC",
    "bcc": "BCC",
    "formats": "Files",
    "tags": "Tags",
    "link_days": "Links to files",
    "days_of_week": "On days",
    "time": "At",
    "timezone": "Time zone",
    "tiles": "Tiles",
    "smtp_host": "Server",
    "smtp_port": "Port",
    "from_email": "From address",
    "extra_headers": "Further headers",
    "new_password": "New password",
}


def say(text: str, *, icon: str = ":material/check_circle:") -> None:
    """A toast in the next run of the script."""
    st.session_state.setdefault(_TOASTS, []).append((text, icon))


def refuse(text: str) -> None:
    """A refusal at the head of the page in the next run of the script."""
    st.session_state[_REFUSAL] = text


def show_feedback() -> None:
    for text, icon in st.session_state.pop(_TOASTS, []):
        st.toast(plain(text), icon=icon)
    refusal = st.session_state.pop(_REFUSAL, None)
    if refusal:
        st.error(plain(refusal), icon=":material/error:")


@contextmanager
def refusals_shown() -> Iterator[None]:
    """Shows what a service or a schema refuses; everything else goes on to the error page."""
    try:
        yield
    except RoosterError as error:
        st.error(plain(error.message), icon=":material/error:")
    except ValidationError as error:
        st.error(plain(sentence_of(error)), icon=":material/error:")


def act(action: Callable[..., str | None], *arguments: Any) -> bool:
    """Run an action from a callback: its text becomes a toast, a refusal stands at the head of the page."""
    try:
        text = action(*arguments)
    except RoosterError as error:
        refuse(error.message)
        return False
    except ValidationError as error:
        refuse(sentence_of(error))
        return False
    if text:
        say(text)
    return True


def sentence_of(error: ValidationError) -> str:
    """The first refusal, in the words of the form: `Recipients: 'bad' is not a valid e-mail address.`"""
    problem = error.errors()[0]
    reason = str(problem["msg"]).removeprefix("Value error, ").rstrip(".")
    least = problem.get("ctx", {}).get("min_length", 1)
    if problem["type"] == "string_too_short" and least > 1:
        reason = f"use at least {least} characters"
    reason = _PLAINER.get(problem["type"], reason) if least == 1 else reason
    fields = [str(part) for part in problem["loc"] if str(part) in _LABELS]
    return f"{_LABELS[fields[-1]]}: {reason}." if fields else f"{reason[:1].upper()}{reason[1:]}."


def plain(text: str) -> str:
    """Text as it is: whatever people or servers wrote must not turn into Markdown, icons or colours."""
    escaped = re.sub(r"([\\`*_\[\]<>$:~#|])", r"\\\1", text)
    # A list begins with these at the start of a line only.
    return re.sub(r"(?m)^(\s*\d*)([-+.)])", r"\1\\\2", escaped)
