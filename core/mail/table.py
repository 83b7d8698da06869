"""The first rows of a section as text, with the columns that fit and the few that phones keep."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from core import clock
from core.document.model import Column, Kpi, ReportHead, Section, stands_right
from core.document.samples import sample_sentence, small_rows
from core.document.values import as_decimal, format_array
from core.mail.columns import choose_columns, header_lines
from core.text import plural

Chip = Literal["", "good", "warn", "bad"]

_MAX_CELL = 80
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
    muted: bool = False


@dataclass(frozen=True, slots=True)
class ColumnView:
    label: str
    align: Literal["left", "right", "center"]
    on_phone: bool


@dataclass(frozen=True, slots=True)
class TableView:
    """Columns, rows of cells in the same order, and the line beneath.

    `more_columns` is what a wide screen leaves out, `more_on_phone` what a phone does; `one_line` and
    `one_line_on_phone` tell whether the names in the first column stay on one line.
    """

    columns: tuple[ColumnView, ...]
    rows: tuple[tuple[Cell, ...], ...]
    shown: str
    more_columns: str
    more_on_phone: str
    where: str
    one_line: bool
    one_line_on_phone: bool
    sample: str = ""


def table_view(section: Section, *, head: ReportHead, limits: TableLimits, where: str) -> TableView | None:
    """None when there is nothing to show or no room."""
    preview = section.preview
    if preview is None or limits.rows == 0 or limits.columns == 0 or not section.head.visible:
        return None
    rows = preview.slice(0, limits.rows)
    visible = section.head.visible
    texts = [_texts(rows.column(column.name), column, head) for column in visible]
    chosen = choose_columns(section, texts, most=limits.columns)
    kept, on_phone, total = chosen.kept, chosen.on_phone, len(visible)
    small = small_rows(rows, section.head.sample).tolist()
    cells = [
        _cells(rows.column(column.name), column, shown, section.kpis, small)
        for column, shown in zip(visible, texts, strict=True)
        if column in kept
    ]
    return TableView(
        columns=tuple(
            _column_view(column, section=section, on_phone=column in on_phone, is_first=number == 0)
            for number, column in enumerate(kept)
        ),
        rows=tuple(zip(*cells, strict=True)),
        shown=_shown(rows.num_rows, section.row_count),
        more_columns=_more_columns(total - len(kept)),
        more_on_phone=_more_columns(total - len(on_phone)),
        where=where if rows.num_rows < section.row_count or len(kept) < total else "",
        one_line=chosen.one_line,
        one_line_on_phone=chosen.one_line_on_phone,
        sample=f"{sample_sentence(section)}." if section.small_rows else "",
    )


def _column_view(column: Column, *, section: Section, on_phone: bool, is_first: bool) -> ColumnView:
    label = f"{column.label} ({column.unit})" if column.unit and column.kind != "percent" else column.label
    label = header_lines(label)
    if _benchmark(column, section.kpis) is not None:
        return ColumnView(label, "center", on_phone)
    return ColumnView(label, "right" if stands_right(column, is_first=is_first) else "left", on_phone)


def _texts(values: Any, column: Column, head: ReportHead) -> list[str]:
    texts = format_array(values, column, locale=head.locale, zone=clock.zone(head.timezone))
    return [_short(text) for text in texts]


def _cells(values: Any, column: Column, texts: Sequence[str], kpis: Sequence[Kpi], small: Sequence[bool]) -> list[Cell]:
    """A row that rests on little is grey, and its share is neither good nor bad."""
    benchmark = _benchmark(column, kpis)
    if benchmark is None:
        return [Cell(text, muted=muted) for text, muted in zip(texts, small, strict=True)]
    return [
        Cell(text, muted=True) if muted else Cell(text, _chip(as_decimal(value), benchmark))
        for text, value, muted in zip(texts, values.to_pylist(), small, strict=True)
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
        # The share of all rows is no average of the shares of rows: queries give it as a column of its own.
        is_average = kpi.column == column.name and kpi.aggregate == "avg" or _is_share_of_all(kpi, column)
        if is_average and kpi.higher_is_better is not None and value is not None and value.is_finite() and value > 0:
            return _Benchmark(value, kpi.higher_is_better)
    return None


def _is_share_of_all(kpi: Kpi, column: Column) -> bool:
    return kpi.display.kind == "percent" and kpi.label.casefold() == column.label.casefold()


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
