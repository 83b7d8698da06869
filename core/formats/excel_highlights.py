"""What guides the eye in a short table: bars in its first count, the thirds of its rates in colours.

Excel keeps these rules itself, so they follow when somebody changes a value.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import pyarrow as pa
from xlsxwriter.utility import xl_col_to_name

from core.document.guesses import default_aggregate, guess_direction, is_earlier
from core.document.model import Column, Section
from core.document.tokens import Palette, blend
from core.formats.excel_styles import holds_text

# Beyond this nobody compares rows by eye, and Excel would sort the column on every change.
MAX_ROWS: Final = 1_000
_BAR_SHARE: Final = 0.3
_THIRD: Final = "AND(ISNUMBER({cell}),{cell}{sign}PERCENTILE({range},{share}))"


def directions(section: Section) -> dict[str, bool]:
    """The columns of which people said, by a key figure, whether more is better."""
    return {kpi.column: kpi.higher_is_better for kpi in section.kpis if kpi.higher_is_better is not None}


def highlight(
    book: Any,
    sheet: Any,
    columns: tuple[Column, ...],
    *,
    rows: tuple[int, int],
    better: Mapping[str, bool],
    palette: Palette,
) -> None:
    """Rules for the cells of `rows`, first and last counted from 1."""
    first, last = rows
    if not 2 <= last - first + 1 <= MAX_ROWS:
        return
    # Their numbers in the file follow the order of use, which is the same in every drawing.
    bands = [
        book.add_format({"font_color": ink, "bg_color": soft})
        for ink, soft in (
            (palette.bad, palette.bad_soft),
            (palette.good, palette.good_soft),
            (palette.warn, palette.warn_soft),
        )
    ]
    bar = next((place for place, column in enumerate(columns) if _adds_up(column)), None)
    for place, column in enumerate(columns):
        if place == bar:
            sheet.conditional_format(first - 1, place, last - 1, place, _bar(palette))
        more = better.get(column.name, guess_direction(column))
        if more is not None and _is_rate(column):
            _colour_thirds(sheet, place, rows, bands, more_is_better=more)


def _adds_up(column: Column) -> bool:
    """A count or a sum: its rows are shares of a whole, which is what bars show."""
    is_quantity = column.is_numeric and column.kind != "percent" and not holds_text(column.type)
    whole = is_quantity and not pa.types.is_duration(column.type) and not is_earlier(column.name)
    return whole and default_aggregate(column) == "sum"


def _is_rate(column: Column) -> bool:
    return column.kind == "percent" and not holds_text(column.type)


def _bar(palette: Palette) -> dict[str, Any]:
    """The 2010 kind begins at zero; bars of one colour print well."""
    return {
        "type": "data_bar",
        "data_bar_2010": True,
        "bar_solid": True,
        "bar_color": blend(palette.brand, palette.card, _BAR_SHARE),
        "bar_negative_color": blend(palette.bad, palette.card, _BAR_SHARE),
        "bar_axis_color": palette.border,
    }


def _colour_thirds(sheet: Any, place: int, rows: tuple[int, int], bands: list[Any], *, more_is_better: bool) -> None:
    """The worst and the best third, then what is between; one value everywhere is none of them.

    Always in the order of the bands: their numbers follow the first use, and a sheet is drawn alone as well.
    """
    first, last = rows
    name = xl_col_to_name(place)
    cell, area = f"{name}{first}", f"${name}${first}:${name}${last}"
    low = _THIRD.format(cell=cell, sign="<", range=area, share="1/3")
    high = _THIRD.format(cell=cell, sign=">", range=area, share="2/3")
    between = f"AND(ISNUMBER({cell}),MIN({area})<MAX({area}))"
    formulas = (low, high, between) if more_is_better else (high, low, between)
    for formula, band in zip(formulas, bands, strict=True):
        rule = {"type": "formula", "criteria": f"={formula}", "format": band, "stop_if_true": True}
        sheet.conditional_format(first - 1, place, last - 1, place, rule)
