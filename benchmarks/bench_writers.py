"""The writers alone, beside the usual libraries: python benchmarks/bench_writers.py [--n 3] [--rows 100000]

The rows lie in memory as Arrow batches; each run is a process of its own and says what it took. 12 mixed columns
for CSV and Excel; 8 for PDF (the engine of its table, without the limit on rows) and HTML.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from installation import machine, say

BATCH = 8192
# 2020 begins.
START_S = 1_577_836_800
NARROW = 8


def _batches(rows: int, columns: int = 12) -> Iterator[Any]:
    import pyarrow as pa

    regions = ("North", "East", "South", "West")
    for start in range(0, rows, BATCH):
        numbers = range(start, min(start + BATCH, rows))
        made = {
            "id": pa.array(numbers, pa.int64()),
            "day": pa.array([date(2020, 1, 1) + timedelta(days=i % 2000) for i in numbers]),
            "customer": pa.array([f"customer {i * 7919 % 1000003}" for i in numbers]),
            "region": pa.array([regions[i % 4] for i in numbers]),
            "amount": pa.array([i * 1.37 for i in numbers]),
            "units": pa.array([None if i % 11 == 0 else i % 500 for i in numbers], pa.int64()),
            "discount": pa.array([i % 1000 / 1000 for i in numbers]),
            "paid": pa.array([i % 2 == 0 for i in numbers]),
            "at": pa.array([(START_S + i * 61) * 1_000_000 for i in numbers], pa.timestamp("us")),
            "remark": pa.array([None if i % 5 == 0 else f'Zoë, "{i}" & co' for i in numbers]),
            "postcode": pa.array([f"0{i % 90000 + 10000}" for i in numbers]),
            "reference": pa.array([i * 1000003 for i in numbers], pa.int64()),
        }
        yield pa.record_batch(dict(list(made.items())[:columns]))


def _ours(key: str) -> Callable[[list[Any], Path], None]:
    from core.formats import get_format

    return _through(get_format(key))


def _pdf_without_limit() -> Callable[[list[Any], Path], None]:
    from core.formats.pdf import PdfFormat

    return _through(PdfFormat(max_rows=10**9))


def _through(format_: Any) -> Callable[[list[Any], Path], None]:
    """Everything that a run does between the query and the finished file, the figures of the mail included."""
    from core.document.gather import SectionGatherer
    from core.document.model import ReportDocument, SectionHead
    from core.document.presentation import columns_of
    from core.services.rehearsal import rehearse
    from tests.formats.edge_tables import report_head

    rehearse(with_ledger=False)  # a warm process, as the worker's children are

    def write(batches: list[Any], folder: Path) -> None:
        writer = format_.open(folder, stem="1", head=report_head())
        head = SectionHead("q1", "Sales", columns_of(batches[0].schema, {}, sample=batches[0]))
        gatherer = SectionGatherer(head, {})
        writer.begin(head)
        for batch in batches:
            gatherer.add(batch)
            writer.write(batch)
        section = gatherer.finish()
        writer.end(section)
        writer.close(ReportDocument(report_head(), (section,)))

    return write


def _rows(batches: list[Any]) -> Iterator[tuple[Any, ...]]:
    for batch in batches:
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def _xlsxwriter(batches: list[Any], folder: Path) -> None:
    import xlsxwriter

    options = {"constant_memory": True, "strings_to_urls": False, "strings_to_formulas": False}
    with xlsxwriter.Workbook(folder / "peer.xlsx", {**options, "default_date_format": "yyyy-mm-dd"}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(_rows(batches)):
            sheet.write_row(number, 0, row)


def _pandas(method: str, name: str) -> Callable[[list[Any], Path], None]:
    def write(batches: list[Any], folder: Path) -> None:
        import pandas

        names = batches[0].schema.names
        frame = pandas.DataFrame(dict(zip(names, zip(*_rows(batches), strict=True), strict=True)))
        getattr(frame, method)(folder / name, index=False)

    return write


def _long_table(batches: list[Any], folder: Path) -> None:
    from reportlab.lib import colors
    from reportlab.platypus import LongTable, SimpleDocTemplate

    rows = [batches[0].schema.names, *([str(value) for value in row] for row in _rows(batches))]
    table = LongTable(rows, repeatRows=1, style=[("GRID", (0, 0), (-1, -1), 0.25, colors.grey)])
    SimpleDocTemplate(str(folder / "peer.pdf")).build([table])


CASES: dict[str, tuple[int, Callable[[], Callable[[list[Any], Path], None]]]] = {
    "csv": (12, lambda: _ours("csv")),
    "csv pandas": (12, lambda: _pandas("to_csv", "peer.csv")),
    "excel": (12, lambda: _ours("excel")),
    "excel XlsxWriter constant_memory": (12, lambda: _xlsxwriter),
    "excel pandas": (12, lambda: _pandas("to_excel", "peer.xlsx")),
    "pdf": (NARROW, _pdf_without_limit),
    "pdf LongTable": (NARROW, lambda: _long_table),
    "html": (NARROW, lambda: _ours("html")),
    "html pandas": (NARROW, lambda: _pandas("to_html", "peer.html")),
}


def measure_here(case: str, rows: int) -> None:
    """In a process of its own; prints processor seconds of the writing and the peak in MiB over the start."""
    columns, make = CASES[case]
    if "pandas" in case:
        import pandas  # noqa: F401 - its import is not what is measured
    write = make()
    batches = list(_batches(rows, columns))
    with tempfile.TemporaryDirectory() as folder:
        began = time.process_time()
        write(batches, Path(folder))
        used = time.process_time() - began
        size = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.suffix != ".db")
    print(json.dumps([used, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, size / 1e6]))


def _median(case: str, rows: int, n: int) -> float:
    runs = []
    for _ in range(n):
        command = [sys.executable, __file__, "--here", case, "--rows", str(rows)]
        runs.append(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))
    used, peak, size = (statistics.median(values) for values in zip(*runs, strict=True))
    say(case, f"{rows} rows", f"{used:.2f} CPU s", f"{peak:.0f} MiB with the rows", f"{size:.1f} MB")
    return used


def _compare(ours: str, peers: list[str], rows: int, n: int) -> float:
    used = _median(ours, rows, n)
    for peer in peers:
        say(f"{ours} = {used / _median(peer, rows, n):.3f} x {peer}")
    return used


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--here")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--n", type=int, default=3)
    wanted = parser.parse_args()
    if wanted.here:
        measure_here(wanted.here, wanted.rows)
        return
    say(machine(), f"n = {wanted.n}")
    _compare("csv", ["csv pandas"], wanted.rows, wanted.n)
    _compare("excel", ["excel XlsxWriter constant_memory", "excel pandas"], wanted.rows, wanted.n)
    ten = _compare("pdf", ["pdf LongTable"], 10_000, wanted.n)
    say(f"pdf: 50,000 rows take {_median('pdf', 50_000, wanted.n) / ten:.1f} x the time of 10,000")
    _compare("html", ["html pandas"], 10_000, wanted.n)
    say(machine())


if __name__ == "__main__":
    main()
