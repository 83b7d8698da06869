"""The Summary of a workbook: what it says, what it admits, and that it prints well."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import openpyxl
import pyarrow as pa
import pytest
from PIL import Image

from core.document.model import Brand, Column, Kpi, Section
from core.document.tokens import LIGHT, with_brand
from core.formats.excel import FORMAT
from tests.formats.edge_tables import chart_data, column, kpis, report_head, section_head, write_report

TABLE = pa.record_batch({"airline": pa.array(["UA", "B6"]), "delay": pa.array([14.7, 2.5])})


def section(title: str = "Flights", **changes: Any) -> Section:
    head = section_head(TABLE, title=title, parameters=(("origin", "EWR"),))
    return Section(
        **{"head": head, "row_count": 2, "kpis": kpis(), "chart": chart_data(), "elapsed_ms": 1800} | changes
    )


def about(path: Path) -> list[tuple[str, str]]:
    """The lines below `About this run`."""
    rows = [tuple(row[1:3]) for row in openpyxl.load_workbook(path)["Summary"].iter_rows(values_only=True)]
    keys = [key for key, _ in rows]
    return [(key or "", value) for key, value in rows[keys.index("About this run") + 1 :] if value]


def written(tmp_path: Path, *sections: Section, **changes: Any) -> Path:
    (file,) = write_report(FORMAT, tmp_path, [(made, [TABLE]) for made in sections], **changes)
    return file.path


def test_it_says_what_the_run_was(tmp_path: Path) -> None:
    assert about(written(tmp_path, section())) == [
        ("Report", "Departures by airline"),
        ("Description", "How the airlines did"),
        ("Period", "17-23 Jun 2013"),
        ("Compared with", "10-16 Jun 2013"),
        ("Parameters", "origin = EWR"),
        ("Run at", "24 Jun 2013, 07:00 (America/New_York)"),
        ("Schedule", "every Monday"),
        ("Data as of", "24 Jun 2013, 07:00 (America/New_York)"),
        ("Rows", "2 rows"),
        ("Left out", "Nothing: all rows and columns are here."),
        ("Source", "flights_dw, 1.8 s"),
        ("Set up by", "Ada Byron"),
        ("Run", "8f2c41"),
        ("Link", "Open this run"),
    ]


def test_it_admits_what_is_missing_and_why(tmp_path: Path) -> None:
    long = pa.record_batch({"airline": pa.array(["x" * 40_000, "short"]), "delay": pa.array([1.0, 2.0])})
    head = section_head(TABLE, title="Flights")
    hidden = replace(head, columns=(head.columns[0], replace(head.columns[1], hidden=True)))
    sections = [
        (section("Flights", head=hidden), [long]),
        (section("Delays", chart=replace(chart_data(), truncated=3)), [TABLE]),
        (Section(section_head(TABLE, title="Weather"), error="The database did not answer."), []),
    ]
    (file,) = write_report(FORMAT, tmp_path, sections, head=report_head(formats=("excel", "csv")))
    lines = about(file.path)
    cut = "Flights: 1 text longer than the 32,767 characters of an Excel cell was cut."
    start = [key for key, _ in lines].index("Left out")
    assert lines[start : start + 4] == [
        ("Left out", "Weather: could not be read. The database did not answer."),
        ("", "Flights: 1 column hidden by the query's settings (delay)."),
        ("", "Delays: 3 points of the chart; its sheet has all rows."),
        (
            "",
            "Flights: 1 text longer than the 32,767 characters of an Excel cell was cut. The CSV file has them whole.",
        ),
    ]
    assert ("", "Weather: none, it could not be read") in lines
    assert file.notes == (cut,)


def test_a_first_run_says_that_there_is_nothing_to_compare_with(tmp_path: Path) -> None:
    first = section(kpis=tuple(replace(kpi, previous=None) for kpi in kpis()))
    assert ("Compared with", "first run, nothing to compare with yet") in about(written(tmp_path, first))


def test_the_zone_of_instants_is_named(tmp_path: Path) -> None:
    table = pa.record_batch({"at": pa.array([datetime(2013, 6, 24, 11, tzinfo=UTC)])})
    (file,) = write_report(FORMAT, tmp_path, [(Section(section_head(table), row_count=1), [table])])
    assert ("Times", "Instants are shown as the clocks of America/New_York had them") in about(file.path)
    assert openpyxl.load_workbook(file.path)["Flights"]["A2"].value.isoformat() == "2013-06-24T07:00:00"


def test_an_empty_result_says_so_and_has_no_chart(tmp_path: Path) -> None:
    (file,) = write_report(FORMAT, tmp_path, [(section(row_count=0), [])])
    sheet = openpyxl.load_workbook(file.path)["Summary"]
    assert "No rows for 17-23 Jun 2013." in [cell.value for cell in sheet["B"]]
    with ZipFile(file.path) as archive:
        assert not any("chart" in name for name in archive.namelist())


def test_a_dashboard_has_a_chart_per_tile_and_pages_end_between_them(tmp_path: Path) -> None:
    path = written(tmp_path, *(section(f"Tile {number}") for number in range(4)))
    with ZipFile(path) as archive:
        charts = [name for name in archive.namelist() if name.startswith("xl/charts/chart")]
    sheet = openpyxl.load_workbook(path)["Summary"]
    titles = {str(cell.value): cell.row for cell in sheet["B"] if cell.value}
    assert len(charts) == 4
    breaks = [found.id for found in sheet.row_breaks.brk]
    assert breaks
    assert set(breaks) <= {titles[f"Tile {number}"] - 1 for number in range(4)} | {titles["About this run"] - 1}


@pytest.mark.parametrize("kind", ["bar", "area"])
def test_bars_and_areas_begin_at_zero(tmp_path: Path, kind: Any) -> None:
    chart = replace(chart_data(), kind=kind, series=[("Departures", [2400.0, 2270, 2010, 2100, 2200, 2300, 2350])])
    with ZipFile(written(tmp_path, section(chart=chart))) as archive:
        assert '<c:min val="0"/>' in archive.read("xl/charts/chart1.xml").decode()


def test_bars_with_long_names_lie_down_from_the_top(tmp_path: Path) -> None:
    names = [f"An airline with a long name {number}" for number in range(7)]
    with ZipFile(written(tmp_path, section(chart=replace(chart_data(), x=names)))) as archive:
        chart = archive.read("xl/charts/chart1.xml").decode()
    assert '<c:barDir val="bar"/>' in chart
    assert '<c:orientation val="maxMin"/>' in chart


def test_the_brand_of_the_workspace_colours_bars_and_links(tmp_path: Path) -> None:
    brand = with_brand(LIGHT, "#C2185B")
    path = written(tmp_path, section(), head=report_head(brand=Brand("#C2185B")))
    with ZipFile(path) as archive:
        chart, styles = archive.read("xl/charts/chart1.xml").decode(), archive.read("xl/styles.xml").decode()
    assert brand.series[0].lstrip("#") in chart
    assert brand.link.lstrip("#") in styles
    assert LIGHT.brand.lstrip("#") not in chart + styles


def test_the_logo_of_the_workspace_stands_at_the_title(tmp_path: Path) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (600, 90), "#C2185B").save(picture, "PNG")
    head = report_head(brand=Brand("#C2185B", picture.getvalue()))
    with ZipFile(written(tmp_path, section(), head=head)) as archive:
        assert archive.read("xl/media/image1.png") == picture.getvalue()
        drawing = archive.read("xl/drawings/drawing1.xml").decode()
    assert 'descr="Logo of Northwind Airports"' in drawing
    # 150 px wide, in the units of drawings.
    assert '<a:ext cx="1428750"' in drawing


def test_a_figure_with_more_digits_than_excel_keeps_is_not_shown_wrong(tmp_path: Path) -> None:
    money = column("balance", pa.decimal128(38, 2))
    figures = tuple(
        Kpi(f"Figure {place}", "balance", "sum", value, money)
        for place, value in enumerate([Decimal("1234.56"), Decimal("12345678901234567.89"), Decimal("1E+30")])
    )
    sheet = openpyxl.load_workbook(written(tmp_path, section(kpis=figures)))["Summary"]
    row = next(cell.row for cell in sheet["B"] if cell.value == "Figure 0") + 1
    assert [cell.value for cell in sheet[row][1:4]] == [1234.56, "12,345,678,901,234,567.89", 1e30]
    assert sheet.cell(row, 4).number_format == "0.00E+00"


@pytest.mark.parametrize(
    ("value", "options", "expected"),
    [
        (42258932.0, {"format": "compact", "unit": "km"}, '#,##0" km"'),
        (42258932.4, {"format": "compact", "unit": "km"}, '#,##0" km"'),
        (12.5, {"format": "compact", "unit": "km"}, '#,##0.00" km"'),
        (42258932.0, {"unit": "km"}, '#,##0" km"'),
        (42258932.0, {}, "#,##0"),
        (42258932.5, {}, "#,##0.00"),
        (12.0, {"format": "number:1"}, "#,##0.0"),
        (12.0, {"decimals": 1, "unit": "min"}, '#,##0.0" min"'),
        (12.0, {"unit": "EUR"}, "#,##0.00"),
        (12.0, {"format": "currency:EUR"}, '#,##0.00" EUR"'),
    ],
)
def test_a_whole_figure_in_a_tile_has_no_decimal_places(
    value: float, options: dict[str, Any], expected: str, tmp_path: Path
) -> None:
    figure = Kpi("Distance", "distance", "sum", value, column("distance", pa.float64(), **options))
    sheet = openpyxl.load_workbook(written(tmp_path, section(kpis=(figure,))))["Summary"]
    row = next(cell.row for cell in sheet["B"] if cell.value == "Distance") + 1
    assert (sheet.cell(row, 2).value, sheet.cell(row, 2).number_format) == (value, expected)


def test_times_show_seconds_only_where_there_are_any(tmp_path: Path) -> None:
    table = pa.record_batch({"a": pa.array([3600, None], pa.time32("s")), "b": pa.array([3600, 3601], pa.time32("s"))})
    (file,) = write_report(FORMAT, tmp_path, [(Section(section_head(table), row_count=2), [table])])
    assert [cell.number_format for cell in openpyxl.load_workbook(file.path)["Flights"][2]] == ["hh:mm", "hh:mm:ss"]


def test_a_unit_column_is_a_number_with_its_unit_in_the_header(tmp_path: Path) -> None:
    head = section_head(TABLE)
    delay = Column("delay", pa.float64(), "decimal", "Avg delay", unit="min", decimals=1)
    made = Section(replace(head, columns=(head.columns[0], delay)), row_count=2)
    sheet = openpyxl.load_workbook(written(tmp_path, made))["Flights"]
    assert (sheet["B1"].value, sheet["B2"].value, sheet["B2"].number_format) == ("Avg delay (min)", 14.7, "#,##0.0")
    assert (sheet["A2"].alignment.indent, sheet["B2"].alignment.horizontal) == (1, "right")
