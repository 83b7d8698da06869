"""What stands around the rows: sheets, tables, print setup, the Summary, and files that end well."""

from __future__ import annotations

import errno
import os
import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import openpyxl
import pyarrow as pa
import pytest
from python_calamine import CalamineWorkbook

from core.document.model import ReportDocument, Section
from core.errors import RenderError
from core.formats import excel_fill
from core.formats.excel import FORMAT, ExcelWriter
from tests.formats.edge_tables import (
    chart_data,
    column,
    edge_table,
    kpis,
    report_head,
    section_head,
    write_report,
    write_table,
)

TABLE = pa.record_batch({"airline": pa.array(["UA", "B6"]), "delay": pa.array([14.7, 2.5])})


def flights(rows: int = 2, **changes: Any) -> Section:
    return Section(section_head(TABLE), row_count=rows, kpis=kpis(), chart=chart_data(), **changes)


def texts(path: Path, sheet: str = "Summary") -> str:
    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_name(sheet).to_python()
    return "\n".join(str(cell) for row in rows for cell in row if cell != "")


def counting(rows: int) -> pa.RecordBatch:
    return pa.record_batch({"n": pa.array(range(rows), pa.int64())})


def test_the_summary_comes_first_and_says_what_the_run_was(tmp_path: Path) -> None:
    section = flights()
    section = replace(section, head=replace(section.head, parameters=(("origin", "EWR, JFK"),)))
    (file,) = write_report(FORMAT, tmp_path, [(section, [TABLE])], notices=("Sample data of 2013.",))
    book = openpyxl.load_workbook(file.path)
    assert book.sheetnames == ["Summary", "Flights", "Chart data"]
    assert book.active.title == "Summary"
    assert book["Chart data"].sheet_state == "hidden"
    shown = texts(file.path)
    for expected in (
        *("Departures by airline", "17-23 Jun 2013", "6680", "▲ 5.3 pts, was 71.2%", "▼ 4.2 min, was 18.9 min"),
        *("Sample data of 2013.", "origin = EWR, JFK", "24 Jun 2013, 07:00 (America/New_York)", "2 rows", "flights_dw"),
        *("8f2c41", "Open this run"),
    ):
        assert expected in shown
    assert (file.rows_written, file.rows_total, file.part, file.suffix) == (2, 2, 1, "")


def test_the_chart_is_native_and_has_alt_text(tmp_path: Path) -> None:
    (file,) = write_report(FORMAT, tmp_path, [(flights(), [TABLE])])
    with ZipFile(file.path) as archive:
        chart = archive.read("xl/charts/chart1.xml").decode()
        drawing = archive.read("xl/drawings/drawing1.xml").decode()
    assert "<c:barChart>" in chart
    assert "'Chart data'!$B$2:$B$8" in chart
    assert 'descr="Average departure delay per day' in drawing


@pytest.mark.parametrize("kind", ["line", "area", "scatter", "pie"])
def test_every_kind_of_chart_is_drawn(tmp_path: Path, kind: Any) -> None:
    chart = replace(chart_data(), kind=kind, x=[1, 2, 3, 4, 5, 6, 7] if kind == "scatter" else chart_data().x)
    (file,) = write_report(FORMAT, tmp_path, [(replace(flights(), chart=chart), [TABLE])])
    with ZipFile(file.path) as archive:
        assert f"<c:{kind}Chart>" in archive.read("xl/charts/chart1.xml").decode()


