"""Results as charts, figures and tables, drawn in the browser without the internet."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

import streamlit as st

from core.schemas.content import DrawnAs, Preview, PreviewChart, PreviewColumn, PreviewSeries, TileChart
from pages.components.feedback import plain

CHARTS: Final[dict[DrawnAs, str]] = {
    "table": "Table",
    "metric": "Figures",
    "line": "Line",
    "bar": "Bars",
    "area": "Area",
    "scatter": "Scatter",
    "pie": "Pie",
}
TILE_CHARTS: Final[dict[TileChart, str]] = {"auto": "By the data", **CHARTS}
_MOST_FIGURES: Final = 4
_HEIGHT: Final = 320
_MOST_MARKED: Final = 40


def result_table(preview: Preview) -> None:
    shown = [(at, column) for at, column in enumerate(preview.columns) if not column.hidden]
    columns = {column.name: [row[at] for row in preview.rows] for at, column in shown}
    # Whole numbers stay as they are: they may be years or ids.
    config = {
        column.name: st.column_config.NumberColumn(label_of(column), format="localized")
        if column.type == "number"
        else st.column_config.Column(label_of(column))
        for _, column in shown
    }
    st.dataframe(columns, hide_index=True, column_config=config, alt=f"{len(preview.rows)} rows")


def result_chart(preview: Preview, kind: TileChart, *, title: str, key: str) -> None:
    """One result as what was chosen, with the points that the mail would draw."""
    chart = preview.chart
    if kind == "metric":
        _figures(preview)
    elif kind == "table" or chart is None:
        result_table(preview)
    else:
        if chart.subtitle:
            st.caption(plain(chart.subtitle))
        spec = _pie(chart) if chart.kind == "pie" else _cartesian(chart)
        st.echarts_chart(spec, height=_HEIGHT, key=key, alt=f"{CHARTS[chart.kind]} chart: {title}")


def label_of(column: PreviewColumn) -> str:
    """Its name for people; SQL that is not saved yet has none but its own."""
    return column.label or column.name


def remember_columns(query_id: UUID, preview: Preview) -> None:
    """For the forms that let one choose among them."""
    st.session_state[f"columns-{query_id}"] = [column.name for column in preview.columns]


def known_columns(query_id: UUID) -> list[str]:
    """The columns of a query that was run in this visit; none when it was not."""
    found: list[str] = st.session_state.get(f"columns-{query_id}", [])
    return found


def _figures(preview: Preview) -> None:
    """The same figures as in the mail."""
    with st.container(horizontal=True):
        for figure in preview.figures[:_MOST_FIGURES]:
            st.metric(plain(figure.label), plain(figure.value))


def _cartesian(chart: PreviewChart) -> dict[str, Any]:
    is_cloud = chart.kind == "scatter"
    several = len(chart.series) > 1
    return {
        "tooltip": {"trigger": "item" if is_cloud else "axis", "valueFormatter": "localized"},
        "legend": {"show": several, "top": 0},
        "grid": {"left": 8, "right": 16, "top": 36 if several else 16, "bottom": 8, "containLabel": True},
        "xAxis": {"type": "value", "scale": True}
        if is_cloud
        else {"type": "category", "data": chart.x, "boundaryGap": chart.kind == "bar"},
        "yAxis": {
            "type": "value",
            "scale": chart.kind in ("line", "scatter"),
            "axisLabel": {"formatter": f"{{value}}{chart.unit}"} if chart.unit else {},
        },
        "series": [_series(chart, one) for one in chart.series],
    }


def _series(chart: PreviewChart, one: PreviewSeries) -> dict[str, Any]:
    is_cloud = chart.kind == "scatter"
    return {
        "name": one.name,
        "type": "line" if chart.kind == "area" else chart.kind,
        "data": [list(pair) for pair in zip(chart.x, one.values, strict=True)] if is_cloud else one.values,
        "barMaxWidth": 56,
        "showSymbol": is_cloud or len(chart.x) <= _MOST_MARKED,
        **({"areaStyle": {"opacity": 0.18}} if chart.kind == "area" else {}),
    }


def _pie(chart: PreviewChart) -> dict[str, Any]:
    slices = [
        {"name": name, "value": value} for name, value in zip(chart.x, chart.series[0].values, strict=True) if value
    ]
    return {
        "tooltip": {"trigger": "item", "valueFormatter": "localized"},
        "legend": {"bottom": 0, "type": "scroll"},
        "series": [
            {
                "type": "pie",
                "radius": ["42%", "66%"],
                "center": ["50%", "44%"],
                "data": slices,
                "label": {"position": "inside", "formatter": "{d}%"},
            }
        ],
    }
