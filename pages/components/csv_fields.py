"""The options of workbook and CSV files, with a line that shows what the latter give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

import streamlit as st

from core.errors import InvalidInput
from core.schemas.formats import CSV_CHOICES, CSV_PRESETS, CsvOptions, csv_meaning, excel_meaning, read_options
from core.services.csv_example import csv_example
from pages.components.feedback import plain

_LABELS: Final[Mapping[str, Mapping[Any, str]]] = {
    "delimiter": {",": "Comma ,", ";": "Semicolon ;", "\t": "Tab", "|": "Bar |"},
    "decimal": {".": "Point 1.5", ",": "Comma 1,5"},
    "encoding": {
        "utf-8-sig": "UTF-8 for Excel",
        "utf-8": "UTF-8",
        "utf-16-le": "UTF-16",
        "cp1252": "Windows-1252",
    },
    "header": {True: "Column names", "labels": "Labels", False: "None"},
    "date_format": {"YYYY-MM-DD": "2026-03-31", "DD.MM.YYYY": "31.03.2026", "DD/MM/YYYY": "31/03/2026",
                    "MM/DD/YYYY": "03/31/2026"},
    "compression": {"none": "None", "gzip": "gzip (.csv.gz)", "zip": "zip (.zip)"},
}  # fmt: skip
_TITLES: Final = {
    "delimiter": "Between values",
    "decimal": "Decimal sign",
    "encoding": "Encoding",
    "header": "First line",
    "date_format": "Dates",
    "compression": "Compression",
}
_HELP: Final = {
    "encoding": "For Excel it begins with a mark, or accents break. Windows-1252 lacks most letters; they become ?.",
    "date_format": "For a spreadsheet. Times then carry no offset; other programs read the first one best.",
    "compression": "Many companies take no zip archives by mail; a link to a large file reaches everybody.",
}
_ROWS: Final = (("delimiter", "decimal", "date_format"), ("encoding", "header", "compression"))


def format_fields(saved: Mapping[str, Any], formats: Sequence[str], *, key: str) -> dict[str, Any]:
    """The `format_options` of a report; those of a format that is not chosen stay as they are."""
    if "html" in formats:
        st.caption("Many companies take no HTML files by mail. Excel, PDF and CSV reach everybody.")
    options = dict(saved)
    for name, fields in (("excel", excel_fields), ("csv", csv_fields)):
        if name in formats:
            options[name] = fields(saved.get(name, {}), key=f"{key}-{name}")
    return {name: chosen for name, chosen in options.items() if chosen or name not in ("excel", "csv")}


def excel_fields(saved: Mapping[str, Any], *, key: str) -> dict[str, Any]:
    """As `csv_fields`, for the workbook."""
    now = excel_meaning({"excel": saved})
    wanted = st.checkbox(
        "Bars and colours in short Excel tables", value=now.highlights, key=f"{key}-highlights",
        help="Bars in the first count, and the best and the worst third of a rate in green and red.",
    )  # fmt: skip
    return {} if wanted else {"highlights": False}


def csv_fields(saved: Mapping[str, Any], *, key: str) -> dict[str, Any]:
    """The options that differ from the usual ones, not checked; `saved` is what the report has now."""
    now = asdict(csv_meaning({"csv": saved}))
    for name, value in now.items():
        st.session_state.setdefault(f"{key}-{name}", value)
    with st.expander("CSV options", expanded=now != asdict(CsvOptions())):
        chosen = _fields(key)
        _example(chosen)
    usual = asdict(CsvOptions())
    return {name: value for name, value in chosen.items() if value != usual[name]}


def _fields(key: str) -> dict[str, Any]:
    _presets(key)
    chosen: dict[str, Any] = {}
    for row in _ROWS:
        for place, name in zip(st.columns(len(row)), row, strict=True):
            with place:
                chosen[name] = _choice(name, key)
    left, right = st.columns(2, vertical_alignment="bottom")
    chosen["null"] = left.text_input(
        "For an empty value", key=f"{key}-null", max_chars=20, placeholder="Nothing between the delimiters"
    )
    with right:
        chosen["quote_all"] = st.checkbox("Quote every value", key=f"{key}-quote_all")
        chosen["guard"] = st.checkbox(
            "Guard against formulas", key=f"{key}-guard",
            help="Text that a spreadsheet would run, such as =1+1, gets an apostrophe. Only machines do without.",
        )  # fmt: skip
    return {name: chosen[name] for name in asdict(CsvOptions())}


def _presets(key: str) -> None:
    with st.container(horizontal=True):
        st.button("Excel, Europe", key=f"{key}-europe", on_click=_fill, args=(key, "excel-europe"))
        st.button("Usual values", key=f"{key}-usual", on_click=_fill, args=(key, None))


def _fill(key: str, preset: str | None) -> None:
    for name, value in {**asdict(CsvOptions()), **CSV_PRESETS.get(preset or "", {})}.items():
        st.session_state[f"{key}-{name}"] = value


def _choice(name: str, key: str) -> Any:
    choices = [value for value in CSV_CHOICES[name] if value in _LABELS[name]]
    return st.selectbox(
        _TITLES[name], choices, key=f"{key}-{name}", format_func=lambda value: _LABELS[name][value],
        help=_HELP.get(name),
    )  # fmt: skip


def _example(chosen: Mapping[str, Any]) -> None:
    try:
        line = csv_example(read_options(chosen))
    except InvalidInput as error:
        st.markdown(f":small[:red[:material/error: {plain(error.message)}]]")
        return
    st.caption("A row then looks like this:")
    st.code(line.replace("\t", "\u2192"), language=None, wrap_lines=True)
