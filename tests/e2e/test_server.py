"""script/processes.py itself: it keeps the others alive, refuses to run twice and leaves nothing behind."""

from __future__ import annotations

import signal
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import psutil
import pytest

from tests.e2e.installation import PASSWORD, STOP_SECONDS, Installation, finished, installed, is_alive, made
from tests.fixtures_worker import free_port, until

VARIABLES = {
    "ROOSTER_ADMIN_EMAIL": "grace@example.test",
    "ROOSTER_ADMIN_PASSWORD": PASSWORD,
    "ROOSTER_SAMPLE": "0",
    "ROOSTER_WORKERS": "1",
}
PARTS = ("streamlit", "script/worker", "core.mail.catcher")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with installed(tmp_path_factory.mktemp("server"), VARIABLES) as installation:
        yield installation


def running(server: Installation) -> Installation:
    """Whatever the test before did to it."""
    if server.process is None or server.process.poll() is not None:
        server.start()
    until(server.is_healthy, what="all processes to work")
    return server


def test_it_greets_with_address_and_login(server: Installation) -> None:
    until(lambda: "Rooster is ready" in server.log, what="the greeting")
    assert f"Rooster is ready at {server.url}" in server.log
    assert "Sign in as grace@example.test, the password you set." in server.log
    assert PASSWORD not in server.log


def test_a_second_start_is_refused_and_the_process_is_named(server: Installation) -> None:
    running(server)
    other = {"ROOSTER_PORT": str(free_port()), "ROOSTER_MAIL_CATCHER_PORT": str(free_port())}
    second = server.start_again(**other)
    assert second.returncode == 1
    assert second.stdout.strip() == (
        f"rooster: Rooster is running already at {server.url} (process {server.pid}). Stop it with: kill {server.pid}"
    )
    assert server.is_healthy()


@pytest.mark.parametrize("variable", ["ROOSTER_PORT", "ROOSTER_MAIL_CATCHER_PORT"])
def test_a_busy_port_is_named_with_its_variable(server: Installation, tmp_path: Path, variable: str) -> None:
    folder = str(tmp_path / "data")
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = str(busy.getsockname()[1])
        free = {"ROOSTER_PORT": str(free_port()), "ROOSTER_MAIL_CATCHER_PORT": str(free_port())}
        done = server.start_again(**{**free, variable: port, "ROOSTER_DATA_DIR": folder})
    assert done.returncode == 1
    assert done.stdout.startswith(f"rooster: Port {port} on 127.0.0.1 cannot be used: Address already in use.")
    assert f"set {variable}." in done.stdout


@pytest.mark.parametrize("part", PARTS)
def test_what_is_killed_is_started_again(server: Installation, part: str) -> None:
    running(server)
    killed = until(lambda: server.child(part), what=part)
    offspring = killed.children(recursive=True)
    killed.kill()
    wait_until_gone(offspring)
    another = until(lambda: (found := server.child(part)) and found != killed and found, what=f"another {part}")
    until(server.is_healthy, what="the installation to work again")
    assert another.is_running()


def test_when_it_is_killed_no_child_stays_and_the_next_start_works(server: Installation) -> None:
    family = family_of(running(server))
    server.process.kill()
    server.process.wait()
    wait_until_gone(family)
    running(server)


def test_sigterm_stops_everything_in_good_order(server: Installation) -> None:
    family = family_of(running(server))
    assert server.stop() == 0
    assert [process for process in family if is_alive(process)] == []
    assert server.log.rstrip().endswith("rooster: stopped")
    assert not (server.data_dir / "server.json").exists()


def test_hanging_up_stops_it_too(server: Installation) -> None:
    running(server).process.send_signal(signal.SIGHUP)
    assert server.process.wait(STOP_SECONDS) == 0


def run_something(server: Installation) -> None:
    """A report on a database of its own; how it ends does not matter here."""
    name = f"Report {uuid4()}"
    database = server.data_dir.parent / "one.db"
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS one (day TEXT)")
    with server.signed_in(VARIABLES["ROOSTER_ADMIN_EMAIL"]) as api:
        source = made(api, "/api/data-sources", {"name": name, "url": f"sqlite:///{database}"})
        sql = {"name": name, "data_source_id": source["id"], "sql": "SELECT 1 AS one"}
        query = made(api, "/api/saved-queries", sql)
        report = {
            "name": name,
            "saved_query_id": query["id"],
            "schedule_config": {"type": "weekly", "time": "07:00", "day_of_week": 0, "timezone": "UTC"},
            "recipients": [VARIABLES["ROOSTER_ADMIN_EMAIL"]],
            "formats": ["csv"],
        }
        report_id = made(api, "/api/scheduled-reports", report)["id"]
        finished(api, api.post(f"/api/scheduled-reports/{report_id}/run").json()["execution_id"])


def wait_until_gone(processes: list[psutil.Process]) -> None:
    until(lambda: not any(map(is_alive, processes)), seconds=STOP_SECONDS, what="every child to end")


def family_of(server: Installation) -> list[psutil.Process]:
    """Everything below it: its three children, and the server of warm children that a run leaves for a minute."""
    run_something(server)
    family = psutil.Process(server.pid).children(recursive=True)
    assert len(family) > len(PARTS)
    return family
