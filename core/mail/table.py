"""The first rows of a section as text, with the columns that fit and the few that phones keep."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from core import clock
from core.document.bands import rates_of
from core.document.model import Column, ReportHead, Section, Thirds, stands_right
from core.document.samples import sample_sentence, small_rows
from core.document.values import format_array
from core.mail.columns import choose_columns, header_lines
from core.text import plural

Chip = Literal["", "good", "warn", "bad"]

_MAX_CELL = 80


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
        _cells(rows.column(column.name), shown, section.thirds.get(column.name), small)
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
    if column.name in section.thirds:
        return ColumnView(label, "center", on_phone)
    return ColumnView(label, "right" if stands_right(column, is_first=is_first) else "left", on_phone)


def _texts(values: Any, column: Column, head: ReportHead) -> list[str]:
    texts = format_array(values, column, locale=head.locale, zone=clock.zone(head.timezone))
    return [_short(text) for text in texts]


def _cells(values: Any, texts: Sequence[str], thirds: Thirds | None, small: Sequence[bool]) -> list[Cell]:
    """A row that rests on little is grey, and its share is neither good nor bad."""
    if thirds is None:
        return [Cell(text, muted=muted) for text, muted in zip(texts, small, strict=True)]
    return [
        Cell(text, muted=True) if muted else Cell(text, thirds.band(value) or "")
        for text, value, muted in zip(texts, rates_of(values).tolist(), small, strict=True)
    ]


def _short(text: str) -> str:
    return text if len(text) <= _MAX_CELL else text[: _MAX_CELL - 1].rstrip() + "\u2026"


def _shown(rows: int, total: int) -> str:
    return "" if rows >= total else f"Showing {rows:,} of {plural(total, 'row')}."


def _more_columns(count: int) -> str:
    return f"{plural(count, 'more column')} in the full report." if count > 0 else ""
