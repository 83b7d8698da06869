"""The first rows of a section as text, with the columns that fit and the few that phones keep."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from core import clock
from core.document.model import Column, Kpi, ReportHead, Section
from core.document.values import as_decimal, format_array
from core.text import plural

Chip = Literal["", "good", "warn", "bad"]

# A phone shows the first column and three figures without scrolling sideways.
_PHONE_COLUMNS = 4
_MAX_CELL = 80
_SHORT_NAME = 22
# Within a tenth of the report's own figure is still middling.
_NEAR = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class TableLimits:
    """How much of a table goes into the mail."""

    columns: int
    rows: int


@dataclass(frozen=True, slots=True)
class Cell:
    text: str
    chip: Chip = ""


@dataclass(frozen=True, slots=True)
class ColumnView:
    label: str
    align: Literal["left", "right", "center"]
    on_phone: bool


@dataclass(frozen=True, slots=True)
class TableView:
    """Columns, rows of cells in the same order, and the line beneath.

    `more_columns` is what a wide screen leaves out, `more_on_phone` what a phone does.
    """

    columns: tuple[ColumnView, ...]
    rows: tuple[tuple[Cell, ...], ...]
    shown: str
    more_columns: str
    more_on_phone: str
    where: str

    @property
    def names_are_short(self) -> bool:
        """Whether the first column may stay on one line each."""
        return all(len(row[0].text) <= _SHORT_NAME for row in self.rows)


def table_view(section: Section, *, head: ReportHead, limits: TableLimits, where: str) -> TableView | None:
    """None when there is nothing to show or no room."""
    preview = section.preview
    if preview is None or limits.rows == 0 or limits.columns == 0 or not section.head.visible:
        return None
    by_importance = _by_importance(section)
    kept = [column for column in section.head.visible if column in by_importance[: limits.columns]]
    on_phone = by_importance[: min(_PHONE_COLUMNS, limits.columns)]
    rows = preview.slice(0, limits.rows)
    cells = [_cells(rows.column(column.name), column, section=section, head=head) for column in kept]
    total = len(section.head.visible)
    return TableView(
        columns=tuple(_column_view(column, section=section, on_phone=column in on_phone) for column in kept),
        rows=tuple(zip(*cells, strict=True)),
        shown=_shown(rows.num_rows, section.row_count),
        more_columns=_more_columns(total - len(kept)),
        more_on_phone=_more_columns(total - len(on_phone)),
        where=where if rows.num_rows < section.row_count or len(kept) < total else "",
    )


def _by_importance(section: Section) -> list[Column]:
    """The first column names the row; then the key figures, then the rest, each in the query's order."""
    figures = {kpi.column for kpi in section.kpis}
    first, *others = section.head.visible
    return [first, *sorted(others, key=lambda column: (column.name not in figures, not column.is_numeric))]


def _column_view(column: Column, *, section: Section, on_phone: bool) -> ColumnView:
    label = f"{column.label} ({column.unit})" if column.unit and column.kind != "percent" else column.label
    if _benchmark(column, section.kpis) is not None:
        return ColumnView(label, "center", on_phone)
    is_right = column.is_numeric or column.kind in ("date", "datetime", "time")
    return ColumnView(label, "right" if is_right else "left", on_phone)


def _cells(values: Any, column: Column, *, section: Section, head: ReportHead) -> list[Cell]:
    texts = format_array(values, column, locale=head.locale, zone=clock.zone(head.timezone))
    benchmark = _benchmark(column, section.kpis)
    if benchmark is None:
        return [Cell(_short(text)) for text in texts]
    return [
        Cell(_short(text), _chip(as_decimal(value), benchmark))
        for text, value in zip(texts, values.to_pylist(), strict=True)
    ]


def _short(text: str) -> str:
    return text if len(text) <= _MAX_CELL else text[: _MAX_CELL - 1].rstrip() + "\u2026"


@dataclass(frozen=True, slots=True)
class _Benchmark:
    """The report's own average of a share, which its rows are measured by."""

    value: Decimal
    higher_is_better: bool


def _benchmark(column: Column, kpis: Sequence[Kpi]) -> _Benchmark | None:
    if column.kind != "percent":
        return None
    for kpi in kpis:
        value = as_decimal(kpi.value)
        is_average = kpi.column == column.name and kpi.aggregate == "avg"
        if is_average and kpi.higher_is_better is not None and value is not None and value.is_finite() and value > 0:
            return _Benchmark(value, kpi.higher_is_better)
    return None


def _chip(value: Decimal | None, benchmark: _Benchmark) -> Chip:
    if value is None or not value.is_finite():
        return ""
    lead = (value - benchmark.value) / benchmark.value
    if not benchmark.higher_is_better:
        lead = -lead
    if lead >= 0:
        return "good"
    return "warn" if lead >= -_NEAR else "bad"


def _shown(rows: int, total: int) -> str:
    return "" if rows >= total else f"Showing {rows:,} of {plural(total, 'row')}."


def _more_columns(count: int) -> str:
    return f"{plural(count, 'more column')} in the full report." if count > 0 else ""
