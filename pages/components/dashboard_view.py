"""A dashboard, live: each tile runs its query when the page is opened; one that fails says so and stops no other."""

from __future__ import annotations

from uuid import UUID

import streamlit as st

from core import clock
from core.database import read_scope
from core.errors import RoosterError
from core.schemas.accounts import Actor
from core.schemas.content import DashboardResponse, Preview, PreviewRequest, TileResponse
from core.services import saved_queries
from pages.components.charts import remember_columns, result_chart
from pages.components.feedback import plain
from pages.components.times import short

_LIMIT = 1000
_FRESH_S = 60


def live_view(user: Actor, dashboard: DashboardResponse) -> None:
    metrics = [tile for tile in dashboard.tiles if tile.chart == "metric"]
    others = [tile for tile in dashboard.tiles if tile.chart != "metric"]
    for tile in metrics:
        with st.container(border=True):
            _tile(user, tile)
    grid = st.grid(2, min_column_width=380, border=True)
    for tile in others:
        with grid.cell():
            _tile(user, tile)
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button("Refresh", icon=":material/refresh:", key="refresh"):
            _rows.clear()
            st.rerun()
        st.caption(f"As of {short(clock.now(), user)}, at most a minute old.")


def _tile(user: Actor, tile: TileResponse) -> None:
    title = tile.title or tile.saved_query_name
    st.markdown(f"**{plain(title)}**")
    try:
        preview = _rows(user.id, tile, PreviewRequest(parameters=tile.parameters, limit=_LIMIT), user)
    except RoosterError as error:
        st.error(plain(error.message), icon=":material/error:")
        return
    remember_columns(tile.saved_query_id, preview)
    if not preview.rows:
        st.caption("No rows.")
        return
    result_chart(preview, tile.chart, title=title, key=f"tile-{tile.id}")
    if preview.truncated:
        st.caption(f"The first {_LIMIT:,} rows.")


@st.cache_data(
    ttl=_FRESH_S,
    show_spinner="Running the query\u2026",
    max_entries=200,
    hash_funcs={PreviewRequest: str, TileResponse: str},
)
def _rows(user_id: UUID, tile: TileResponse, request: PreviewRequest, _user: Actor) -> Preview:
    """`user_id` keeps one person's rows out of another one's sight: it is part of the cache's key."""
    assert user_id == _user.id
    with read_scope() as session:
        prepared = saved_queries.prepare_preview(
            session, actor=_user, saved_query_id=tile.saved_query_id, request=request, tile=tile
        )
    return saved_queries.run_preview(prepared)
