"""Inputs for the parameters of a query: dates take macros, everything else its own kind of field."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

import streamlit as st

from core.schemas.content import ParameterValue, QueryParameter
from pages.components.feedback import plain

# The ones most used come first; any other macro or date can be typed.
DATE_MACROS: Final = (
    "period_start",
    "period_end",
    "period_end_exclusive",
    "today",
    "yesterday",
    "this_week_start",
    "last_week_start",
    "last_week_end",
    "this_month_start",
    "last_month_start",
    "last_month_end",
    "this_quarter_start",
    "last_quarter_start",
    "last_quarter_end",
    "this_year_start",
    "last_year_start",
    "days_ago(7)",
    "days_ago(30)",
)
_WORDS: Final = re.compile(r"[A-Za-z0-9]+(?:_[A-Za-z0-9]+)*")
_HELP: Final = "A date such as 2013-06-24, or a word that is worked out for each run from its due time."


def parameter_fields(
    parameters: Sequence[QueryParameter], values: Mapping[str, ParameterValue], *, key: str
) -> dict[str, ParameterValue]:
    """One input per parameter, two to a row; returns the values."""
    found: dict[str, ParameterValue] = {}
    for start in range(0, len(parameters), 2):
        pair = parameters[start : start + 2]
        for column, parameter in zip(st.columns(2), pair, strict=False):
            with column:
                start_with = values.get(parameter.name, parameter.default)
                found[parameter.name] = _field(parameter, start_with, key=f"{key}-{parameter.name}")
    return found


def _field(parameter: QueryParameter, value: ParameterValue, *, key: str) -> ParameterValue:
    # Escapes would be read out by a screen reader; a name like week_start needs none.
    label = parameter.name if _WORDS.fullmatch(parameter.name) else plain(parameter.name)
    if parameter.type in ("date", "datetime"):
        return _date(label, value, key)
    if parameter.type == "boolean":
        return st.toggle(label, value=bool(value), key=key)
    if parameter.type in ("integer", "number"):
        return _number(label, parameter.type, value, key)
    return st.text_input(label, value="" if value is None else str(value), key=key)


def _date(label: str, value: ParameterValue, key: str) -> ParameterValue:
    text = None if value is None else str(value)
    options = list(dict.fromkeys([*([text] if text else []), *DATE_MACROS]))
    index = 0 if text else None
    chosen = st.selectbox(
        label, options, index=index, accept_new_options=True, key=key, help=_HELP, placeholder="Choose or type a date"
    )
    return chosen.strip() if chosen else None


def _number(label: str, kind: str, value: ParameterValue, key: str) -> ParameterValue:
    start: Any = None if value in (None, "") else (int if kind == "integer" else float)(str(value))
    number = st.number_input(label, value=start, step=1 if kind == "integer" else None, key=key)
    return number
