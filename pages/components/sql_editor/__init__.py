"""The SQL editor: CodeMirror 6 bundled into one file, so that it works without the internet.

`frontend/` holds its source: `npm ci && npm run build` there writes `editor.bundle.js`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

_HERE = Path(__file__).resolve().parent
_CSS = """
.editor { width: 100%; }
.hint { color: var(--st-gray-text-color); font-size: 0.8rem; padding-top: 4px; }
"""
_HTML = """<div class="editor"></div>
<div class="hint">Ctrl+Enter runs the query. Write parameters as :name.</div>"""


@dataclass(frozen=True, slots=True)
class EditedSql:
    """What stands in the editor, and whether Ctrl+Enter was pressed in this run."""

    text: str
    run: bool


@st.cache_resource(show_spinner=False)
def _bundle() -> str:
    return (_HERE / "editor.bundle.js").read_text()


def sql_editor(
    text: str, *, key: str, label: str = "SQL", dialect: str = "", tables: Mapping[str, Sequence[str]] | None = None
) -> EditedSql:
    """An editor that starts with `text`; `tables` maps table names to columns for completion."""
    editor = st.components.v2.component("rooster_sql_editor", html=_HTML, css=_CSS, js=_bundle())
    known = st.session_state.get(key, {}).get("value")
    result = editor(
        key=key,
        data={
            "value": text if known is None else known,
            "version": key,
            "label": label,
            "dialect": dialect,
            "tables": {name: list(columns) for name, columns in (tables or {}).items()},
            "height": 180,
        },
        default={"value": text if known is None else known},
        on_value_change=lambda: None,
        on_run_change=lambda: None,
    )
    return EditedSql(text=result.value if result.value is not None else text, run=bool(result.run))
