"""The key figures of a mail, two to a row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core import clock
from core.document.model import Kpi, ReportDocument, ReportHead, Section
from core.document.shapes import text_width
from core.document.values import format_delta, format_value

_MAX_TILES = 8
# CSS px: a tile's label, in letters that may be wider than ours, and what the paddings leave for it.
_LABEL_SIZE = 12 * 1.2
_LABEL_ROOM = 112
_VALUE_SIZES = (24, 20, 17)
# A value may reach into the padding in the widest letters, never to the edge.
_VALUE_ROOM = 117
# On a phone, where one pair is narrowest.
_VALUE_ROOM_ALONE = 140
# What the widest bold letters that a mail program falls back on need more than ours.
_WIDER_VALUE = 1.24


@dataclass(frozen=True, slots=True)
class Tile:
    """A key figure. `direction` is good, bad or neutral; `was` names the earlier value."""

    label: str
    value: str
    delta: str = ""
    arrow: str = ""
    direction: str = "neutral"
    was: str = ""

    @property
    def label_lines(self) -> int:
        """One, or two where the words are too many for a quarter of the mail."""
        return 1 if text_width(self.label, _LABEL_SIZE) <= _LABEL_ROOM else 2

    def value_size(self, *, alone: bool = False) -> int:
        """CSS px: the largest that keeps the value off the tile's edge; `alone` for one pair that has the whole row."""
        room = _VALUE_ROOM_ALONE if alone else _VALUE_ROOM
        widths = {size: text_width(self.value, size, "semibold") * _WIDER_VALUE for size in _VALUE_SIZES}
        return next((size for size, width in widths.items() if width <= room), _VALUE_SIZES[-1])

    @property
    def change_lines(self) -> int:
        return bool(self.delta) + bool(self.was)


def top_tiles(document: ReportDocument) -> list[Tile]:
    """Key figures above everything else: those of a single query, or those a dashboard shows as metrics."""
    if len(document.sections) == 1:
        kpis = list(document.sections[0].kpis)[:4]
    else:
        kpis = [kpi for section in document.sections if is_tile(section) for kpi in section.kpis][:_MAX_TILES]
    return [tile_of(kpi, document.head) for kpi in kpis]


def in_pairs(tiles: Sequence[Tile]) -> tuple[tuple[Tile | None, ...], ...]:
    """Two to a row, the last row filled up: pairs fall under each other on phones without media queries."""
    padded: list[Tile | None] = [*tiles, None] if len(tiles) % 2 else [*tiles]
    return tuple((padded[index], padded[index + 1]) for index in range(0, len(padded), 2))


def tile_of(kpi: Kpi, head: ReportHead) -> Tile:
    value = format_value(kpi.value, kpi.display, locale=head.locale, zone=clock.zone(head.timezone), unit=True)
    delta = format_delta(kpi, locale=head.locale, zone=clock.zone(head.timezone))
    if delta is None:
        return Tile(kpi.label, value)
    return Tile(kpi.label, value, delta.text, delta.arrow, delta.direction, f"was {delta.was}")


def is_tile(section: Section) -> bool:
    return section.as_figures and bool(section.kpis) and section.error is None
