"""What may become a data source, and how its URL is shown."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Any

import pytest

from core.errors import SourceError
from core.sources import SourceOptions, mask_url, open_source, validate_url
from tests.sources.helpers import read, sqlite_file


@pytest.fixture
def own(tmp_path: Path) -> Path:
    return sqlite_file(tmp_path / "rooster.db", "create table users (a);")


@pytest.mark.parametrize("way", ["itself", "symbolic link", "hard link", "dots", "write-ahead log"])
def test_our_own_files_are_refused_by_every_way_to_them(tmp_path: Path, own: Path, way: str) -> None:
    path = tmp_path / "innocent.db"
    if way == "symbolic link":
        path.symlink_to(own)
    elif way == "hard link":
        os.link(own, path)
    elif way == "write-ahead log":
        path = tmp_path / "rooster.db-wal"
        path.write_bytes(b"")
    else:
        path = own if way == "itself" else tmp_path / "x" / ".." / "rooster.db"
    with pytest.raises(SourceError, match="belongs to Rooster") as caught:
        open_source(f"sqlite:///{path}", options=SourceOptions(forbidden_paths=(own,)))
    assert caught.value.error_class == "permission"


def test_a_file_that_becomes_one_of_ours_later_is_refused_then(tmp_path: Path, own: Path) -> None:
    path = sqlite_file(tmp_path / "data.db", "create table t (a);")
    source = open_source(f"sqlite:///{path}", options=SourceOptions(forbidden_paths=(own,)))
    path.unlink()
    path.symlink_to(own)
    with pytest.raises(SourceError, match="belongs to Rooster"):
        read(source, "SELECT * FROM users")


def test_our_own_postgresql_database_is_refused_and_its_neighbour_is_not(postgres_url: str) -> None:
    options = SourceOptions(forbidden_urls=(postgres_url.replace("postgresql:", "postgresql+psycopg:"),))
    for host in ("127.0.0.1", "localhost", "127.1", "2130706433"):
        with pytest.raises(SourceError, match="belongs to Rooster"):
            open_source(postgres_url.replace("127.0.0.1", host), options=options)
    validate_url(postgres_url.rpartition("/")[0] + "/another", options)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("postgresql://u:p@h/d?options=-c%20x", "'options' is not allowed"),
        ("postgresql://u:p@h/d?service=x", "'service' is not allowed"),
        ("postgresql://u:p@h/d?passfile=/etc/passwd", "'passfile' is not allowed"),
        ("postgresql://u:p@h/d?host=/tmp", "'host' is not allowed"),
        ("postgresql://u:p@h/d?sslmode=require&sslmode=disable", "given once"),
        ("postgresql://u:p@a,b/d", "Name one host"),
        ("mysql://u:p@h/d?local_infile=1", "'local_infile' is not allowed"),
        ("mssql://u:p@h/d?driver=/tmp/evil.so", "plain words"),
        ("mysql+mysqldb://u:p@h/d", "driver 'mysqldb' is not supported"),
        ("sqlite:///data.db?mode=rwc", "'mode' is not allowed"),
        ("sqlite://", "Name an existing file"),
        ("sqlite:///:memory:", "Name an existing file"),
        ("sqlite:///file:/etc/passwd", "Name an existing file"),
        ("sqlite:////nowhere/x.db", "There is no file"),
        ("postgresq://u:p@h/d", "Did you mean 'postgresql'"),
        ("h2:mem:test;INIT=RUNSCRIPT", "not a connection URL"),
        ("postgresql://u:p@ss@h/d", "percent-encoded"),
    ],
)
def test_a_dangerous_or_wrong_url_is_refused_in_words(url: str, words: str) -> None:
    with pytest.raises(SourceError, match=words) as caught:
        validate_url(url, SourceOptions())
    assert "u:p" not in caught.value.message


def test_files_outside_the_root_are_refused(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    sqlite_file(root / "in.db", "create table t (a);")
    sqlite_file(tmp_path / "out.db", "create table t (a);")
    options = SourceOptions(sqlite_root=root)
    assert open_source("sqlite:///in.db", options=options).check().ok
    for name in ("../out.db", str(tmp_path / "out.db")):
        with pytest.raises(SourceError, match="outside the folder"):
            open_source(f"sqlite:///{name}", options=options)


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "localhost", "127.1", "0x7f000001", "2130706433", "017700000001", "0", "10.0.0.1"),
        *("192.168.1.1", "172.16.0.1", "100.64.0.1", "169.254.169.254", "224.0.0.1", "[::1]", "[fd00::1]"),
        *("[fe80::1]", "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", ""),
    ],
)
def test_private_addresses_are_refused_where_they_are_closed(host: str) -> None:
    with pytest.raises(SourceError, match="private network") as caught:
        validate_url(f"postgresql://u:p@{host}/d", SourceOptions(allow_private_networks=False))
    assert caught.value.error_class == "permission"


def test_one_private_address_among_public_ones_is_enough_to_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    def resolve(_host: str, port: int, **_: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in ("8.8.8.8", "10.0.0.1")]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with pytest.raises(SourceError, match="private network"):
        validate_url("postgresql://u:p@mixed.example/d", SourceOptions(allow_private_networks=False))


def test_a_name_that_moves_to_a_private_address_is_refused_when_connecting(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter(["8.8.8.8", "127.0.0.1"])

    def resolve(_host: str, port: int, **_: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    options = SourceOptions(allow_private_networks=False)
    answer = open_source("postgresql://u:p@rebinding.example/d", options=options).check()
    assert (answer.ok, "private network" in answer.detail) == (False, True)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://reader:canary@db/sales", "postgresql://reader:***@db/sales"),
        (
            "postgresql://reader:c%40nary@db:5433/sales?sslmode=require",
            "postgresql://reader:***@db:5433/sales?sslmode=require",
        ),
        ("mysql://u@h/d?passwd=canary&charset=utf8", "mysql://u@h/d?charset=utf8&passwd=***"),
        ("postgresql://reader:can@nary@db/sales", "postgresql://***"),
        ("postgresql://reader:canary@db:port/sales", "postgresql://***"),
        ("canary", "***"),
        ("sqlite:///flights.db", "sqlite:///flights.db"),
    ],
)
def test_a_shown_url_hides_every_secret(url: str, shown: str) -> None:
    assert mask_url(url) == shown
