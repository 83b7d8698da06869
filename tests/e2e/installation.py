"""A whole installation as script/server runs it: web, worker and mail catcher, kept by script/processes.py."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx2
import psutil
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from core.settings import PREFIX, ROOT
from tests.fixtures_worker import free_port, until

PASSWORD: Final = "correct horse battery"
# Two starts of Python with everything imported, on a machine that other tests keep busy.
START_SECONDS: Final = 120.0
# A worker may take a minute to stop.
STOP_SECONDS: Final = 80.0
_SERVER: Final = (sys.executable, str(ROOT / "script" / "processes.py"))


@dataclass
class Installation:
    """`variables` are the settings of all its processes; `log` is what they wrote."""

    folder: Path
    variables: dict[str, str]
    port: int = field(default_factory=free_port)
    catcher_port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    family: list[psutil.Process] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def data_dir(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> str:
        return (self.folder / "server.log").read_text()

    @property
    def pid(self) -> int:
        assert self.process is not None, "it is not started"
        return self.process.pid

    @property
    def environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
        own = {
            "ROOSTER_DATA_DIR": str(self.data_dir),
            "ROOSTER_PORT": str(self.port),
            "ROOSTER_BASE_URL": self.url,
            "ROOSTER_MAIL_CATCHER_PORT": str(self.catcher_port),
            "ROOSTER_WORKERS": "2",
        }
        return inherited | own | self.variables

    def set_up(self) -> None:
        command = [sys.executable, "-m", "core.cli", "setup"]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    def start(self) -> None:
        """Start all processes and wait until the web answers and a worker lives."""
        with (self.folder / "server.log").open("ab") as log:
            process = subprocess.Popen(
                _SERVER, cwd=ROOT, env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        self.process = process
        until(lambda: self.is_healthy() or process.poll() is not None, seconds=START_SECONDS, what="the start")
        assert process.poll() is None, self.log
        self.family = psutil.Process(self.pid).children(recursive=True)

    def is_healthy(self) -> bool:
        try:
            return httpx2.get(f"{self.url}/api/health", timeout=10).status_code == 200
        except httpx2.TransportError:
            return False

    def start_again(self, **changes: str) -> subprocess.CompletedProcess[str]:
        """A second start, which is expected to end at once."""
        return subprocess.run(
            _SERVER, cwd=ROOT, env=self.environment | changes, capture_output=True, text=True, check=False, timeout=60
        )

    def child(self, part: str) -> psutil.Process | None:
        """The process right below the supervisor whose command line holds `part`."""
        children = [child for child in psutil.Process(self.pid).children() if is_alive(child)]
        return next((child for child in children if part in " ".join(child.cmdline())), None)

    def stop(self) -> int:
        """In good order; returns the exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(STOP_SECONDS)

    def close(self) -> None:
        """Whatever happened, nothing of it stays behind."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.family = psutil.Process(self.pid).children(recursive=True)
            self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        finally:
            for process in filter(is_alive, self.family):
                process.kill()
            self.process.kill()
            self.process.wait()

    @contextmanager
    def database(self) -> Iterator[Session]:
        """Its metadata, behind its back."""
        url = self.variables.get("ROOSTER_DATABASE_URL") or f"sqlite:///{self.data_dir / 'rooster.db'}"
        engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
        with Session(engine) as session, session.begin():
            yield session
        engine.dispose()

    def signed_in(self, email: str, password: str = PASSWORD) -> httpx2.Client:
        """A REST client with a fresh token."""
        form = {"username": email, "password": password}
        answer = httpx2.post(f"{self.url}/api/auth/token", data=form, timeout=60)
        assert answer.status_code == 200, answer.text
        headers = {"authorization": f"Bearer {answer.json()['access_token']}"}
        return httpx2.Client(base_url=self.url, headers=headers, timeout=120)


@contextmanager
def installed(folder: Path, variables: dict[str, str], *, sample: Path | None = None) -> Iterator[Installation]:
    """Set up, started, and stopped at the end; `sample` is a copy of the flights that need not be built again."""
    installation = Installation(folder, variables)
    if sample is not None:
        target = installation.data_dir / "sample" / "flights.db"
        target.parent.mkdir(parents=True)
        shutil.copyfile(sample, target)
    installation.set_up()
    try:
        installation.start()
        yield installation
    finally:
        installation.close()


def is_alive(process: psutil.Process) -> bool:
    """A zombie has ended; whether and when it is cleared away is a matter of the machine's process 1."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def made(client: httpx2.Client, path: str, body: dict[str, Any]) -> dict[str, Any]:
    """What a POST created."""
    answer = client.post(path, json=body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def finished(client: httpx2.Client, execution_id: str) -> dict[str, Any]:
    """Poll an execution until it is over."""

    def over() -> dict[str, Any] | None:
        found: dict[str, Any] = client.get(f"/api/executions/{execution_id}").json()
        return None if found["status"] in ("queued", "running", "delivering") else found

    ended: dict[str, Any] = until(over, seconds=120, what=f"the end of execution {execution_id}")
    return ended
