"""How a result is shown in mails and files: key figures, chart, names of columns. Left empty, it is guessed."""

from __future__ import annotations

from typing import Any, Final, get_args

import streamlit as st

from core.schemas.content import (
    Aggregate,
    ChartAggregate,
    ChartSpec,
    ColumnSpec,
    DrawnAs,
    KpiSpec,
    MinSampleSpec,
    Presentation,
    Preview,
)
from pages.components.charts import CHARTS

_GUESSED: Final = "Guess"
# No column of a result is called so by accident.
_NO_MINIMUM: Final = "No minimum"
_AGGREGATES: Final = list(get_args(Aggregate))
_FOLDED: Final[dict[ChartAggregate | None, str]] = {
    None: _GUESSED,
    "sum": "Sum",
    "avg": "Average",
    "min": "Lowest",
    "max": "Highest",
    "count": "Count",
}


def presentation_form(saved: Presentation, preview: Preview | None, *, key: str) -> Presentation:
    """Needs a result to know the columns; without one it keeps what is saved."""
    with st.expander("How it looks in mails and files", icon=":material/palette:"):
        st.caption("Everything here is optional: what is left out is guessed from names and types of the columns.")
        if preview is None:
            st.caption(":material/info: Run the query first, so that its columns can be chosen.")
            return saved
        names = [column.name for column in preview.columns]
        chart = _chart(saved.chart, names, key)
        kpis = _kpis(saved.kpis, names, key)
        columns = _columns(saved.columns, names, key)
        shown = [name for name in names if name not in columns or not columns[name].hidden]
        sample = _min_sample(saved.min_sample, shown, key)
    return Presentation(chart=chart, kpis=kpis, columns=columns, min_sample=sample)


def _chart(saved: ChartSpec | None, names: list[str], key: str) -> ChartSpec | None:
    left, middle, right, last = st.columns(4)
    kinds = [_GUESSED, *CHARTS]
    kind: DrawnAs | str = left.selectbox(
        "Chart", kinds, index=kinds.index(saved.kind) if saved else 0, key=f"{key}-chart",
        format_func=lambda value: CHARTS.get(value, value),
    )  # fmt: skip
    if kind == _GUESSED:
        return None
    across = saved.x if saved and saved.x in names else None
    x = middle.selectbox("Across", names, index=names.index(across) if across else None, key=f"{key}-x")
    up = ([saved.y] if isinstance(saved.y, str) else saved.y or []) if saved else []
    y = right.multiselect("Up", names, default=[name for name in up if name in names], key=f"{key}-y")
    how = last.selectbox(
        "Several rows at one place", _FOLDED, key=f"{key}-fold", format_func=lambda word: _FOLDED[word],
        index=list(_FOLDED).index(saved.aggregate if saved else None),
    )  # fmt: skip
    title = saved.title if saved else None
    return ChartSpec.model_validate({"kind": kind, "x": x, "y": y or None, "title": title, "aggregate": how})


def _kpis(saved: list[KpiSpec] | None, names: list[str], key: str) -> list[KpiSpec] | None:
    st.markdown("**Key figures**")
    rows = [kpi.model_dump() for kpi in saved or []]
    empty: dict[str, Any] = dict.fromkeys(("label", "column", "aggregate", "format", "higher_is_better"))
    edited = st.data_editor(
        rows or [empty], num_rows="dynamic", key=f"{key}-kpis", hide_index=True,
        column_config={
            "label": st.column_config.TextColumn("Label"),
            "column": st.column_config.SelectboxColumn("Column", options=names),
            "aggregate": st.column_config.SelectboxColumn("Figure", options=_AGGREGATES),
            "format": st.column_config.TextColumn("Format"),
            "higher_is_better": st.column_config.CheckboxColumn("More is better"),
        },
    )  # fmt: skip
    found = [KpiSpec.model_validate(_without_blanks(row)) for row in edited if row.get("label") and row.get("column")]
    return found or None


def _columns(saved: dict[str, ColumnSpec], names: list[str], key: str) -> dict[str, ColumnSpec]:
    st.markdown("**Columns**")
    known = {name: saved.get(name, ColumnSpec()) for name in names}
    edited = st.data_editor(
        [{"column": name, **spec.model_dump()} for name, spec in known.items()],
        key=f"{key}-columns", hide_index=True, disabled=["column"],
        column_config={
            "column": "Column",
            "label": st.column_config.TextColumn("Label"),
            "format": st.column_config.TextColumn("Format"),
            "hidden": st.column_config.CheckboxColumn("Hide"),
        },
    )  # fmt: skip
    found = {row["column"]: ColumnSpec.model_validate(_without_blanks(row, "column")) for row in edited}
    return {name: spec for name, spec in found.items() if spec != ColumnSpec()}


def _min_sample(saved: MinSampleSpec | None, names: list[str], key: str) -> MinSampleSpec | None:
    st.markdown("**Minimum sample**")
    left, right, _ = st.columns(3)
    at = names.index(saved.column) if saved and saved.column in names else None
    chosen: str = left.selectbox(
        "Count in column", [_NO_MINIMUM, *names], index=0 if at is None else at + 1, key=f"{key}-sample-column",
        help="Such as the number of flights: rows with too few of them are shown in grey and lead no ranking.",
    )  # fmt: skip
    least = right.number_input(
        "Least number", min_value=1, value=saved.least if saved else 5, step=1, key=f"{key}-sample-least",
        disabled=chosen == _NO_MINIMUM,
    )  # fmt: skip
    return None if chosen == _NO_MINIMUM else MinSampleSpec(column=chosen, least=least)


def _without_blanks(row: dict[str, Any], *left_out: str) -> dict[str, Any]:
    cleaned = {key: value for key, value in row.items() if key not in left_out and value not in (None, "")}
    return {"aggregate": "sum", **cleaned} if "column" in cleaned else cleaned
