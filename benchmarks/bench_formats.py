"""Whole reports through the real process of a run, beside the usual ways and the floor.

    python benchmarks/bench_formats.py [sqlite] [postgresql] [--n 3] [--quick]

Two tables: 336,776 flights x 19, and 1,000,000 x 12 of mixed types. Each line is a fresh process, imports included:
`ours` is what Send test starts (imports, query, files, letters, commit), beside the same with two rows of the table;
the peers are those of peers.py; the floor is COPY into a file (SQLite: its rows into csv.writer). CPU and wall seconds,
peak resident size, size of the files. What is slow (the peers that write Excel, all of the large table) runs once; they
are run last, and from PostgreSQL alone, for what they cost is the workbook. Modules are compiled before anything is
measured, as they are where a program runs twice. `--quick` takes 20,000 rows of each, to see that everything works.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from installation import HERE, Installation, installation, machine, postgres, say
from peers import FLOOR, METHODS
from tables import FLIGHTS, MIXED, Table, load_postgres, load_sqlite

from core.database import session_scope
from core.models import GeneratedFile
from tests.ledger import house
from tests.worker.measured import Measured, run_measured

ALL = ("csv", "excel", "pdf", "html")
QUICK_ROWS = 20_000


EXCEL_PEER = "pandas to_excel, XlsxWriter"


def is_excel(method: str) -> bool:
    return method.endswith(("XlsxWriter", "openpyxl"))


@dataclass(frozen=True, slots=True)
class Result:
    cpu_s: float
    wall_s: float
    peak_mib: float


@dataclass(frozen=True, slots=True)
class Bench:
    """One table in one database."""

    inst: Installation
    source: str
    table: Table
    rows: int
    n: int

    @property
    def two_rows(self) -> str:
        """Enough for a chart: what a report costs that has all its parts and no data."""
        return f"{self.table.query} LIMIT 2"

    def ours(self, formats: Sequence[str], query: str | None = None) -> tuple[Measured, str]:
        sql = query or self.table.query
        report_id = house.add_report(self.inst.actor, self.source, sql=sql, formats=[*formats], name=" ".join(formats))
        execution_id: uuid.UUID = house.queue_run(self.inst.actor, report_id)
        measured = run_measured(execution_id, house.claim(execution_id).fence, folder=self.inst.folder)
        row = house.execution(execution_id)
        assert (row.status, row.error_message) == ("delivering", None)
        assert row.row_count == (2 if query else self.rows)
        with session_scope() as session:
            files = session.query(GeneratedFile).filter_by(execution_id=execution_id)
            return measured, ", ".join(f"{file.format} {file.size / 1e6:.1f} MB" for file in files)

    def theirs(self, method: str, query: str | None = None) -> tuple[Measured, str]:
        target = self.inst.folder / f"peer.{'xlsx' if is_excel(method) else 'csv'}"
        command = [sys.executable, str(HERE / "peers.py"), method, self.source, query or self.table.query, str(target)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        size = target.stat().st_size
        target.unlink()
        return Measured(**json.loads(done.stdout)), f"{size / 1e6:.1f} MB"

    def compile_modules(self) -> None:
        self.ours(ALL, self.two_rows)
        for method in METHODS:
            self.theirs(method, self.two_rows)


def _line(name: str, run: Callable[[], tuple[Measured, str]], n: int) -> Result:
    runs = [run() for _ in range(n)]
    result = Result(
        *(statistics.median(getattr(measured, field) for measured, _ in runs) for field in Result.__dataclass_fields__)
    )
    figures = (f"{result.cpu_s:.2f} CPU s", f"{result.wall_s:.2f} s", f"{result.peak_mib:.0f} MiB")
    say(name, f"n {n}", *figures, runs[0][1])
    return result


@dataclass(frozen=True, slots=True)
class Work:
    """A whole report, and the same with two rows: imports and the run around it."""

    whole: Result
    bare: Result

    @property
    def cpu_s(self) -> float:
        return self.whole.cpu_s - self.bare.cpu_s

    @property
    def wall_s(self) -> float:
        return self.whole.wall_s - self.bare.wall_s

    @property
    def mib(self) -> float:
        return self.whole.peak_mib - self.bare.peak_mib


def measure(bench: Bench, *, with_slow: bool) -> None:
    say(f"--- {bench.rows} rows of {bench.table.name} x {len(bench.table.columns)}, {machine()}")
    peers = {
        method: _line(method, lambda method=method: bench.theirs(method), bench.n)
        for method in METHODS
        if not is_excel(method)
    }
    alone = {key: _work(bench, [key]) for key in ALL}
    together = _work(bench, ALL)
    _say_csv(alone["csv"], peers)
    _say_together(together, alone)
    for method in filter(is_excel, METHODS if with_slow else ()):
        peer = _line(method, lambda method=method: bench.theirs(method), 1)
        _say_ratio("excel", alone["excel"].whole, method, peer)
    say(machine())


def _work(bench: Bench, formats: Sequence[str]) -> Work:
    name = " ".join(formats)
    bare = _line(f"two rows: {name}", lambda: bench.ours(formats, bench.two_rows), bench.n)
    work = Work(_line(f"ours: {name}", lambda: bench.ours(formats), bench.n), bare)
    say(f"{name} over two rows: {work.cpu_s:.2f} CPU s, {work.wall_s:.2f} s, {work.mib:.0f} MiB")
    return work


def _say_csv(csv: Work, peers: dict[str, Result]) -> None:
    floor = peers[FLOOR].cpu_s
    say(f"BUDGET csv = {csv.cpu_s / floor:.1f} x the floor, our imports taken off (from PostgreSQL 7, better 4)")
    for method, peer in peers.items():
        _say_ratio("csv", csv.whole, method, peer)


def _say_ratio(name: str, ours: Result, method: str, peer: Result) -> None:
    cpu, memory = ours.cpu_s / peer.cpu_s, ours.peak_mib / peer.peak_mib
    label = "BUDGET " if method == EXCEL_PEER else ""
    wanted = " (0.10 x CPU, better 0.05)" if label else ""
    say(f"{label}{name} = {cpu:.3f} x CPU and {memory:.2f} x memory of {method}, imports included{wanted}")


def _say_together(together: Work, alone: dict[str, Work]) -> None:
    four = sum(work.cpu_s for work in alone.values())
    slowest = max(work.wall_s for work in alone.values())
    over_csv = together.whole.peak_mib - alone["csv"].bare.peak_mib
    say(f"BUDGET all four = {together.cpu_s / four:.2f} x the CPU of four passes, imports taken off (0.65)")
    say(f"BUDGET all four = {together.wall_s / slowest:.2f} x the time of the slowest alone, likewise (1.8)")
    say(f"BUDGET all four = {together.mib:.0f} MiB over two rows in all four (90), {over_csv:.0f} over two in CSV")


@contextlib.contextmanager
def _source(kind: str, inst: Installation, tables: dict[Table, int]) -> Iterator[str]:
    if kind == "sqlite":
        yield load_sqlite(Path(inst.folder) / "source.db", tables)
        return
    with postgres() as server, server.database() as url:
        yield load_postgres(url, tables)


@contextlib.contextmanager
def _kept_bytecode() -> Iterator[None]:
    """The processes that are measured find their modules compiled, wherever this machine keeps them or does not."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ["PYTHONPYCACHEPREFIX"] = folder
        yield


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kinds", nargs="*", default=["postgresql", "sqlite"])
    parser.add_argument("--n", type=int, default=3)
    parser.add_argument("--quick", action="store_true")
    wanted = parser.parse_args()
    tables = {table: QUICK_ROWS if wanted.quick else table.rows for table in (FLIGHTS, MIXED)}
    for kind in wanted.kinds:
        with installation() as inst, _kept_bytecode(), _source(kind, inst, tables) as source:
            for table, rows in tables.items():
                n = 1 if wanted.quick or table is MIXED else wanted.n
                bench = Bench(inst, source, table, rows, n)
                bench.compile_modules()
                say(f"=== from {kind}")
                measure(bench, with_slow=kind == "postgresql")


if __name__ == "__main__":
    main()
