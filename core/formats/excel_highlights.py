"""What guides the eye in a short table: bars in its first count, the thirds of its rates in colours.

Excel keeps these rules itself, so they follow when somebody changes a value.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import pyarrow as pa
from xlsxwriter.utility import xl_col_to_name

from core.document.bands import MAX_ROWS
from core.document.guesses import default_aggregate, guess_direction, is_earlier
from core.document.model import Column, MinSample, Section
from core.document.tokens import Palette, blend
from core.formats.excel_styles import holds_text

_BAR_SHARE: Final = 0.3
_THIRD: Final = "AND(ISNUMBER({cell}),{cell}{sign}{limit})"


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
    sample: MinSample | None = None,
) -> None:
    """Rules for the cells of `rows`, first and last counted from 1; what is below `sample` shapes no thirds."""
    first, last = rows
    if not 2 <= last - first + 1 <= MAX_ROWS:
        return
    bands = _bands(book, palette)
    bar = next((place for place, column in enumerate(columns) if _adds_up(column)), None)
    for place, column in enumerate(columns):
        if place == bar:
            sheet.conditional_format(first - 1, place, last - 1, place, _bar(palette))
        more = better.get(column.name, guess_direction(column))
        if more is not None and _is_rate(column):
            formulas = _thirds(place, rows, _compared(rows, columns, sample))
            _colour_thirds(sheet, place, rows, bands, formulas if more else (formulas[1], formulas[0], formulas[2]))


def grey_small(
    book: Any, sheet: Any, columns: tuple[Column, ...], *, rows: tuple[int, int], sample: MinSample, palette: Palette
) -> None:
    """Before all other rules, and the last one where it applies: no bar and no colour on a row that says little."""
    for band in _bands(book, palette):
        # They get their numbers first, whether this sheet has rates or not: it is drawn alone as well.
        band._get_dxf_index()
    first, last = rows
    cell = f"${xl_col_to_name(_place_of(sample, columns))}{first}"
    rule = {
        "type": "formula",
        "criteria": f"=AND(ISNUMBER({cell}),{cell}<{sample.least})",
        "format": book.add_format({"font_color": palette.muted}),
        "stop_if_true": True,
    }
    sheet.conditional_format(first - 1, 0, last - 1, len(columns) - 1, rule)


def _bands(book: Any, palette: Palette) -> list[Any]:
    """Their numbers in the file follow the order of use, which is the same in every drawing."""
    return [
        book.add_format({"font_color": ink, "bg_color": soft})
        for ink, soft in (
            (palette.bad, palette.bad_soft),
            (palette.good, palette.good_soft),
            (palette.warn, palette.warn_soft),
        )
    ]


def _compared(rows: tuple[int, int], columns: tuple[Column, ...], sample: MinSample | None) -> str:
    """What the values of a rate are measured by: `{call}` takes `{area}`, without the rows below the sample.

    Excel reads a rule as a formula over whole ranges, LibreOffice inside of SUMPRODUCT only.
    """
    if sample is None:
        return "{call}({area}{more})"
    counts = _area(_place_of(sample, columns), rows)
    return f"SUMPRODUCT({{call}}(IF({counts}>={sample.least},{{area}}){{more}}))"


def _area(place: int, rows: tuple[int, int]) -> str:
    name = xl_col_to_name(place)
    return f"${name}${rows[0]}:${name}${rows[1]}"


def _place_of(sample: MinSample, columns: tuple[Column, ...]) -> int:
    return next(place for place, column in enumerate(columns) if column.name == sample.column)


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
        "bar_no_border": True,
        "bar_negative_border_color_same": True,
        "bar_negative_color": blend(palette.bad, palette.card, _BAR_SHARE),
        "bar_axis_color": palette.border,
    }


def _thirds(place: int, rows: tuple[int, int], compared: str) -> tuple[str, str, str]:
    """Low, high, and what is between; one value everywhere is none of them."""
    cell, area = f"{xl_col_to_name(place)}{rows[0]}", _area(place, rows)

    def of(call: str, more: str = "") -> str:
        return compared.format(call=call, area=area, more=more)

    low = _THIRD.format(cell=cell, sign="<", limit=of("PERCENTILE", ",1/3"))
    high = _THIRD.format(cell=cell, sign=">", limit=of("PERCENTILE", ",2/3"))
    return low, high, f"AND(ISNUMBER({cell}),{of('MIN')}<{of('MAX')})"


def _colour_thirds(
    sheet: Any, place: int, rows: tuple[int, int], bands: list[Any], formulas: tuple[str, str, str]
) -> None:
    """The worst and the best third, then what is between.

    Always in the order of the bands: their numbers follow the first use, and a sheet is drawn alone as well.
    """
    first, last = rows
    for formula, band in zip(formulas, bands, strict=True):
        rule = {"type": "formula", "criteria": f"={formula}", "format": band, "stop_if_true": True}
        sheet.conditional_format(first - 1, place, last - 1, place, rule)
