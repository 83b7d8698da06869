"""Which columns of a table a mail has room for: the names of the rows first, then the key figures, by width."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from core.document.model import Column, Section
from core.document.shapes import text_width

# CSS px of the card, in a mail at its full width and on a phone.
_WIDE: Final = 638
_PHONE: Final = 372
_PHONE_COLUMNS: Final = 4
_EDGES: Final = 34
_PHONE_EDGES: Final = 18
_PADDING: Final = 14
_CELL_PX: Final = 13
_HEADER_PX: Final = 12
# Our font is measured; the fonts of mail programs are wider.
_WIDER: Final = 1.13
# A name in the first column may be this wide on one line, a text in any other before it wraps.
_NAME: Final = 200
_PHONE_NAME: Final = 160
_TEXT: Final = 150
_MAX_NAMES: Final = 3


@dataclass(frozen=True, slots=True)
class Chosen:
    """`kept` stand in the mail in the query's order, `on_phone` are those that phones show as well.

    `one_line` and `one_line_on_phone` tell whether each name in the first column has room on one line.
    """

    kept: tuple[Column, ...]
    on_phone: tuple[Column, ...]
    one_line: bool
    one_line_on_phone: bool


def choose_columns(section: Section, texts: Sequence[Sequence[str]], *, most: int) -> Chosen:
    """`texts` are the cells of each visible column; at most `most` columns are kept, and always the first."""
    visible = section.head.visible
    order = _by_importance(section, texts)
    natural = [_width(column, cells) for column, cells in zip(visible, texts, strict=True)]
    wide = _fitting(order, visible, natural, room=_WIDE - _EDGES, name=_NAME, most=most)
    phone = _fitting(
        [column for column in order if column in wide],
        visible,
        natural,
        room=_PHONE - _PHONE_EDGES,
        name=_PHONE_NAME,
        most=min(_PHONE_COLUMNS, most),
    )
    return Chosen(
        kept=tuple(column for column in visible if column in wide),
        on_phone=tuple(phone),
        one_line=natural[0] <= _NAME + _PADDING,
        one_line_on_phone=natural[0] <= _PHONE_NAME + _PADDING,
    )


def header_lines(label: str) -> str:
    """The unit stays with the last word of its label: a narrow header then breaks in two lines, not in three."""
    return label.replace(" (", "\u00a0(")


def _by_importance(section: Section, texts: Sequence[Sequence[str]]) -> list[Column]:
    """The columns that name the row, then the key figures, then other numbers, each in the query's order."""
    visible = section.head.visible
    names = visible[: _names(visible, texts)]
    figures = {kpi.column for kpi in section.kpis}
    # A share of all rows is a column of its own beside the rows' shares, by the same label.
    labels = {kpi.label.casefold() for kpi in section.kpis}
    others = [column for column in visible if column not in names]

    def rank(column: Column) -> tuple[bool, bool]:
        is_figure = column.name in figures or column.label.casefold() in labels
        return not is_figure, not column.is_numeric

    return [*names, *sorted(others, key=rank)]


def _names(visible: Sequence[Column], texts: Sequence[Sequence[str]]) -> int:
    """How many leading columns it takes to tell the rows apart: origin and destination, date and order number."""
    for count in range(1, min(_MAX_NAMES, len(visible)) + 1):
        rows = list(zip(*texts[:count], strict=True))
        is_last = count == len(visible) or visible[count].is_numeric
        if is_last or len(set(rows)) == len(rows):
            return count
    return _MAX_NAMES


def _fitting(
    order: Sequence[Column], visible: Sequence[Column], natural: Sequence[float], *, room: float, name: float, most: int
) -> list[Column]:
    """As many as there is room for; one that is too wide is passed over, never the first."""
    chosen: list[Column] = []
    for column in order:
        number = visible.index(column)
        width = min(natural[number], (_TEXT if number else name) + _PADDING) if _wraps(column) else natural[number]
        if not chosen or (len(chosen) < most and width <= room):
            chosen.append(column)
            room -= width
    return chosen


def _wraps(column: Column) -> bool:
    return column.kind in ("text", "other")


def _width(column: Column, cells: Sequence[str]) -> float:
    """The widest cell or, when it is wider, the header on two lines."""
    widest = max((text_width(text, _CELL_PX) for text in cells), default=0.0)
    label = f"{column.label} ({column.unit})" if column.unit and column.kind != "percent" else column.label
    words = header_lines(label).split(" ")
    header = min(
        max(_header_width(words[:cut]), _header_width(words[cut:]))
        for cut in range(1 if len(words) > 1 else 0, len(words))
    )
    return max(widest, header) * _WIDER + _PADDING


def _header_width(words: Sequence[str]) -> float:
    return text_width(" ".join(words), _HEADER_PX, "semibold")
