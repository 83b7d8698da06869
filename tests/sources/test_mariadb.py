"""A real MariaDB through SQLAlchemy: types, limits, and nothing written."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pymysql
import pytest

from core.errors import SourceError
from core.sources import Source, SourceOptions, open_source
from tests.fixtures_worker import free_port, until
from tests.sources.helpers import read

pytestmark = pytest.mark.mariadb
_PATH = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/libexec"
_TABLE = """
CREATE TABLE shop (
  id BIGINT UNSIGNED PRIMARY KEY, name VARCHAR(50) CHARACTER SET utf8mb4, price DECIMAL(12,2), day DATE,
  at DATETIME(6), weight DOUBLE, sold TINYINT(1), picture BLOB, happened TIME
);
"""


def program(*names: str) -> str:
    found = next(filter(None, (shutil.which(name, path=_PATH) for name in names)), None)
    assert found is not None, "There is no MariaDB server. Install it: apt-get install mariadb-server."
    return found


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    folder, number = tmp_path_factory.mktemp("mariadb"), free_port()
    data = folder / "data"
    user = ["--user=root"] if os.geteuid() == 0 else []
    install = [program("mariadb-install-db", "mysql_install_db"), "--no-defaults", f"--datadir={data}", *user]
    subprocess.run(
        [*install, "--auth-root-authentication-method=normal", "--skip-test-db"], check=True, capture_output=True
    )
    command = [
        program("mariadbd", "mysqld"), "--no-defaults", f"--datadir={data}", f"--port={number}", *user,
        "--bind-address=127.0.0.1", f"--socket={folder / 's'}", f"--pid-file={folder / 'pid'}", "--sql-mode=",
    ]  # fmt: skip
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        until(lambda: _is_up(folder / "s") or server.poll() is not None, what="MariaDB to answer")
        assert server.poll() is None, (folder / "log").read_text()
        _fill(folder / "s")
        yield number
    finally:
        server.terminate()
        server.wait(timeout=60)


def _is_up(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(path)) == 0


def _fill(path: Path) -> None:
    connection = pymysql.connect(unix_socket=str(path), user="root", autocommit=True)
    with connection.cursor() as cursor:
        cursor.execute("CREATE DATABASE shop")
        # May write on purpose: what stops it must be ours.
        cursor.execute("CREATE USER writer@'127.0.0.1' IDENTIFIED BY 'canary'")
        cursor.execute("GRANT ALL ON shop.* TO writer@'127.0.0.1'")
        cursor.execute("USE shop")
        cursor.execute(_TABLE)
        cursor.execute(
            "INSERT INTO shop VALUES (18446744073709551615, 'Käse \N{CHEESE WEDGE}', 1.10, '2026-01-12', "
            "'2026-01-12 08:00:00.000001', 0.5, 1, x'00ff', '08:30:00'), "
            "(2, NULL, 2, '0000-00-00', NULL, NULL, NULL, NULL, NULL)"
        )
    connection.close()


@pytest.fixture(params=["mariadb", "mysql"])
def source(request: pytest.FixtureRequest, port: int) -> Source:
    return open_source(f"{request.param}://writer:canary@127.0.0.1:{port}/shop", options=SourceOptions())


def test_the_connection_test_succeeds(source: Source) -> None:
    check = source.check()
    assert check.ok, check.detail


def test_tables_and_columns_are_listed(source: Source) -> None:
    assert [(table.name, len(table.columns)) for table in source.tables()] == [("shop", 9)]


def test_values_arrive_as_they_are(source: Source) -> None:
    table = read(source, "SELECT id, name, price, day, at, weight, sold FROM shop ORDER BY id DESC LIMIT 1")
    assert table.to_pylist() == [
        {
            "id": Decimal("18446744073709551615"),
            "name": "Käse \N{CHEESE WEDGE}",
            "price": Decimal("1.10"),
            "day": date(2026, 1, 12),
            "at": datetime(2026, 1, 12, 8, 0, 0, 1),  # noqa: DTZ001 - the column has no zone
            "weight": 0.5,
            "sold": 1,
        }
    ]
    assert pa.types.is_decimal(table.schema.field("price").type)


def test_a_date_that_is_none_does_not_stop_the_report(source: Source) -> None:
    """`0000-00-00` is no day of any calendar; it arrives as text, as the database writes it."""
    days = read(source, "SELECT day FROM shop ORDER BY id").column("day").to_pylist()
    assert [str(day) for day in days] in (["0000-00-00", "2026-01-12"], ["None", "2026-01-12"])


def test_values_are_bound_and_text_with_percent_signs_is_left_alone(source: Source) -> None:
    table = read(source, "SELECT name, '100%' AS share FROM shop WHERE name LIKE 'K%' AND name <> :x", x="' OR 1=1 -- ")
    assert table.num_rows == 1
    assert table.column("share").to_pylist() == ["100%"]


@pytest.mark.parametrize(
    "attack",
    [
        "INSERT INTO shop (id) VALUES (9)",
        "UPDATE shop SET price = 0",
        "DELETE FROM shop",
        "CREATE TABLE other (a INT)",
        "DROP TABLE shop",
        "SELECT 1; INSERT INTO shop (id) VALUES (9)",
        "COMMIT; DELETE FROM shop",
        "SET SESSION TRANSACTION READ WRITE",
        "SELECT 1 INTO OUTFILE '/tmp/rooster-canary'",
        "LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE shop",
    ],
)
def test_nothing_is_written(source: Source, attack: str) -> None:
    with pytest.raises(SourceError):
        read(source, attack)
    assert read(source, "SELECT count(*) AS n FROM shop").to_pylist() == [{"n": 2}]


def test_the_time_limit_stops_the_statement(port: int) -> None:
    source = open_source(f"mariadb://writer:canary@127.0.0.1:{port}/shop", options=SourceOptions())
    endless = "SELECT count(*) FROM seq_1_to_1000000 a, seq_1_to_1000000 b"
    with pytest.raises(SourceError) as caught:
        read(source, endless, timeout_s=1)
    assert caught.value.error_class == "time_limit"
    assert "limit of 1 s" in caught.value.message


def test_the_row_limit_holds(source: Source) -> None:
    with pytest.raises(SourceError, match="ROOSTER_MAX_ROWS"):
        read(source, "SELECT a.id FROM shop a, shop b, shop c", max_rows=5)


def test_the_password_is_in_no_error(port: int) -> None:
    wrong = open_source(f"mariadb://writer:wrong-canary@127.0.0.1:{port}/shop", options=SourceOptions())
    check = wrong.check()
    assert not check.ok
    assert "canary" not in check.detail