def test_a_data_sheet_is_a_real_table_ready_to_print(tmp_path: Path) -> None:
    path = write_table(FORMAT, tmp_path, TABLE)
    sheet = openpyxl.load_workbook(path)["Flights"]
    (table,) = sheet.tables.values()
    assert (table.ref, table.autoFilter.ref, table.column_names) == ("A1:B3", "A1:B3", ["airline", "delay"])
    assert table.tableStyleInfo.name == "TableStyleLight1"
    assert sheet.freeze_panes == "B2"
    assert sheet.print_title_rows == "$1:$1"
    assert (sheet.page_setup.orientation, sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (
        *("landscape", None, 0),
    )
    assert (sheet.oddFooter.left.text, sheet.oddFooter.right.text) == (
        *("Northwind Airports · Run 8f2c41", "Page &P of &N"),
    )


def test_the_file_says_who_made_it_and_about_what(tmp_path: Path) -> None:
    facts = openpyxl.load_workbook(write_table(FORMAT, tmp_path, TABLE)).properties
    assert (facts.title, facts.subject, facts.creator) == ("Departures by airline", "17-23 Jun 2013", "Ada Byron")


def test_headers_are_labels_with_units_and_always_differ(tmp_path: Path) -> None:
    table = pa.record_batch([pa.array([1])] * 6, names=["a", "b", "c", "d", "e", "f"])
    labels = ["Delay", "delay", " ", "Two\nlines", "_x0041_", "Hidden"]
    columns = tuple(
        column(name, pa.int64(), label=label, unit="min" if name == "a" else None, hidden=name == "f")
        for name, label in zip(table.schema.names, labels, strict=True)
    )
    section = Section(replace(section_head(table), columns=columns), row_count=1)
    (file,) = write_report(FORMAT, tmp_path, [(section, [table])])
    expected = ["Delay (min)", "delay", "c", "Two lines", "-x0041_"]
    sheet = openpyxl.load_workbook(file.path)["Flights"]
    (table_found,) = sheet.tables.values()
    assert [cell.value for cell in sheet[1]] == expected == table_found.column_names
    assert CalamineWorkbook.from_path(str(file.path)).get_sheet_by_name("Flights").to_python()[0] == expected


def test_the_number_format_follows_the_column(tmp_path: Path) -> None:
    cases = {
        "#,##0": column("a", pa.int64()),
        "0": column("b", pa.int64(), kind="id"),
        "0.0%": column("c", pa.float64(), kind="percent"),
        "0.00%": column("d", pa.float64(), kind="percent", decimals=2),
        "#,##0.00": column("e", pa.float64()),
        "#,##0.000": column("f", pa.float64(), decimals=3),
        '#,##0.00" EUR"': column("g", pa.float64(), format="currency:EUR"),
        "d mmm yyyy": column("h", pa.date32()),
        "d mmm yyyy hh:mm": column("i", pa.timestamp("us")),
        "hh:mm:ss": column("j", pa.time32("s")),
        "hh:mm": column("n", pa.time32("ms")),
        "[h]:mm:ss": column("k", pa.duration("s")),
        "@": column("l", pa.string()),
        "General": column("m", pa.bool_()),
    }
    columns = tuple(cases.values())
    values: dict[Any, Any] = {pa.string(): "x", pa.bool_(): True, pa.time32("ms"): 60_000, pa.timestamp("us"): 0}
    table = pa.record_batch(
        [pa.array([values.get(found.type, 1)], found.type) for found in columns],
        names=[found.name for found in columns],
    )
    section = Section(replace(section_head(table), columns=columns), row_count=1)
    (file,) = write_report(FORMAT, tmp_path, [(section, [table])])
    assert [cell.number_format for cell in openpyxl.load_workbook(file.path)["Flights"][2]] == list(cases)


def test_a_dashboard_is_one_workbook_with_a_sheet_per_tile(tmp_path: Path) -> None:
    sections = [
        (replace(flights(), head=section_head(TABLE, title="Delays: by [airline] and a very long name")), [TABLE]),
        (Section(section_head(counting(3), title="History"), row_count=3), [counting(3)]),
        (Section(section_head(counting(1), title="Down"), error="The database did not answer."), []),
        (Section(section_head(counting(1), title="history", key="other"), row_count=1), [counting(1)]),
    ]
    (file,) = write_report(FORMAT, tmp_path, sections)
    book = CalamineWorkbook.from_path(str(file.path))
    assert book.sheet_names[:4] == ["Summary", "Delays  by  airline  and a very", "History (2)", "history (3)"]
    assert [len(book.get_sheet_by_name(name).to_python()) for name in book.sheet_names[1:4]] == [3, 4, 2]
    assert "3 rows on sheet History (2)" in texts(file.path)
    assert "Down failed: The database did not answer." in texts(file.path)
    assert "This report is not complete: 1 of 4 parts could not be read." in texts(file.path)
    assert (file.rows_written, file.rows_total) == (6, 6)


def test_no_rows_give_a_sheet_with_its_header(tmp_path: Path) -> None:
    (file,) = write_report(FORMAT, tmp_path, [(replace(flights(), row_count=0), [])])
    sheet = openpyxl.load_workbook(file.path)["Flights"]
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [["airline", "delay"]]
    assert sheet.tables["Data1"].ref == "A1:B2"
    assert "0 rows" in texts(file.path)


@pytest.mark.parametrize("limits", [{"max_rows": 1_000}, {"max_bytes": 60_000}])
def test_rows_beyond_a_sheet_continue_on_the_next(tmp_path: Path, limits: dict[str, int]) -> None:
    head, section = report_head(), Section(section_head(counting(1)), row_count=2_500)
    writer = ExcelWriter(tmp_path / "x.xlsx", head, **limits)
    writer.begin(section.head)
    for start in range(0, 2_500, 500):
        writer.write(counting(2_500).slice(start, 500))
    writer.end(section)
    (file,) = writer.close(ReportDocument(head, (section,)))
    book = openpyxl.load_workbook(file.path)
    assert book.sheetnames == ["Summary", "Flights", "Flights (2)", "Flights (3)"]
    sheets = [book[name] for name in book.sheetnames[1:]]
    found = [row[0] for sheet in sheets for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert found == list(range(2_500))
    assert [next(iter(sheet.tables.values())).ref for sheet in sheets] == [f"A1:A{sheet.max_row}" for sheet in sheets]


def test_every_part_is_well_formed_and_rows_count_up(tmp_path: Path) -> None:
    (file,) = write_report(
        FORMAT, tmp_path, [(flights(), [TABLE]), (Section(section_head(edge_table(), title="E")), [edge_table()])]
    )
    with ZipFile(file.path) as archive:
        assert archive.testzip() is None
        assert len(set(archive.namelist())) == len(archive.namelist())
        for name in archive.namelist():
            ElementTree.fromstring(archive.read(name))  # noqa: S314  our own file
        rows = re.findall(rb'<row r="([0-9]+)"', archive.read("xl/worksheets/sheet3.xml"))
    assert rows == [b"1", b"2", b"3", b"4"]


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("core.formats.excel_styles.Look.data", lambda look, column, _shown: look.header(column)),
        ("core.formats.excel_book.column_label", lambda column: f"{column.label}!"),
    ],
)
def test_a_drawing_that_differs_from_the_rows_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, changed: Any
) -> None:
    """Rows that are written cannot change their styles: a wrong format must not pass silently."""
    head, section = report_head(), flights()
    writer = FORMAT.open(tmp_path, stem="x", head=head)
    writer.begin(section.head)
    writer.write(TABLE)
    writer.end(section)
    monkeypatch.setattr(name, changed)
    with pytest.raises(RuntimeError, match="differs"):
        writer.close(ReportDocument(head, (section,)))
    writer.abort()
    assert list(tmp_path.iterdir()) == []


