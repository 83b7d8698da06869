"""What a page says back: toasts after an action, refusals in place, both surviving the rerun that follows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import streamlit as st
from pydantic import ValidationError

from core.errors import RoosterError
from core.schemas.base import first_error

_TOASTS: Final = "feedback_toasts"
_REFUSAL: Final = "feedback_refusal"


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
        st.error(plain(first_error(error).message), icon=":material/error:")


def act(action: Callable[..., str | None], *arguments: Any) -> bool:
    """Run an action from a callback: its text becomes a toast, a refusal stands at the head of the page."""
    try:
        text = action(*arguments)
    except RoosterError as error:
        refuse(error.message)
        return False
    except ValidationError as error:
        refuse(first_error(error).message)
        return False
    if text:
        say(text)
    return True


def plain(text: str) -> str:
    """Text as it is: whatever people or servers wrote must not turn into Markdown, icons or colours."""
    escaped = re.sub(r"([\\`*_\[\]<>$:~#|])", r"\\\1", text)
    # A list begins with these at the start of a line only.
    return re.sub(r"(?m)^(\s*\d*)([-+.)])", r"\1\\\2", escaped)
