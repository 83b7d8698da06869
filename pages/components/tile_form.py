"""The tiles of a dashboard as a list: order, query, title, chart. Works on a copy until it is saved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import streamlit as st

from core.schemas.content import DashboardResponse, SavedQueryResponse, TileInput
from pages.components.charts import TILE_CHARTS, known_columns
from pages.components.parameter_fields import parameter_fields

_UP, _DOWN, _REMOVE = ":material/arrow_upward:", ":material/arrow_downward:", ":material/delete:"
_MOST: Final = 30
_GUESS: Final = "Guessed from the columns"


def tiles_form(dashboard: DashboardResponse | None, queries: Sequence[SavedQueryResponse]) -> list[TileInput]:
    key = f"tiles-{dashboard.id if dashboard else 'new'}"
    order = _order(key, dashboard)
    saved = {str(tile.id): tile.model_dump() for tile in dashboard.tiles} if dashboard else {}
    tiles = [_tile(tile_key, saved.get(tile_key, {}), queries, key) for tile_key in order]
    st.button(
        "Add a tile", icon=":material/add:", key=f"{key}-add", on_click=_add, args=(key,), disabled=len(order) >= _MOST
    )
    return tiles


def _order(key: str, dashboard: DashboardResponse | None) -> list[str]:
    """The keys of the tiles in their order; survives reruns, starts from what is saved."""
    start = [str(tile.id) for tile in dashboard.tiles] if dashboard else ["new-0"]
    found: list[str] = st.session_state.setdefault(key, start)
    return found


def _add(key: str) -> None:
    order = st.session_state[key]
    taken = [int(name.removeprefix("new-")) for name in order if name.startswith("new-")]
    st.session_state[key] = [*order, f"new-{max(taken, default=-1) + 1}"]


def _move(key: str, tile_key: str, by: int) -> None:
    order = list(st.session_state[key])
    at = order.index(tile_key)
    order.insert(at + by, order.pop(at))
    st.session_state[key] = order


def _remove(key: str, tile_key: str) -> None:
    st.session_state[key] = [name for name in st.session_state[key] if name != tile_key]


def forget_order(dashboard: DashboardResponse | None) -> None:
    """After saving: the saved tiles have new ids."""
    st.session_state.pop(f"tiles-{dashboard.id if dashboard else 'new'}", None)


def _tile(tile_key: str, saved: dict[str, Any], queries: Sequence[SavedQueryResponse], key: str) -> TileInput:
    ids, prefix = [query.id for query in queries], f"{key}-{tile_key}"
    with st.container(border=True, key=f"tile-{tile_key}"):
        left, middle, right = st.columns([3, 3, 1.6])
        index = ids.index(saved["saved_query_id"]) if saved.get("saved_query_id") in ids else 0
        query = left.selectbox("Query", queries, index=index, format_func=lambda item: item.name, key=f"{prefix}-query")
        title = middle.text_input(
            "Title", value=saved.get("title", ""), key=f"{prefix}-title", placeholder=query.name, max_chars=200
        )
        kinds = list(TILE_CHARTS)
        chart = right.selectbox(
            "Show as", kinds, index=kinds.index(saved.get("chart", "auto")), format_func=TILE_CHARTS.__getitem__,
            key=f"{prefix}-chart",
        )  # fmt: skip
        x, y = _axes(saved, chart, known_columns(query.id), prefix)
        values = parameter_fields(query.parameters, saved.get("parameters", {}), key=f"{prefix}-{query.id}")
        _tools(key, tile_key)
    given = {name: value for name, value in values.items() if value not in (None, "")}
    return TileInput(saved_query_id=query.id, title=title, chart=chart, x=x, y=y, parameters=given)


def _axes(saved: dict[str, Any], chart: str, columns: Sequence[str], prefix: str) -> tuple[str | None, str | None]:
    if chart == "table":
        return None, None
    left, right = st.columns(2)
    with left:
        x = _column("Across (column)", saved.get("x"), columns, f"{prefix}-x")
    with right:
        y = _column("Up (column)", saved.get("y"), columns, f"{prefix}-y")
    return x, y


def _column(label: str, saved: str | None, columns: Sequence[str], key: str) -> str | None:
    """Chosen where the columns are known, typed where the query was not run yet."""
    if not columns:
        text = st.text_input(
            label, value=saved or "", key=key, placeholder=_GUESS, help="Run the query to choose from its columns."
        )
        return text.strip() or None
    options = list(dict.fromkeys([*([saved] if saved else []), *columns]))
    return st.selectbox(
        label, options, index=0 if saved else None, key=f"{key}-known", placeholder=_GUESS, accept_new_options=True
    )


def _tools(key: str, tile_key: str) -> None:
    order = st.session_state[key]
    first, last = order[0] == tile_key, order[-1] == tile_key
    with st.container(horizontal=True, horizontal_alignment="right"):
        tools = ((_UP, "Move up", _move, (-1,), first), (_DOWN, "Move down", _move, (1,), last),
                 (_REMOVE, "Remove", _remove, (), len(order) == 1))  # fmt: skip
        for icon, label, action, extra, disabled in tools:
            st.button(
                label, icon=icon, type="tertiary", key=f"{key}-{tile_key}-{label}", disabled=disabled,
                on_click=action, args=(key, tile_key, *extra),
            )  # fmt: skip
