"""One query: SQL, its parameters, the result. What was run last stays on the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, get_args
from uuid import UUID

import streamlit as st

from core.database import read_scope
from core.errors import RoosterError
from core.schemas.accounts import Actor
from core.schemas.content import (
    DataSourceResponse,
    ParameterType,
    ParameterValue,
    Preview,
    PreviewRequest,
    QueryParameter,
    SavedQueryResponse,
)
from core.services import data_sources, saved_queries
from core.services.sql_parameters import find_parameters
from pages.components.charts import remember_columns, result_chart, result_table
from pages.components.feedback import plain, refusals_shown
from pages.components.parameter_fields import DATE_MACROS, parameter_fields
from pages.components.sql_editor import sql_editor

_LIMIT: Final = 500
_TYPES: Final[tuple[str, ...]] = get_args(ParameterType)
_EXAMPLE: Final = "SELECT 1 AS answer"


@dataclass(slots=True)
class EditedQuery:
    """What stands on the page now."""

    source: DataSourceResponse
    sql: str
    parameters: list[QueryParameter]
    values: dict[str, ParameterValue] = field(default_factory=dict)
    run: bool = False


def edit(
    user: Actor, query: SavedQueryResponse | None, sources: Sequence[DataSourceResponse], *, source_id: UUID | None
) -> EditedQuery:
    key = str(query.id) if query else "new"
    ids = [source.id for source in sources]
    chosen = query.data_source_id if query else source_id
    source = st.selectbox(
        "Data source", sources, index=ids.index(chosen) if chosen in ids else 0, format_func=lambda item: item.name,
        key=f"{key}-source", width=360,
    )  # fmt: skip
    text = query.sql if query else _EXAMPLE
    edited = sql_editor(text, key=f"{key}-sql", dialect=source.kind, tables=_tables(user.id, source.id, user))
    parameters = _definitions(edited.text, query.parameters if query else [], key)
    found = EditedQuery(source, edited.text, parameters, run=edited.run)
    if parameters:
        st.caption("Values for this run")
        found.values = parameter_fields(parameters, {}, key=f"{key}-value")
    return found


@st.cache_data(ttl=300, show_spinner=False, max_entries=100)
def _tables(user_id: UUID, source_id: UUID, _user: Actor) -> dict[str, list[str]]:
    """For completion only: a source that does not answer completes nothing. `user_id` is part of the cache's key."""
    assert user_id == _user.id
    try:
        with read_scope() as session:
            prepared = data_sources.prepare_tables(session, actor=_user, data_source_id=source_id)
        tables = data_sources.run_tables(prepared)
    except RoosterError:
        return {}
    return {table.name: [name for name, _ in table.columns] for table in tables}


def _definitions(sql: str, saved: Sequence[QueryParameter], key: str) -> list[QueryParameter]:
    """Each `:name` in the SQL is a parameter; type and default are kept by name."""
    names = find_parameters(sql)
    known = {parameter.name: parameter for parameter in saved}
    if not names:
        return []
    with st.expander(f"Parameters: {', '.join(names)}", icon=":material/tune:", expanded=not saved):
        return [_definition(name, known.get(name), key) for name in names]


def _definition(name: str, saved: QueryParameter | None, key: str) -> QueryParameter:
    left, middle, right = st.columns([2, 1.4, 3], vertical_alignment="bottom")
    left.markdown(f"`:{name}`")
    kind = saved.type if saved else _guess_type(name)
    chosen = middle.selectbox("Type", _TYPES, index=_TYPES.index(kind), key=f"{key}-type-{name}")
    default = str(saved.default) if saved and saved.default is not None else None
    if chosen in ("date", "datetime"):
        options = list(dict.fromkeys([*([default] if default else []), *DATE_MACROS]))
        text = right.selectbox(
            "Default", options, index=0 if default else None, accept_new_options=True, key=f"{key}-default-{name}",
            placeholder="None: it must be given",
        )  # fmt: skip
    else:
        text = right.text_input(
            "Default", value=default or "", key=f"{key}-default-{name}", placeholder="None: it must be given"
        )
    return QueryParameter(name=name, type=chosen, default=_typed(text, chosen))


def _guess_type(name: str) -> str:
    dated = ("date", "day", "start", "end", "from", "until", "since", "to")
    return "date" if name.rsplit("_", 1)[-1].lower() in dated else "text"


def _typed(text: str | None, kind: str) -> ParameterValue:
    """The default in its own type; what does not fit stays text, and saving names it."""
    if not text or not text.strip():
        return None
    if kind == "boolean":
        return text.strip().lower() in ("true", "yes", "1")
    try:
        return {"integer": int, "number": float}.get(kind, str)(text.strip())
    except ValueError:
        return text.strip()


def results(user: Actor, edited: EditedQuery, query: SavedQueryResponse | None) -> Preview | None:
    """Runs when asked; returns what is shown."""
    key = f"result-{query.id if query else 'new'}"
    if st.button("Run", icon=":material/play_arrow:", key=f"{key}-run", type="primary") or edited.run:
        with st.spinner("Running\u2026", show_time=True), refusals_shown():
            # A result from before must not stand below the error of now.
            st.session_state.pop(key, None)
            st.session_state[key] = run(user, edited, query)
    shown: Preview | None = st.session_state.get(key)
    if shown is not None:
        if query is not None:
            remember_columns(query.id, shown)
        _show(shown, query, key)
    return shown


def run(user: Actor, edited: EditedQuery, query: SavedQueryResponse | None) -> Preview:
    """Who may only look at a query runs it as it was saved."""
    values = _given(edited.values)
    if query and query.access == "read":
        request = PreviewRequest(parameters=values, limit=_LIMIT)
        with read_scope() as session:
            saved = saved_queries.prepare_preview(session, actor=user, saved_query_id=query.id, request=request)
        return saved_queries.run_preview(saved)
    with read_scope() as session:
        prepared = saved_queries.prepare_draft(
            session,
            actor=user,
            data_source_id=edited.source.id,
            sql=edited.sql,
            parameters=edited.parameters,
            values=values,
            limit=_LIMIT,
            saved_query_id=query.id if query else None,
            presentation=query.presentation if query else None,
        )
    return saved_queries.run_preview(prepared)


def _given(values: Mapping[str, ParameterValue]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in (None, "")}


def _show(preview: Preview, query: SavedQueryResponse | None, key: str) -> None:
    cut = f", the first {_LIMIT} of more" if preview.truncated else ""
    st.caption(f"{len(preview.rows):,} rows{cut} \u00b7 {preview.elapsed_ms:,} ms")
    rows, picture = st.tabs(["Rows", "Chart"])
    with rows:
        result_table(preview)
    with picture:
        chart = query.presentation.chart if query else None
        title = plain(query.name) if query else "result"
        result_chart(preview, chart.kind if chart else "auto", title=title, key=f"{key}-chart")
