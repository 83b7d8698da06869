"""Bars and coloured thirds in short tables: where they are, where they are not, and that they can be switched off."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from zipfile import ZipFile

import openpyxl
import pyarrow as pa
import pytest

from core.document.model import Column, Kpi, Section
from core.document.presentation import columns_of
from core.document.tokens import LIGHT, blend
from core.errors import InvalidInput
from core.formats.excel import FORMAT
from tests.formats.edge_tables import report_head, section_head, write_report

AIRLINES = pa.record_batch(
    {
        "airline": ["UA", "B6", "EV", "DL"],
        "flight": [1, 2, 3, 4],
        "departures": [1189, 1092, 1050, 978],
        "on_time_rate": [0.756, 0.785, 0.719, None],
        "cancelled": [10, 0, 29, 2],
    }
)


def rules(
    tmp_path: Path, table: pa.RecordBatch = AIRLINES, *, kpis: tuple[Kpi, ...] = (), **options: Any
) -> dict[str, list[Any]]:
    """Range -> its rules, in the order Excel asks them."""
    head = section_head(table, columns=columns_of(table.schema, sample=table))
    section = Section(head, row_count=table.num_rows, kpis=kpis)
    report = report_head(format_options={"excel": options})
    (file,) = write_report(FORMAT, tmp_path, [(section, [table])], head=report)
    found = openpyxl.load_workbook(file.path)["Flights"].conditional_formatting
    return {str(area.sqref): sorted(area.rules, key=lambda rule: rule.priority) for area in found}


def colours(found: list[Any]) -> list[str]:
    return [f"#{rule.dxf.fill.bgColor.rgb[2:]}" for rule in found]


def test_the_first_count_gets_bars_and_a_rate_its_thirds(tmp_path: Path) -> None:
    found = rules(tmp_path)
    assert list(found) == ["C2:C5", "D2:D5"]
    (bar,) = found["C2:C5"]
    assert bar.type == "dataBar"
    assert f"#{bar.dataBar.color.rgb[2:]}" == blend(LIGHT.brand, LIGHT.card, 0.3)
    low, high, middle = found["D2:D5"]
    assert low.formula == ["AND(ISNUMBER(D2),D2<PERCENTILE($D$2:$D$5,1/3))"]
    assert high.formula == ["AND(ISNUMBER(D2),D2>PERCENTILE($D$2:$D$5,2/3))"]
    assert middle.formula == ["AND(ISNUMBER(D2),MIN($D$2:$D$5)<MAX($D$2:$D$5))"]
    assert [low.stopIfTrue, high.stopIfTrue] == [True, True]


def test_more_is_better_or_worse_as_the_name_or_the_key_figure_says(tmp_path: Path) -> None:
    assert colours(rules(tmp_path)["D2:D5"]) == [LIGHT.bad_soft, LIGHT.good_soft, LIGHT.warn_soft]
    share = Column("on_time_rate", pa.float64(), "percent", "On time")
    said = (Kpi("On time", "on_time_rate", "avg", 0.75, share, higher_is_better=False),)
    fewer = rules(tmp_path, kpis=said)["D2:D5"]
    assert colours(fewer) == [LIGHT.bad_soft, LIGHT.good_soft, LIGHT.warn_soft]
    assert ">PERCENTILE" in fewer[0].formula[0]
    assert "<PERCENTILE" in fewer[1].formula[0]


def test_a_rate_without_a_direction_has_no_colours(tmp_path: Path) -> None:
    table = pa.record_batch({"region": ["N", "S"], "market_share": [0.2, 0.8]})
    assert rules(tmp_path, table) == {}


def test_ids_averages_and_earlier_periods_get_no_bars(tmp_path: Path) -> None:
    table = pa.record_batch({"year": [2012, 2013], "avg_delay_min": [3.5, 4.5], "previous_departures": [1, 2]})
    assert rules(tmp_path, table) == {}


@pytest.mark.parametrize("rows", [0, 1, 1_001])
def test_a_table_of_one_row_or_of_very_many_has_none(tmp_path: Path, rows: int) -> None:
    assert rules(tmp_path, pa.record_batch({"departures": pa.array(range(rows), pa.int64())})) == {}


def test_sheets_with_bars_stay_well_formed_and_their_rows_whole(tmp_path: Path) -> None:
    """What XlsxWriter writes for bars at the start of a sheet is left out: the rows were there before the bars."""
    head = section_head(AIRLINES, columns=columns_of(AIRLINES.schema, sample=AIRLINES))
    plain = Section(section_head(AIRLINES, title="Plain"), row_count=4)
    parts = [(Section(head, row_count=4), [AIRLINES]), (plain, [AIRLINES])]
    (file,) = write_report(FORMAT, tmp_path, parts)
    with ZipFile(file.path) as archive:
        sheets = [archive.read(f"xl/worksheets/sheet{number}.xml") for number in (2, 3)]
    for xml in sheets:
        root = ElementTree.fromstring(xml)  # noqa: S314  our own file
        assert len(root.findall("{*}sheetData/{*}row")) == 5
    names = [re.findall(rb"<x14:id>([^<]+)</x14:id>", xml) for xml in sheets]
    assert len({*names[0], *names[1]}) == len(names[0]) + len(names[1]) == 2


def test_they_can_be_switched_off(tmp_path: Path) -> None:
    assert rules(tmp_path, highlights=False) == {}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"highlight": True}, "Excel has no option 'highlight'. Did you mean 'highlights'?"),
        ({"highlights": 1}, "Use true or false"),
        ([], "names with values"),
    ],
)
def test_it_refuses_options_that_it_does_not_have(tmp_path: Path, options: Any, words: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        FORMAT.open(tmp_path, stem="x", head=report_head(format_options={"excel": options}))
    assert words in caught.value.message
    assert list(tmp_path.iterdir()) == []


def test_sheets_with_opposite_directions_keep_their_colours_in_one_workbook(tmp_path: Path) -> None:
    share = Column("on_time_rate", pa.float64(), "percent", "On time")
    sections = []
    for number, better in enumerate((True, False), start=1):
        head = section_head(AIRLINES, title=f"Part {number}", columns=columns_of(AIRLINES.schema, sample=AIRLINES))
        kpi = Kpi("On time", "on_time_rate", "avg", 0.75, share, higher_is_better=better)
        sections.append((Section(head, row_count=4, kpis=(kpi,)), [AIRLINES]))
    (file,) = write_report(FORMAT, tmp_path, sections)
    book = openpyxl.load_workbook(file.path)
    for name, worst in (("Part 1", "<PERCENTILE"), ("Part 2", ">PERCENTILE")):
        found = next(area.rules for area in book[name].conditional_formatting if str(area.sqref) == "D2:D5")
        first = min(found, key=lambda rule: rule.priority)
        assert colours([first]) == [LIGHT.bad_soft]
        assert worst in first.formula[0]
