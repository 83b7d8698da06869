"""A section's chart as a native one; its points stand on a hidden sheet behind all others."""

from __future__ import annotations

from typing import Any, Final

from core.document.frames import series_colours
from core.document.model import ChartData, Column, Section
from core.document.scales import label_column, x_texts
from core.document.tokens import LIGHT
from core.document.values import as_decimal
from core.formats.excel_styles import FONT, number_format
from core.text import one_line

SHEET: Final = "Chart data"
CHART_WIDTH: Final = 720
CHART_HEIGHT: Final = 300
_TYPES: Final[dict[str, dict[str, str]]] = {
    "line": {"type": "line"},
    "bar": {"type": "column"},
    "area": {"type": "area"},
    "scatter": {"type": "scatter"},
    "pie": {"type": "pie"},
}
_LABELLED_POINTS: Final = 12


class ChartSheet:
    """Made only when the first chart asks for it, so that a report without charts has no hidden sheet."""

    def __init__(self, book: Any, *, locale: str) -> None:
        self._book = book
        self._locale = locale
        self._sheet: Any = None
        self._column = 0

    def draw(self, section: Section) -> tuple[ChartData, Any] | None:
        """What is drawn and the XlsxWriter chart, or None for a section that has none."""
        data = section.chart
        if data is None or data.kind not in _TYPES or not data.x or not data.series:
            return None
        if self._sheet is None:
            self._sheet = self._book.add_worksheet(SHEET)
            self._sheet.hide()
        first = self._column
        self._write_points(data)
        chart = self._book.add_chart(_TYPES[data.kind])
        for place in range(len(data.series)):
            chart.add_series(self._series(data, first, place))
        _dress(chart, data)
        return data, chart

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

    def _series(self, data: ChartData, first: int, place: int) -> dict[str, Any]:
        column, last = first + 1 + place, len(data.x)
        values = [SHEET, 1, column, last, column]
        series: dict[str, Any] = {"name": [SHEET, 0, column], "categories": [SHEET, 1, first, last, first]}
        return {**series, "values": values, **_paint(data, place)}


def _numbers(values: list[Any]) -> list[float | None]:
    numbers = [as_decimal(value) for value in values]
    return [None if number is None or not number.is_finite() else float(number) for number in numbers]


def _paint(data: ChartData, place: int) -> dict[str, Any]:
    colour = series_colours(data, LIGHT)[place]
    if data.kind == "line":
        return {"line": {"color": colour, "width": 2.25}, "smooth": False}
    if data.kind == "scatter":
        return {"marker": {"type": "circle", "size": 6, "fill": {"color": colour}, "border": {"none": True}}}
    if data.kind == "pie":
        points = [{"fill": {"color": LIGHT.series[index % len(LIGHT.series)]}} for index in range(len(data.x))]
        return {"points": points, "data_labels": {"percentage": True, "font": {"color": LIGHT.text, "name": FONT}}}
    painted: dict[str, Any] = {"fill": {"color": colour}, "border": {"none": True}, "gap": 45, "overlap": -5}
    if data.kind == "bar" and place == 0 and len(data.x) <= _LABELLED_POINTS:
        shown = label_column([value for value in data.series[0][1] if value is not None], data.y_display)
        painted["data_labels"] = {"value": True, "num_format": number_format(shown), "font": _font(9)}
    return painted


def _font(size: int, *, bold: bool = False, color: str = LIGHT.sub) -> dict[str, Any]:
    return {"name": FONT, "size": size, "bold": bold, "color": color}


def _dress(chart: Any, data: ChartData) -> None:
    title = one_line(f"{data.title}{_unit(data.y_display)}")
    chart.set_title({"name": title, "name_font": _font(12, bold=True, color=LIGHT.text), "overlay": False})
    chart.set_size({"width": CHART_WIDTH, "height": CHART_HEIGHT})
    chart.set_chartarea({"border": {"color": LIGHT.border}})
    chart.show_hidden_data()
    chart.show_blanks_as("gap")
    _legend(chart, data)
    if data.kind == "pie":
        return
    axis = {"num_font": _font(9), "line": {"color": LIGHT.border}}
    chart.set_x_axis({**axis, **_x_scale(data)})
    grid = {"visible": True, "line": {"color": LIGHT.line}}
    scale = {"major_gridlines": grid, "num_format": number_format(data.y_display), "line": {"none": True}}
    chart.set_y_axis({"num_font": _font(9), **scale})


def _x_scale(data: ChartData) -> dict[str, Any]:
    if data.kind == "scatter":
        return {"name": one_line(data.x_label), "name_font": _font(9), "num_format": number_format(data.x_display)}
    return {"label_position": "low"}


def _legend(chart: Any, data: ChartData) -> None:
    if len(data.series) == 1 and data.kind != "pie":
        chart.set_legend({"none": True})
    else:
        chart.set_legend({"position": "bottom", "font": _font(9)})


def _unit(column: Column) -> str:
    return f" ({column.unit})" if column.unit else ""
