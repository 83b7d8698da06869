"""Results as charts, figures and tables, drawn in the browser without the internet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

import streamlit as st

from core.schemas.content import DrawnAs, Preview, PreviewColumn, TileChart
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
_NUMBERS: Final = ("integer", "number")
_MOST_SERIES: Final = 6
_MOST_FIGURES: Final = 4
_HEIGHT: Final = 320
_MOST_DATED_BARS: Final = 31


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


def result_chart(preview: Preview, kind: TileChart, *, x: str | None, y: Sequence[str], title: str, key: str) -> None:
    """One result as what was chosen; columns that are not named are guessed."""
    across, values = axes(preview, x=x, y=y)
    kind = _chosen(preview, across) if kind == "auto" else kind
    if kind == "table" or not values or not preview.rows:
        result_table(preview)
    elif kind == "metric":
        _figures(preview)
    else:
        spec = _pie(preview, across, values[0]) if kind == "pie" else _cartesian(preview, kind, across, values)
        st.echarts_chart(spec, height=_HEIGHT, key=key, alt=f"{CHARTS[kind]} chart: {title}")


def label_of(column: PreviewColumn) -> str:
    """Its name for people; SQL that is not saved yet has none but its own."""
    return column.label or column.name


def _chosen(preview: Preview, across: str | None) -> DrawnAs:
    """As reports choose: a line for many dates, bars for few and for names."""
    types = {column.name: column.type for column in preview.columns}
    is_time = types.get(across or "") in ("date", "datetime")
    return "line" if is_time and len(preview.rows) > _MOST_DATED_BARS else "bar"


def remember_columns(query_id: UUID, preview: Preview) -> None:
    """For the forms that let one choose among them."""
    st.session_state[f"columns-{query_id}"] = [column.name for column in preview.columns]


def known_columns(query_id: UUID) -> list[str]:
    """The columns of a query that was run in this visit; none when it was not."""
    found: list[str] = st.session_state.get(f"columns-{query_id}", [])
    return found


def numeric_columns(preview: Preview) -> list[str]:
    return [column.name for column in preview.columns if column.type in _NUMBERS and not column.hidden]


def axes(preview: Preview, *, x: str | None, y: Sequence[str]) -> tuple[str | None, list[str]]:
    """The first column that is no number goes across, numbers go up."""
    names, numbers = [column.name for column in preview.columns], numeric_columns(preview)
    across = x if x in names else next((name for name in names if name not in numbers), None)
    # Only one is guessed: columns such as revenue and orders do not share a scale.
    chosen = [name for name in y if name in names] or [name for name in numbers if name != across][:1]
    return across, chosen[:_MOST_SERIES]


def _figures(preview: Preview) -> None:
    """The same figures as in the mail."""
    with st.container(horizontal=True):
        for figure in preview.figures[:_MOST_FIGURES]:
            st.metric(plain(figure.label), plain(figure.value))


def _labels(preview: Preview) -> dict[str, str]:
    return {column.name: label_of(column) for column in preview.columns}


def _cartesian(preview: Preview, kind: DrawnAs, across: str | None, values: Sequence[str]) -> dict[str, Any]:
    labels = [str(value) for value in _column(preview, across)] if across else [str(n + 1) for n in _counted(preview)]
    series = [
        {
            "name": _labels(preview)[name],
            "type": "line" if kind == "area" else kind,
            "data": [_number(value) for value in _column(preview, name)],
            "barMaxWidth": 56,
            "showSymbol": kind == "scatter" or len(preview.rows) <= 40,
            **({"areaStyle": {"opacity": 0.18}} if kind == "area" else {}),
        }
        for name in values
    ]
    return {
        "tooltip": {"trigger": "item" if kind == "scatter" else "axis", "valueFormatter": "localized"},
        "legend": {"show": len(values) > 1, "top": 0},
        "grid": {"left": 8, "right": 16, "top": 36 if len(values) > 1 else 16, "bottom": 8, "containLabel": True},
        "xAxis": {"type": "category", "data": labels, "boundaryGap": kind == "bar"},
        "yAxis": {"type": "value", "scale": kind in ("line", "scatter")},
        "series": series,
    }


def _pie(preview: Preview, across: str | None, value: str) -> dict[str, Any]:
    names = [str(name) for name in _column(preview, across)] if across else [str(n + 1) for n in _counted(preview)]
    slices = [
        {"name": name, "value": _number(number)} for name, number in zip(names, _column(preview, value), strict=True)
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


def _counted(preview: Preview) -> range:
    return range(len(preview.rows))


def _column(preview: Preview, name: str | None) -> list[Any]:
    at = [column.name for column in preview.columns].index(name or "")
    return [row[at] for row in preview.rows]


def _number(value: Any) -> float | None:
    try:
        return None if value is None else float(value)
    except (TypeError, ValueError):
        return None
