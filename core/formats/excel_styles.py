"""How values look in the workbook: number formats from the columns, colours from the tokens."""

from __future__ import annotations

from typing import Any, Final

import pyarrow as pa

from core.document.model import Column, Kind
from core.document.tokens import LIGHT
from core.document.values import ValueFormat, is_currency, parse_format

# What XlsxWriter's `add_format` takes, as a value that can be compared.
Style = tuple[tuple[str, Any], ...]

FONT: Final = "Calibri"
_DATES: Final[dict[str, str]] = {
    "date": "d mmm yyyy",
    "time": "hh:mm:ss",
    "datetime": "d mmm yyyy hh:mm",
    "duration": "[h]:mm:ss",
}


def style(**settings: Any) -> Style:
    return tuple(sorted({"font_name": FONT, "font_size": 11, "font_color": LIGHT.text, **settings}.items()))


TITLE: Final = style(font_size=20, bold=True, valign="vcenter")
SUBTITLE: Final = style(font_color=LIGHT.sub, valign="top")
NOTICE: Final = style(font_color=LIGHT.warn, bg_color=LIGHT.warn_soft, bold=True, indent=1)
ERROR: Final = style(font_color=LIGHT.bad, bg_color=LIGHT.bad_soft, bold=True, indent=1)
SECTION: Final = style(font_size=14, bold=True)
HEADING: Final = style(font_size=12, bold=True, bottom=1, bottom_color=LIGHT.border)
KEY: Final = style(font_color=LIGHT.sub)
TEXT: Final = style()
LINK: Final = style(font_color=LIGHT.brand, underline=1)
_TILE: Final = {"bg_color": LIGHT.sunken, "indent": 1, "left": 1, "right": 1, "border_color": LIGHT.border}
TILE_LABEL: Final = style(**_TILE, font_color=LIGHT.sub, font_size=10, top=1)
TILE_VALUE: Final = style(**_TILE, font_size=16, bold=True, align="left")
TILE_NOTES: Final = {
    tone: style(**_TILE, font_color=colour, font_size=10, bottom=1)
    for tone, colour in (("neutral", LIGHT.sub), ("good", LIGHT.good), ("bad", LIGHT.bad))
}
FIXED: Final[tuple[Style, ...]] = (
    *(TITLE, SUBTITLE, NOTICE, ERROR, SECTION, HEADING, KEY, TEXT, LINK, TILE_LABEL, TILE_VALUE),
    *TILE_NOTES.values(),
)


def tile_value(number_format: str) -> Style:
    return style(**dict(TILE_VALUE) | {"num_format": number_format})


def data_style(column: Column) -> Style:
    """Quantities on the right; everything else on the left, indented so that it does not touch a number."""
    side = {"align": "right"} if _is_quantity(column) else {"align": "left", "indent": 1}
    return style(**side, num_format=number_format(column))


def header_style(column: Column) -> Style:
    side = {"align": "right"} if _is_quantity(column) else {"align": "left", "indent": 1}
    return style(**side, bold=True, valign="vcenter", bg_color=LIGHT.line, bottom=1, bottom_color=LIGHT.border)


def _is_quantity(column: Column) -> bool:
    return column.is_numeric and not holds_text(column.type)


def holds_text(kind: pa.DataType) -> bool:
    """Whether the cells of such a column are text whatever the column is said to be."""
    if pa.types.is_dictionary(kind):
        return holds_text(kind.value_type)
    numbers = (pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal, pa.types.is_boolean)
    return not (pa.types.is_temporal(kind) or any(check(kind) for check in numbers))


def number_format(column: Column, *, unit: bool = False) -> str:
    """Excel's number format of a column; with `unit` it shows the unit behind the number (`0.0" min"`)."""
    if holds_text(column.type):
        return "@"
    if pa.types.is_temporal(column.type):
        return _DATES[_temporal_kind(column)]
    wanted = parse_format(column.format) if column.format else ValueFormat(column.kind)
    found = _quantity_format(column, wanted)
    shown = column.unit if unit and wanted.kind != "percent" else None
    return f'{found}" {shown.replace(chr(34), "")}"' if shown and not _is_money(column, wanted) else found


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
