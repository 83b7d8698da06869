"""Addresses as chips: type one, press Enter; a wrong one is named at once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import streamlit as st

from core.schemas.base import normal_email
from pages.components.feedback import plain

_SEPARATORS: Final = re.compile(r"[,;\s]+")


def address_field(label: str, addresses: Sequence[str], *, key: str, help: str | None = None) -> list[str]:
    """Pasting several addresses at once is fine: they are taken apart."""
    typed = st.multiselect(
        label, list(addresses), default=list(addresses), accept_new_options=True, key=key, help=help,
        placeholder="Type an address and press Enter",
    )  # fmt: skip
    found = [address for text in typed for address in _SEPARATORS.split(text) if address]
    for address in found:
        problem = _problem_with(address)
        if problem:
            st.markdown(f":small[:red[:material/error: {plain(problem)}]]")
    return found


def _problem_with(address: str) -> str | None:
    try:
        normal_email(address)
    except ValueError as error:
        return str(error)
    return None
