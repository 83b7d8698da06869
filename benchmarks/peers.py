"""The usual ways, each in a process of its own: python benchmarks/peers.py METHOD URL SQL FILE; prints what it took."""

from __future__ import annotations

import csv
import json
import resource
import sqlite3
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any


def _frame(url: str, query: str) -> Any:
    import pandas
    from sqlalchemy import create_engine

    return pandas.read_sql(query, create_engine(url.replace("postgresql://", "postgresql+psycopg://")))


def pandas_csv(url: str, query: str, target: Path) -> None:
    _frame(url, query).to_csv(target, index=False)


def pandas_xlsxwriter(url: str, query: str, target: Path) -> None:
    _frame(url, query).to_excel(target, index=False, engine="xlsxwriter")


def pandas_openpyxl(url: str, query: str, target: Path) -> None:
    _frame(url, query).to_excel(target, index=False, engine="openpyxl")


def dicts_xlsxwriter(url: str, query: str, target: Path) -> None:
    """All rows as dictionaries, then cell by cell: how query tools export."""
    import xlsxwriter
    from sqlalchemy import create_engine, text

    with create_engine(url.replace("postgresql://", "postgresql+psycopg://")).connect() as connection:
        rows = [dict(row) for row in connection.execute(text(query)).mappings()]
    options = {"constant_memory": True, "strings_to_urls": False, "strings_to_formulas": False}
    with xlsxwriter.Workbook(target, {**options, "default_date_format": "yyyy-mm-dd"}) as book:
        sheet = book.add_worksheet()
        for column, name in enumerate(rows[0]):
            sheet.write(0, column, name)
        for number, row in enumerate(rows, start=1):
            for column, value in enumerate(row.values()):
                sheet.write(number, column, value)


def floor(url: str, query: str, target: Path) -> None:
    """The least that can be done: PostgreSQL's own COPY; for SQLite its rows straight into csv.writer."""
    if url.startswith("sqlite:///"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection, target.open("w") as handle:
            cursor = connection.execute(query)
            writer = csv.writer(handle)
            writer.writerow(column[0] for column in cursor.description)
            writer.writerows(cursor)
        return
    import psycopg
    from psycopg import sql

    command = sql.SQL("COPY ({}) TO STDOUT (FORMAT csv, HEADER)").format(sql.SQL(query))  # type: ignore[arg-type] # our own text
    with psycopg.connect(url) as connection, target.open("wb") as handle, connection.cursor().copy(command) as copy:
        for block in copy:
            handle.write(block)


FLOOR = "floor"
METHODS: dict[str, Callable[[str, str, Path], None]] = {
    FLOOR: floor,
    "pandas to_csv": pandas_csv,
    "pandas to_excel, XlsxWriter": pandas_xlsxwriter,
    "pandas to_excel, openpyxl": pandas_openpyxl,
    "dict rows, XlsxWriter": dicts_xlsxwriter,
}


def main(method: str, url: str, query: str, target: str) -> None:
    began = time.perf_counter()
    METHODS[method](url, query, Path(target))
    used = resource.getrusage(resource.RUSAGE_SELF)
    peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM:"))
    found = {
        "peak_mib": int(peak.split()[1]) / 1024,
        "cpu_s": used.ru_utime + used.ru_stime,
        "wall_s": time.perf_counter() - began,
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