def test_an_aborted_workbook_leaves_nothing_behind(tmp_path: Path) -> None:
    writer = FORMAT.open(tmp_path, stem="x", head=report_head())
    writer.begin(section_head(TABLE))
    writer.write(TABLE)
    assert [path.name for path in tmp_path.iterdir()] == ["x.xlsx.tmp"]
    writer.abort()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device that is always full")
def test_a_full_disk_is_told_in_words_and_may_be_tried_again(tmp_path: Path) -> None:
    (tmp_path / "x.xlsx.tmp").symlink_to("/dev/full")
    writer = FORMAT.open(tmp_path, stem="x", head=report_head())
    section = Section(section_head(counting(1)), row_count=1)
    writer.begin(section.head)
    with pytest.raises(RenderError, match="disk is full") as caught:
        writer.write(counting(500_000))
    writer.abort()
    assert (caught.value.error_class, caught.value.transient) == ("disk_full", True)
    assert isinstance(caught.value.__cause__, OSError)
    assert caught.value.__cause__.errno == errno.ENOSPC


def test_too_many_columns_are_refused_in_words(tmp_path: Path) -> None:
    wide = pa.schema([(f"c{n}", pa.int64()) for n in range(16_385)]).empty_table()
    writer = FORMAT.open(tmp_path, stem="x", head=report_head())
    with pytest.raises(RenderError, match="16,385 columns"):
        writer.begin(section_head(wide))
    writer.abort()


def test_the_limits_are_those_of_excel() -> None:
    assert (excel_fill.MAX_ROWS, excel_fill.MAX_SHEET_BYTES) == (1_048_575, 2_000_000_000)
