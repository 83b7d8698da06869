"""What reports looked like when somebody last looked: the content of their files, as text that shows in a diff.

`python -m tests.formats.golden_files` writes `tests/formats/golden/` anew after a change that is wanted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from xml.etree import ElementTree
from zipfile import ZipFile

import openpyxl
import pyarrow as pa
from openpyxl.worksheet.worksheet import Worksheet

from core.document.gather import SectionGatherer
from core.document.model import Section
from core.document.presentation import columns_of
from core.formats import get_format
from tests.formats.edge_tables import edge_table, report_head, section_head, write_report

FOLDER: Final = Path(__file__).parent / "golden"
_CHART: Final = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_TEXT: Final = "{http://schemas.openxmlformats.org/drawingml/2006/main}t"

AIRLINES: Final = pa.record_batch(
    {
        "airline": ["United Air Lines", "JetBlue Airways", "Österreichische", None],
        "departures": [1189, 1092, 14, 1],
        "on_time_rate": [0.756, 0.785, 0.857, 0.0],
        "avg_delay_min": [15.0, -13.8, 5.6, None],
        "revenue_eur": pa.array([Decimal("12345.60"), Decimal("0.05"), None, Decimal("-3")], pa.decimal128(12, 2)),
        "flight_id": [1141, 725, 7, 12345678901234567],
        "last_flight": [date(2013, 6, 23), date(2013, 6, 22), None, date(1899, 1, 1)],
        "seen_at": pa.array([datetime(2013, 6, 24, 11, tzinfo=UTC)] * 4, pa.timestamp("s", "UTC")),
        "note": ["=1+1", 'say "hi"; bye', "two\nlines", " 007"],
    }
)
DAYS: Final = pa.record_batch({"day": [date(2013, 6, 17 + n) for n in range(3)], "avg_delay_min": [25.1, 36.0, 8.0]})
_FAILURE: Final = "The database did not answer within 300 seconds."
_EARLIER: Final = {"sum:departures": 2000, "avg:on_time_rate": "0.712", "avg:avg_delay_min": "18.9"}

Part = tuple[Section, list[pa.RecordBatch]]


def part(title: str, table: pa.RecordBatch, *, rows: bool = True, previous: dict[str, Any] | None = None) -> Part:
    """A section as the runner gathers it."""
    columns = columns_of(table.schema, sample=table)
    head = section_head(table, title=title, columns=columns, parameters=(("origin", "EWR, JFK"),))
    gatherer = SectionGatherer(head)
    batches = [table] if rows else []
    for batch in batches:
        gatherer.add(batch)
    return gatherer.finish(1800, previous), batches


def bare(title: str, table: pa.RecordBatch) -> Part:
    """Columns as they are, without figures and chart."""
    return Section(section_head(table, title=title), row_count=table.num_rows), [table]


def failed(title: str) -> Part:
    return Section(section_head(DAYS, title=title), error=_FAILURE), []


def _excel(parts: list[Part], *, notices: tuple[str, ...] = (), **head: Any) -> str:
    with TemporaryDirectory() as folder:
        report = report_head(formats=("excel", "csv"), **head)
        (file,) = write_report(get_format("excel"), Path(folder), parts, head=report, notices=notices)
        return "\n".join(_workbook_lines(file.path)) + "\n"


def _csv(table: pa.RecordBatch, **options: Any) -> str:
    """Decoded, with line ends and the mark made visible."""
    with TemporaryDirectory() as folder:
        head = report_head(format_options={"csv": options})
        (file,) = write_report(get_format("csv"), Path(folder), [bare("Airlines", table)], head=head)
        text = file.path.read_bytes().decode(options.get("encoding", "utf-8"))
    return text.replace("\ufeff", "<mark>").replace("\r\n", "<CR LF>\n")


CASES: Final[dict[str, Callable[[], str]]] = {
    "one_query.xlsx.txt": lambda: _excel([part("Airlines", AIRLINES, previous=_EARLIER)]),
    "first_run.xlsx.txt": lambda: _excel([part("Airlines", AIRLINES)]),
    "dashboard.xlsx.txt": lambda: _excel(
        [part("Airlines", AIRLINES), part("Delay per day", DAYS), failed("Weather")],
        notices=(f"Weather is missing: {_FAILURE}",),
    ),
    "no_rows.xlsx.txt": lambda: _excel([part("Airlines", AIRLINES, rows=False)]),
    "every_type.xlsx.txt": lambda: _excel([bare("Types", edge_table())], page_size="Letter"),
    "usual.csv.txt": lambda: _csv(AIRLINES),
    "excel_europe.csv.txt": lambda: _csv(AIRLINES, preset="excel-europe", date_format="DD.MM.YYYY"),
    "quoted.csv.txt": lambda: _csv(AIRLINES, delimiter="|", quote_all=True, null="NULL", encoding="cp1252"),
    "every_type.csv.txt": lambda: _csv(edge_table(), guard=False),
}


def _workbook_lines(path: Path) -> Iterator[str]:
    book = openpyxl.load_workbook(path)
    facts = book.properties
    yield f"title {facts.title} | subject {facts.subject} | author {facts.creator} | comments {facts.description}"
    for sheet in book.worksheets:
        yield f"\n== {sheet.title} ({sheet.sheet_state}) {_print_setup(sheet)}"
        yield from _sheet_facts(sheet)
        yield from (_row_line(row) for row in sheet.iter_rows() if any(cell.value is not None for cell in row))
    book.close()
    with ZipFile(path) as archive:
        charts = sorted(name for name in archive.namelist() if name.startswith("xl/charts/chart"))
        drawn = sorted(name for name in archive.namelist() if name.startswith("xl/drawings/drawing"))
        for name in charts:
            yield f"\n-- {name}: {_chart_line(archive.read(name))}"
        for name in drawn:
            yield from re.findall(r'descr="([^"]*)"', archive.read(name).decode())


def _print_setup(sheet: Worksheet) -> str:
    setup, foot = sheet.page_setup, sheet.oddFooter
    breaks = [found.id for found in sheet.row_breaks.brk]
    return f"{setup.orientation}, paper {setup.paperSize}, foot {foot.left.text} / {foot.right.text}, breaks {breaks}"


def _sheet_facts(sheet: Worksheet) -> Iterator[str]:
    for table in sheet.tables.values():
        yield f"table {table.displayName} {table.ref} {table.tableStyleInfo.name}, frozen at {sheet.freeze_panes}"
        widths = [round(sheet.column_dimensions[name[0].column_letter].width, 1) for name in sheet.columns]
        yield f"widths {widths}"
        yield f"formats {[cell.number_format for cell in sheet[2]]}"
    for area in sheet.conditional_formatting:
        for rule in sorted(area.rules, key=lambda found: found.priority):
            yield f"rule {area.sqref}: {rule.type} {' '.join(rule.formula)}".rstrip()


def _row_line(row: tuple[Any, ...]) -> str:
    filled = [(cell.column_letter, cell.value) for cell in row if cell.value is not None]
    return f"{row[0].row:>3} " + " | ".join(f"{letter}: {value!r}" for letter, value in filled)


def _chart_line(xml: bytes) -> str:
    root = ElementTree.fromstring(xml)  # noqa: S314  our own file
    kinds = [found.tag.removeprefix(_CHART) for found in root.iter() if found.tag.endswith("Chart")]
    texts = "".join(found.text or "" for found in root.iter(_TEXT))
    ranges = [found.text for found in root.iter(f"{_CHART}f")]
    return f"{', '.join(kinds)}; {texts}; {ranges}"


def ours() -> list[Path]:
    """What this module keeps there; PDF and HTML have their own."""
    return [path for path in FOLDER.iterdir() if path.name.endswith((".xlsx.txt", ".csv.txt"))]


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for old in ours():
        old.unlink()
    for name, make in CASES.items():
        (FOLDER / name).write_text(make(), encoding="utf-8", newline="")


if __name__ == "__main__":
    main()
