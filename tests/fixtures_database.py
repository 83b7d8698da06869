"""An isolated house for each test: its own data folder, its own migrated database, its own people.

`database` runs a test twice, on SQLite and on PostgreSQL. Both start from a template that is migrated once.
"""

from __future__ import annotations

import os
import secrets
import shutil
import sqlite3
import uuid
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Final

import pytest
from psycopg import sql

from core.crypto import hash_password
from core.database import get_engine, make_engine, session_scope, use_engine
from core.migrations import migrate
from core.models import User
from core.schemas.accounts import Actor, Role
from core.services.people import to_actor
from core.settings import PREFIX, Settings, create_secret_key, get_settings
from tests.fixtures_postgres import PostgresServer

PASSWORD: Final = "correct horse battery"


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """The settings of a fresh installation in the test's own folder, secret key included."""
    for name in [name for name in os.environ if name.startswith(PREFIX) and name != "ROOSTER_TEST_BROWSER"]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("ROOSTER_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("ROOSTER_WORKERS", "1")
    get_settings.cache_clear()
    create_secret_key(get_settings())
    yield get_settings()
    get_settings.cache_clear()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "rooster.db"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres_server: PostgresServer) -> Iterator[str]:
    """The name of a migrated database that nobody is connected to."""
    with postgres_server.database() as url:
        _migrate(url)
        yield url.rpartition("/")[2]


def _migrate(url: str) -> None:
    engine = make_engine(url)
    migrate(engine)
    engine.dispose()


@pytest.fixture
def sqlite_url(settings: Settings, sqlite_template: Path) -> str:
    target = settings.data_path / "rooster.db"
    shutil.copyfile(sqlite_template, target)
    return f"sqlite:///{target}"


@pytest.fixture
def postgresql_url(postgres_server: PostgresServer, postgres_template: str) -> Iterator[str]:
    name = f"test_{secrets.token_hex(6)}"
    copy = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(postgres_template))
    postgres_server.execute(copy)
    yield postgres_server.url(name)
    postgres_server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The URL of an empty migrated database that the session scopes (and child processes) use."""
    request.getfixturevalue("settings")
    url: str = request.getfixturevalue(f"{request.param}_url")
    yield from _in_use(url, monkeypatch)


@pytest.fixture
def sqlite_database(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Like `database`, SQLite alone: for tests whose subject is not the database."""
    yield from _in_use(sqlite_url, monkeypatch)


def _in_use(url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("ROOSTER_DATABASE_URL", url)
    get_settings.cache_clear()
    use_engine(make_engine(url))
    get_engine()
    yield url
    use_engine(None)


@lru_cache(maxsize=1)
def _hash_of_password() -> str:
    return hash_password(PASSWORD)


def add_person(name: str, role: Role = "analyst", *, timezone: str = "UTC") -> Actor:
    """A person `name@example.test` whose password is PASSWORD."""
    user = User(
        id=uuid.uuid4(),
        email=f"{name.lower()}@example.test",
        name=name,
        password_hash=_hash_of_password(),
        role=role,
        timezone=timezone,
    )
    with session_scope() as session:
        session.add(user)
        session.flush()
        return to_actor(user)


@pytest.fixture
def _any_database(request: pytest.FixtureRequest) -> str:
    """People live in the database the test asked for."""
    name = "database" if "database" in request.fixturenames else "sqlite_database"
    return str(request.getfixturevalue(name))


@pytest.fixture
def alice(_any_database: str) -> Actor:
    """Owns what the test makes."""
    return add_person("Alice", timezone="Europe/Berlin")


@pytest.fixture
def bob(_any_database: str) -> Actor:
    return add_person("Bob")


@pytest.fixture
def charlie(_any_database: str) -> Actor:
    """Must see nothing of the others' things."""
    return add_person("Charlie")


@pytest.fixture
def admin(_any_database: str) -> Actor:
    return add_person("Ada", "admin")


@pytest.fixture
def source_file(tmp_path: Path) -> Path:
    """Somebody's database: 100 sales in four regions over 25 days from 2026-01-05."""
    path = tmp_path / "shop.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE sales (day TEXT, region TEXT, amount REAL, units INTEGER)")
    rows = [
        (f"2026-01-{5 + day:02d}", region, round(100.5 + day * 7 + number * 3, 2), day + number)
        for day in range(25)
        for number, region in enumerate(("North", "East", "South", "West"))
    ]
    connection.executemany("INSERT INTO sales VALUES (?, ?, ?, ?)", rows)
    connection.commit()
    connection.close()
    return path


@pytest.fixture
def source_url(source_file: Path) -> str:
    return f"sqlite:///{source_file}"
