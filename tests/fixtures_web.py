"""A real server process with its own data folder, people to sign in with, and a client for its WebSocket."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import urlsplit

import httpx2
import pytest
from sqlalchemy import create_engine, delete, update
from sqlalchemy.orm import Session
from websockets.sync.client import ClientConnection, connect

from core.crypto import hash_password
from core.database import make_engine
from core.migrations import migrate
from core.models import LoginAttempt, User, UserSession
from core.settings import PREFIX, ROOT

PASSWORD: Final = "correct horse battery"
HTML: Final = {"accept": "text/html,application/xhtml+xml", "sec-fetch-mode": "navigate"}
LAUNCHERS: Final = {
    "uvicorn": ("-m", "uvicorn", "app:app", "--host", "127.0.0.1", "--port", "{port}"),
    "streamlit": (
        "-m", "streamlit", "run", "app.py", "--server.address", "127.0.0.1", "--server.port", "{port}",
    ),
}  # fmt: skip
_START_S: Final = 60
_NONE: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass
class WebServer:
    """A running server. People are made in its database, and sign in through its login page."""

    port: int
    data_dir: Path
    process: subprocess.Popen[bytes]
    log: Path
    clients: list[httpx2.Client] = field(default_factory=list)
    base_path: str = ""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}{self.base_path}"

    @contextmanager
    def database(self) -> Iterator[Session]:
        engine = create_engine(f"sqlite:///{self.data_dir / 'rooster.db'}")
        with Session(engine) as session, session.begin():
            yield session
        engine.dispose()

    def add_person(self, name: str, role: str = "analyst") -> str:
        """Returns the e-mail address."""
        email = f"{name}@example.test"
        with self.database() as session:
            session.add(User(email=email, name=name.title(), password_hash=hash_password(PASSWORD), role=role))
        return email

    def change_sessions(self, email: str, **values: Any) -> None:
        with self.database() as session:
            person = session.query(User).filter_by(email=email).one()
            session.execute(update(UserSession).where(UserSession.user_id == person.id).values(**values))

    def forget_failures(self) -> None:
        """All tests come from one address, which a test of the throttle must not shut out."""
        with self.database() as session:
            session.execute(delete(LoginAttempt))

    def client(self) -> httpx2.Client:
        """A browser that nobody has signed in with."""
        client = httpx2.Client(base_url=self.url, timeout=30)
        self.clients.append(client)
        return client

    def signed_in(self, email: str, *, target: str = "/") -> httpx2.Client:
        client = self.client()
        response = log_in(client, email, target=target)
        assert response.status_code == 303, response.text
        return client

    def raw_get(self, path: str) -> tuple[int, str, bytes]:
        """Status, media type and body for a path exactly as it is written: clients tidy up `..` and `//`."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request("GET", path)
        response = connection.getresponse()
        answer = response.status, response.headers["content-type"], response.read()
        connection.close()
        return answer

    def connect(self, client: httpx2.Client | None = None, headers: dict[str, str] | None = None) -> ClientConnection:
        """The WebSocket of the pages, with the cookies of a client."""
        cookies = "; ".join(f"{name}={value}" for name, value in (client.cookies.items() if client else ()))
        sent = {**({"Cookie": cookies} if cookies else {}), **(headers or {})}
        address = f"ws://127.0.0.1:{self.port}{self.base_path}/_stcore/stream"
        return connect(address, additional_headers=sent, subprotocols=["streamlit"], max_size=None)


def log_in(client: httpx2.Client, email: str, password: str = PASSWORD, *, target: str = "/") -> httpx2.Response:
    form = client.get("/login", params={"next": target}, headers=HTML)
    token = re.search(r'name="csrf" value="([^"]+)"', form.text)
    assert token, form.text
    data = {"csrf": token.group(1), "next": target, "email": email, "password": password}
    return client.post("/login", data=data)


def run_page(connection: ClientConnection, page: str = "") -> list[Any]:
    """Ask for a page as a browser does; every ForwardMsg of the server until its script has ended."""
    # Imported late: these bring the whole framework, which most tests do without.
    from streamlit.proto.BackMsg_pb2 import BackMsg
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

    ask = BackMsg()
    ask.rerun_script.page_name = page
    connection.send(ask.SerializeToString())
    said: list[Any] = []
    while not said or said[-1].WhichOneof("type") != "script_finished":
        message = ForwardMsg()
        received = connection.recv(timeout=_START_S)
        assert isinstance(received, bytes)
        message.ParseFromString(received)
        said.append(message)
    return said


@contextmanager
def serve(folder: Path, launcher: str = "uvicorn", variables: Mapping[str, str] = _NONE) -> Iterator[WebServer]:
    """Start a server on a free port and wait until it answers; it is stopped at the end."""
    data_dir = folder / "data"
    data_dir.mkdir()
    engine = make_engine(f"sqlite:///{data_dir / 'rooster.db'}")
    migrate(engine)
    engine.dispose()
    port = _free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    environment |= {"ROOSTER_DATA_DIR": str(data_dir), "ROOSTER_SECRET_KEY": "only for this test", **variables}
    command = [sys.executable, *(part.format(port=port) for part in LAUNCHERS[launcher])]
    log = folder / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT)
    base_path = urlsplit(variables.get("ROOSTER_BASE_URL", "")).path
    server = WebServer(port, data_dir, process, log, base_path=base_path)
    try:
        _wait_until_up(server)
        yield server
    finally:
        for client in server.clients:
            client.close()
        process.terminate()
        process.wait(timeout=30)


def _wait_until_up(server: WebServer) -> None:
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline and server.process.poll() is None:
        try:
            if httpx2.get(f"{server.url}/login").status_code == 200:
                return
        except httpx2.TransportError:
            time.sleep(0.1)
    raise AssertionError(f"the server did not start:\n{server.log.read_text()}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session", params=sorted(LAUNCHERS))
def web_server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebServer]:
    """The server of both launchers, with Dana (analyst), Vic (viewer) and Ada (administrator)."""
    with serve(tmp_path_factory.mktemp(f"web_{request.param}"), request.param) as server:
        server.add_person("dana")
        server.add_person("vic", "viewer")
        server.add_person("ada", "admin")
        yield server


@pytest.fixture
def dana(web_server: WebServer) -> httpx2.Client:
    """A browser in which Dana is signed in."""
    return web_server.signed_in("dana@example.test")
