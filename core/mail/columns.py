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
# Our font is measured. The widest that a mail program falls back on, DejaVu Sans, must not push a table off the screen.
_WIDER_TEXT: Final = 1.18
_WIDER_FIGURES: Final = 1.24
_WIDER_HEADER: Final = 1.3
# A share may stand in a coloured chip.
_CHIP: Final = 14
# Headers up to this length never wrap: `parts.html.j2` says so.
_HEADER_ON_ONE_LINE: Final = 12
# A name in the first column may be this wide on one line, a text in any other before it wraps.
_NAME: Final = 200
_PHONE_NAME: Final = 160
# Names that must give way wrap, between words, down to this.
_NARROWEST_NAME: Final = 70
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
    least = [natural[0] if not _wraps(visible[0]) else _least_name(natural[0], texts[0]), *natural[1:]]
    wide, spare = _fitting(order, visible, least, room=_WIDE - _EDGES, most=most)
    phone, phone_spare = _fitting(
        [column for column in order if column in wide],
        visible,
        least,
        room=_PHONE - _PHONE_EDGES,
        most=min(_PHONE_COLUMNS, most),
    )
    more = natural[0] - least[0]
    return Chosen(
        kept=tuple(column for column in visible if column in wide),
        on_phone=tuple(phone),
        one_line=natural[0] <= _NAME + _PADDING and more <= spare,
        one_line_on_phone=natural[0] <= _PHONE_NAME + _PADDING and more <= phone_spare,
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
    order: Sequence[Column], visible: Sequence[Column], least: Sequence[float], *, room: float, most: int
) -> tuple[list[Column], float]:
    """As many as there is room for, and what is left of it; one that is too wide is passed over, never the first."""
    chosen: list[Column] = []
    for column in order:
        number = visible.index(column)
        width = min(least[number], _TEXT + _PADDING) if _wraps(column) else least[number]
        if not chosen or (len(chosen) < most and width <= room):
            chosen.append(column)
            room -= width
    return chosen, room


def _wraps(column: Column) -> bool:
    return column.kind in ("text", "other")


def _width(column: Column, cells: Sequence[str]) -> float:
    """The widest cell or, when it is wider, the header on as many lines as it may take."""
    widest = max((text_width(text, _CELL_PX) for text in cells), default=0.0)
    widest *= _WIDER_TEXT if _wraps(column) else _WIDER_FIGURES
    label = f"{column.label} ({column.unit})" if column.unit and column.kind != "percent" else column.label
    words = [label] if len(label) <= _HEADER_ON_ONE_LINE else header_lines(label).split(" ")
    header = min(
        max(_header_width(words[:cut]), _header_width(words[cut:]))
        for cut in range(1 if len(words) > 1 else 0, len(words))
    )
    return max(widest + (_CHIP if column.kind == "percent" else 0), header * _WIDER_HEADER) + _PADDING


def _least_name(natural: float, cells: Sequence[str]) -> float:
    """How narrow the first column may become: its longest word."""
    words = (word for text in cells for word in text.split())
    longest = max((text_width(word, _CELL_PX) for word in words), default=0.0) * _WIDER_TEXT
    return min(natural, max(longest, _NARROWEST_NAME) + _PADDING)


def _header_width(words: Sequence[str]) -> float:
    return text_width(" ".join(words), _HEADER_PX, "semibold")
