"""Whole reports through the real process of a run, beside the usual ways and the floor.

    python benchmarks/bench_formats.py [sqlite] [postgresql] [--n 3] [--quick]

Two tables: 336,776 flights x 19, and 1,000,000 x 12 of mixed types. Each line is a fresh process, imports included:
`ours` is what Send test starts (imports, query, files, letters, commit); the peers are those of peers.py; the floor
is COPY into a file (SQLite: its rows into csv.writer). CPU and wall seconds, peak resident size, size of the files.
What is slow (the peers that write Excel, all of the large table) runs once; they are run from PostgreSQL alone,
for what they cost is the workbook. `--quick` takes 20,000 rows of each, to see that everything works.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import statistics
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from installation import HERE, Installation, installation, machine, postgres, say
from peers import METHODS
from tables import FLIGHTS, MIXED, Table, load_postgres, load_sqlite

from core.database import session_scope
from core.models import GeneratedFile
from tests.ledger import house
from tests.worker.measured import Measured, run_measured

ALL = ["csv", "excel", "pdf", "html"]
QUICK_ROWS = 20_000


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

    def ours(self, formats: list[str], query: str | None = None) -> tuple[Measured, str]:
        sql = query or self.table.query
        report_id = house.add_report(self.inst.actor, self.source, sql=sql, formats=formats, name=" ".join(formats))
        execution_id: uuid.UUID = house.queue_run(self.inst.actor, report_id)
        measured = run_measured(execution_id, house.claim(execution_id).fence, folder=self.inst.folder)
        row = house.execution(execution_id)
        assert (row.status, row.error_message) == ("delivering", None)
        assert row.row_count == (1 if query else self.rows)
        with session_scope() as session:
            files = session.query(GeneratedFile).filter_by(execution_id=execution_id)
            return measured, ", ".join(f"{file.format} {file.size / 1e6:.1f} MB" for file in files)

    def theirs(self, method: str) -> tuple[Measured, str]:
        target = self.inst.folder / f"peer.{'xlsx' if is_excel(method) else 'csv'}"
        command = [sys.executable, str(HERE / "peers.py"), method, self.source, self.table.query, str(target)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        size = target.stat().st_size
        target.unlink()
        return Measured(**json.loads(done.stdout)), f"{size / 1e6:.1f} MB"


def _line(
    name: str, run: Callable[[], tuple[Measured, str]], n: int, against: dict[str, Result] | None = None
) -> Result:
    runs = [run() for _ in range(n)]
    result = Result(
        *(statistics.median(getattr(measured, field) for measured, _ in runs) for field in Result.__dataclass_fields__)
    )
    ratios = [
        f"{result.cpu_s / peer.cpu_s:.2f} x CPU and {result.peak_mib / peer.peak_mib:.2f} x memory of {key}"
        for key, peer in (against or {}).items()
    ]
    figures = (f"{result.cpu_s:.2f} CPU s", f"{result.wall_s:.2f} s", f"{result.peak_mib:.0f} MiB")
    say(name, f"n {n}", *figures, runs[0][1], *ratios)
    return result


def measure(bench: Bench, *, with_slow: bool) -> None:
    say(f"--- {bench.rows} rows of {bench.table.name} x {len(bench.table.columns)}, {machine()}")
    peers = {"floor": _line("floor", lambda: bench.theirs("floor"), bench.n)}
    for method in METHODS:
        if method != "floor" and (with_slow or not is_excel(method)):
            n = 1 if is_excel(method) else bench.n
            peers[method] = _line(method, lambda method=method: bench.theirs(method), n)
    base = _line(
        "ours: one row (imports and the run around it)", lambda: bench.ours(["csv"], "SELECT 1 AS one"), bench.n
    )
    alone: list[Result] = []
    for formats in ([key] for key in ALL):
        against = _against(formats[0], peers)
        alone.append(_line(f"ours: {formats[0]}", lambda formats=formats: bench.ours(formats), bench.n, against))
    together = _line("ours: all four", lambda: bench.ours(ALL), bench.n)
    work = sum(result.cpu_s - base.cpu_s for result in alone)
    slowest = max(result.wall_s - base.wall_s for result in alone)
    say(f"all four = {(together.cpu_s - base.cpu_s) / work:.2f} x the CPU of four passes, imports taken off")
    say(f"all four = {(together.wall_s - base.wall_s) / slowest:.2f} x the time of the slowest alone, likewise")
    peak = max(result.peak_mib for result in [*alone, together])
    say(f"memory over the imports: {peak - base.peak_mib:.0f} MiB at most")


def _against(key: str, peers: dict[str, Result]) -> dict[str, Result]:
    if key in ("csv", "excel"):
        return {method: peer for method, peer in peers.items() if is_excel(method) == (key == "excel")}
    return {}


@contextlib.contextmanager
def _source(kind: str, inst: Installation, tables: dict[Table, int]) -> Iterator[str]:
    if kind == "sqlite":
        yield load_sqlite(Path(inst.folder) / "source.db", tables)
        return
    with postgres() as server, server.database() as url:
        yield load_postgres(url, tables)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kinds", nargs="*", default=["postgresql", "sqlite"])
    parser.add_argument("--n", type=int, default=3)
    parser.add_argument("--quick", action="store_true")
    wanted = parser.parse_args()
    tables = {table: QUICK_ROWS if wanted.quick else table.rows for table in (FLIGHTS, MIXED)}
    for kind in wanted.kinds:
        with installation() as inst, _source(kind, inst, tables) as source:
            for table, rows in tables.items():
                n = 1 if wanted.quick or table is MIXED else wanted.n
                say(f"=== from {kind}")
                measure(Bench(inst, source, table, rows, n), with_slow=kind == "postgresql")


if __name__ == "__main__":
    main()
