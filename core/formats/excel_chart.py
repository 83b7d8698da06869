"""A section's chart as a native one; its points stand on a hidden sheet behind all others."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

from core.document.frames import is_horizontal, series_colours
from core.document.model import ChartData, Column, Section
from core.document.scales import label_column, x_texts
from core.document.tokens import EXCEL_FONT, Palette
from core.document.values import as_decimal
from core.formats.excel_styles import number_format
from core.text import one_line

SHEET: Final = "Chart data"
CHART_WIDTH: Final = 636
_HEIGHT: Final = 300
# Of charts with lying bars, in px.
_TITLE_PX, _LEGEND_PX, _BAR_PX, _LABEL_PX = 56, 30, 22, 12
_TYPES: Final[dict[str, dict[str, str]]] = {
    "line": {"type": "line"},
    "bar": {"type": "column"},
    "area": {"type": "area"},
    "scatter": {"type": "scatter"},
    "pie": {"type": "pie"},
}
_LABELLED_POINTS: Final = 12
# From here on an axis has whole steps, or steps of whole per cents.
_FINE, _FINE_PERCENT = 10, 0.1
# From here on the numbers of an axis would leave no room for the chart.
_HUGE: Final = 1e12


@dataclass(frozen=True, slots=True)
class NativeChart:
    """What is drawn and the XlsxWriter chart; bars with long names lie down."""

    data: ChartData
    chart: Any
    lying: bool

    @property
    def height(self) -> int:
        """CSS px."""
        if not self.lying:
            return _HEIGHT
        legend = _LEGEND_PX if len(self.data.series) > 1 else 0
        return _TITLE_PX + legend + _BAR_PX * len(self.data.x) * max(1, len(self.data.series))


class ChartSheet:
    """Made only when the first chart asks for it, so that a report without charts has no hidden sheet."""

    def __init__(self, book: Any, palette: Palette, *, locale: str) -> None:
        self._book = book
        self._palette = palette
        self._locale = locale
        self._sheet: Any = None
        self._column = 0

    def draw(self, section: Section) -> NativeChart | None:
        """None for a section that has no chart."""
        data = section.chart
        if data is None or data.kind not in _TYPES or not data.x or not data.series:
            return None
        if self._sheet is None:
            self._sheet = self._book.add_worksheet(SHEET)
            self._sheet.hide()
        first = self._column
        self._write_points(data)
        lying = is_horizontal(data, width=CHART_WIDTH, font=_LABEL_PX, locale=self._locale)
        native = NativeChart(data, self._book.add_chart({"type": "bar"} if lying else _TYPES[data.kind]), lying)
        for place in range(len(data.series)):
            native.chart.add_series(self._series(native, first, place))
        _dress(native, self._palette)
        return native

    def _write_points(self, data: ChartData) -> None:
        self._write_column(data.x_label, _numbers(data.x) if data.kind == "scatter" else x_texts(data, self._locale))
        for name, values in data.series:
            self._write_column(name, values)

    def _write_column(self, title: str, values: list[Any]) -> None:
        self._sheet.write_string(0, self._column, one_line(title))
        for row, value in enumerate(values, start=1):
            if isinstance(value, str):
                self._sheet.write_string(row, self._column, one_line(value))
            elif value is not None:
                self._sheet.write_number(row, self._column, value)
        self._column += 1

    def _series(self, native: NativeChart, first: int, place: int) -> dict[str, Any]:
        data = native.data
        column, last = first + 1 + place, len(data.x)
        values = [SHEET, 1, column, last, column]
        series: dict[str, Any] = {"name": [SHEET, 0, column], "categories": [SHEET, 1, first, last, first]}
        return {**series, "values": values, **_paint(native, place, self._palette)}


def _numbers(values: list[Any]) -> list[float | None]:
    numbers = [as_decimal(value) for value in values]
    return [None if number is None or not number.is_finite() else float(number) for number in numbers]


def _paint(native: NativeChart, place: int, palette: Palette) -> dict[str, Any]:
    data = native.data
    colour = series_colours(data, palette)[place]
    if data.kind == "line":
        return {"line": {"color": colour, "width": 2.25}, "smooth": False}
    if data.kind == "scatter":
        return {"marker": {"type": "circle", "size": 6, "fill": {"color": colour}, "border": {"none": True}}}
    if data.kind == "pie":
        points = [{"fill": {"color": palette.series[index % len(palette.series)]}} for index in range(len(data.x))]
        return {"points": points, "data_labels": {"percentage": True, "font": _font(palette.text)}}
    painted: dict[str, Any] = {"fill": {"color": colour}, "border": {"none": True}, "gap": 45, "overlap": -5}
    values = [value for value in data.series[place][1] if value is not None]
    has_room = native.lying or len(data.x) <= _LABELLED_POINTS
    if data.kind == "bar" and place == 0 and has_room and _most(data) < _HUGE:
        shown = label_column(values, data.y_display)
        painted["data_labels"] = {"value": True, "num_format": number_format(shown), "font": _font(palette.sub)}
    return painted


def _font(color: str, *, size: int = 9, bold: bool = False) -> dict[str, Any]:
    return {"name": EXCEL_FONT, "size": size, "bold": bold, "color": color}


def _dress(native: NativeChart, palette: Palette) -> None:
    chart, data = native.chart, native.data
    title = one_line(f"{data.title}{_unit(data.y_display)}")
    heading = _font(palette.text, size=12, bold=True)
    chart.set_title({"name": title, "name_font": heading, "overlay": False})
    chart.set_size({"width": CHART_WIDTH, "height": native.height})
    chart.set_chartarea({"border": {"color": palette.border}})
    chart.show_hidden_data()
    chart.show_blanks_as("gap")
    _legend(chart, data, palette)
    if data.kind == "pie":
        return
    font = _font(palette.sub)
    scale = {"num_font": font, "num_format": _axis_format(data), "line": {"none": True}, **_from_zero(data)}
    names = {"num_font": font, "line": {"color": palette.border}, **_x_scale(data, palette)}
    if native.lying:
        # From the top down, and every bar carries its number. XlsxWriter calls the names of lying bars y.
        chart.set_y_axis({**names, "reverse": True, "major_gridlines": {"visible": False}})
        chart.set_x_axis({**scale, "visible": _most(data) >= _HUGE, "major_gridlines": {"visible": False}})
        return
    chart.set_x_axis(names)
    chart.set_y_axis({**scale, "major_gridlines": {"visible": True, "line": {"color": palette.line}}})


def _from_zero(data: ChartData) -> dict[str, int]:
    """Lengths and areas can only be compared from zero on; left alone, Excel begins where it likes."""
    values = [value for _, series in data.series for value in series if value is not None]
    if data.kind not in ("bar", "area") or not values or min(values) < 0 < max(values):
        return {}
    return {"min": 0} if max(values) > 0 else {"max": 0}


def _most(data: ChartData) -> float:
    return max((abs(value) for _, series in data.series for value in series if value is not None), default=0)


def _axis_format(data: ChartData) -> str:
    """As the values, but without places where the steps of the axis need none, and short for what fills the page."""
    column, most = data.y_display, _most(data)
    if most >= _HUGE:
        return "0.0E+00"
    fine = _FINE_PERCENT if column.kind == "percent" else _FINE
    return number_format(replace(column, decimals=0) if most >= fine and column.format is None else column)


def _x_scale(data: ChartData, palette: Palette) -> dict[str, Any]:
    if data.kind == "scatter":
        named = {"name": one_line(data.x_label), "name_font": _font(palette.sub)}
        return {**named, "num_format": number_format(data.x_display)}
    return {"label_position": "low"}


def _legend(chart: Any, data: ChartData, palette: Palette) -> None:
    if len(data.series) == 1 and data.kind != "pie":
        chart.set_legend({"none": True})
    else:
        chart.set_legend({"position": "bottom", "font": _font(palette.sub)})


def _unit(column: Column) -> str:
    return f" ({column.unit})" if column.unit else ""
