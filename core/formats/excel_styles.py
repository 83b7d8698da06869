"""How values look in the workbook: number formats from the columns, colours from the palette."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import pyarrow as pa

from core.document.model import Column, Kind, ReportHead
from core.document.tokens import EXCEL_FONT, LIGHT, Palette, with_brand
from core.document.values import ValueFormat, is_currency, parse_format
from core.formats.arrow_text import UNITS_PER_SECOND, integers, plain

# What XlsxWriter's `add_format` takes, as a value that can be compared.
Style = tuple[tuple[str, Any], ...]

_TIMES: Final = {"time": "hh:mm", "datetime": "d mmm yyyy hh:mm"}
_SECONDS: Final = ":ss"


def palette_of(head: ReportHead) -> Palette:
    """The colours of the workspace, on paper."""
    return with_brand(LIGHT, head.brand.colour)


class Look:
    """The styles of a workbook in the colours of a palette; texts stand at the side from which people read."""

    def __init__(self, palette: Palette, *, from_right: bool = False) -> None:
        self.palette = palette
        self._start = "right" if from_right else "left"
        self._common = {"align": "right"} if from_right else {}
        # A workspace with a colour of its own signs its workbooks with it.
        ink = palette.text if palette.brand == LIGHT.brand else palette.link
        self.title = self.style(font_size=20, bold=True, valign="vcenter", font_color=ink)
        self.subtitle = self.style(font_color=palette.sub, valign="top")
        self.notice = self.style(font_color=palette.warn, bg_color=palette.warn_soft, bold=True, **_WRAPPED)
        self.error = self.style(font_color=palette.bad, bg_color=palette.bad_soft, bold=True, **_WRAPPED)
        self.section = self.style(font_size=14, bold=True)
        self.heading = self.style(font_size=12, bold=True, bottom=1, bottom_color=palette.border)
        self.key = self.style(font_color=palette.sub, valign="top")
        self.text = self.style(valign="top", text_wrap=True)
        self.link = self.style(font_color=palette.link, underline=1)
        tile = {"bg_color": palette.sunken, "indent": 1, "left": 1, "right": 1, "border_color": palette.border}
        self._value = dict(self.style(**tile, font_size=16, bold=True, align=self._start, shrink=True))
        self.tile_label = self.style(**tile, font_color=palette.sub, font_size=10, top=1)
        self.tile_value = tuple(sorted(self._value.items()))
        self.tile_huge = self.tile_number("0.00E+00")
        self.tile_notes = {
            tone: self.style(**tile, font_color=colour, font_size=10, bottom=1)
            for tone, colour in (("neutral", palette.sub), ("good", palette.good), ("bad", palette.bad))
        }

    @property
    def fixed(self) -> tuple[Style, ...]:
        """What every Summary needs."""
        return (
            *(self.title, self.subtitle, self.notice, self.error, self.section, self.heading, self.key, self.text),
            *(self.link, self.tile_label, self.tile_value, self.tile_huge, *self.tile_notes.values()),
        )

    def style(self, **settings: Any) -> Style:
        base = {"font_name": EXCEL_FONT, "font_size": 11, "font_color": self.palette.text, **self._common}
        return tuple(sorted({**base, **settings}.items()))

    def tile_number(self, number_format: str) -> Style:
        return tuple(sorted({**self._value, "num_format": number_format}.items()))

    def data(self, column: Column, number_format: str) -> Style:
        """Quantities on the right; everything else where reading begins, indented so that it touches no number."""
        return self.style(**self._side(column), num_format=number_format)

    def header(self, column: Column) -> Style:
        palette = self.palette
        edge = {"bottom": 2, "bottom_color": palette.brand}
        return self.style(**self._side(column), **edge, bold=True, valign="vcenter", bg_color=palette.line)

    def _side(self, column: Column) -> dict[str, Any]:
        is_quantity = column.is_numeric and not holds_text(column.type)
        return {"align": "right"} if is_quantity else {"align": self._start, "indent": 1}


_WRAPPED: Final = {"indent": 1, "text_wrap": True, "valign": "vcenter"}


def holds_text(kind: pa.DataType) -> bool:
    """Whether the cells of such a column are text whatever the column is said to be."""
    if pa.types.is_dictionary(kind):
        return holds_text(kind.value_type)
    numbers = (pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal, pa.types.is_boolean)
    is_time = pa.types.is_temporal(kind) and not pa.types.is_interval(kind)
    return not (is_time or any(check(kind) for check in numbers))


def number_format(column: Column, *, unit: bool = False, sample: pa.Array | None = None) -> str:
    """Excel's number format of a column; with `unit` it shows the unit behind the number (`0.0" min"`).

    `sample` tells whether a column of times needs seconds.
    """
    if holds_text(column.type):
        return "@"
    if pa.types.is_temporal(column.type):
        return _temporal_format(_temporal_kind(column), sample)
    wanted = parse_format(column.format) if column.format else ValueFormat(column.kind)
    found = _quantity_format(column, wanted)
    shown = column.unit if unit and wanted.kind != "percent" else None
    return f'{found}" {shown.replace(chr(34), "")}"' if shown and not _is_money(column, wanted) else found


def without_places(column: Column) -> Column:
    """The same quantity as a whole number, whatever format was asked for."""
    return replace(column, format=None, kind="decimal", decimals=0)


def _temporal_format(kind: str, sample: pa.Array | None) -> str:
    if kind not in _TIMES:
        return "d mmm yyyy" if kind == "date" else "[h]:mm:ss"
    return _TIMES[kind] + (_SECONDS if sample is not None and _has_seconds(plain(sample)) else "")


def _has_seconds(values: pa.Array) -> bool:
    if not (pa.types.is_time(values.type) or pa.types.is_timestamp(values.type)):
        return False
    return bool((integers(values) % (60 * UNITS_PER_SECOND[values.type.unit])).any())


def _temporal_kind(column: Column) -> str:
    """The column's own kind, unless its type cannot be shown so."""
    own: Kind = parse_format(column.format).kind if column.format else column.kind
    if pa.types.is_date(column.type):
        return "date"
    if pa.types.is_timestamp(column.type):
        return own if own in ("date", "time") else "datetime"
    return "time" if pa.types.is_time(column.type) else "duration"


def _is_money(column: Column, wanted: ValueFormat) -> bool:
    return wanted.currency is not None or is_currency(column.unit)


def _quantity_format(column: Column, wanted: ValueFormat) -> str:
    if wanted.kind in ("id", "boolean", "text", "other"):
        return "0" if wanted.kind == "id" else "General"
    decimals = column.decimals if wanted.decimals is None else wanted.decimals
    if wanted.kind == "percent":
        return f"0{_places(1 if decimals is None else decimals)}%"
    if wanted.kind == "integer":
        return "#,##0"
    if wanted.currency:
        return f'#,##0{_places(2 if decimals is None else decimals)}" {wanted.currency}"'
    return f"#,##0{_places(_natural_places(column) if decimals is None else decimals)}"


def _natural_places(column: Column) -> int:
    return min(column.type.scale, 2) if pa.types.is_decimal(column.type) and column.type.scale >= 0 else _whole(column)


def _whole(column: Column) -> int:
    return 0 if pa.types.is_integer(column.type) else 2


def _places(decimals: int) -> str:
    return "." + "0" * decimals if decimals else ""
