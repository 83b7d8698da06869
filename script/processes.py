"""Keep web, worker and mail catcher alive: restart what dies, stop all in good order, leave nothing behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from core import host  # noqa: E402 - the path comes first
from core.errors import RoosterError  # noqa: E402
from core.parent import VARIABLE  # noqa: E402
from core.services.installation import find_login  # noqa: E402
from core.settings import Settings, get_settings  # noqa: E402
from script.preflight import answers, find_busy_port, find_known_login, find_running, welcome  # noqa: E402

# A running report gets a minute, and Huey a moment to say good-bye.
STOP_SECONDS = {"worker": 65.0, "web": 10.0, "mail catcher": 5.0}
LONGEST_PAUSE = 30.0
LOOK_SECONDS = 0.3
START_SECONDS = 90.0


@dataclass
class Kept:
    """A process that is to be alive."""

    name: str
    command: list[str]
    process: subprocess.Popen[bytes] | None = None
    began: float = 0.0
    pause: float = 1.0
    not_before: float = field(default=0.0)

    def start(self) -> None:
        # In a session of its own, so that Ctrl-C reaches us alone and the order of stopping is ours.
        # Standard input is its life line: it ends when it reads our end (core/parent.py).
        self.process = subprocess.Popen(
            self.command, cwd=ROOT, stdin=subprocess.PIPE, start_new_session=True, env={**os.environ, VARIABLE: "1"}
        )
        self.began = time.monotonic()

    def look(self) -> None:
        """Start it again, with longer and longer pauses while it keeps dying."""
        now = time.monotonic()
        if self.process is not None and (code := self.process.poll()) is not None:
            self.pause = 1.0 if now - self.began > 60 else min(self.pause * 2, LONGEST_PAUSE)
            say(f"the {self.name} ended with code {code}; starting it again in {self.pause:.0f} s")
            self.process, self.not_before = None, now + self.pause
        if self.process is None and now >= self.not_before:
            self.start()

    def stop(self) -> None:
        if self.process is None or self.process.poll() is not None:
            return
        try:
            self.process.wait(STOP_SECONDS[self.name])
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def main() -> int:
    settings = get_settings()
    problem = find_running(settings) or find_busy_port(settings) or find_known_login(settings)
    if problem:
        say(problem)
        return 1
    kept = [Kept(name, command) for name, command in commands(settings).items()]
    state = settings.data_path / "server.json"
    stopping: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _frame: stopping.append(number))
    try:
        keep(kept, settings, state, is_over=lambda: bool(stopping))
    finally:
        stop_all(kept)
        state.unlink(missing_ok=True)
    return 0


def commands(settings: Settings) -> dict[str, list[str]]:
    found = {}
    if settings.mail_catcher:
        found["mail catcher"] = [
            sys.executable, "-m", "core.mail.catcher", "--port", str(settings.mail_catcher_port),
            "--folder", str(settings.outbox_path),
        ]  # fmt: skip
    found["worker"] = [sys.executable, str(ROOT / "script" / "worker")]
    found["web"] = [
        sys.executable, "-m", "streamlit", "run", "app.py",
        "--server.address", settings.host, "--server.port", str(settings.port),
    ]  # fmt: skip
    return found


def keep(kept: list[Kept], settings: Settings, state: Path, *, is_over: Callable[[], bool]) -> None:
    is_greeted = False
    deadline = time.monotonic() + START_SECONDS
    state.write_text(json.dumps({"owner": host.identity(), "address": settings.base_url}))
    while not is_over():
        for process in kept:
            process.look()
        if not is_greeted and answers(settings):
            greet(settings)
            is_greeted = True
        if not is_greeted and time.monotonic() > deadline:
            say("the web process does not answer yet; the lines above say why")
            is_greeted = True
        time.sleep(LOOK_SECONDS)


def stop_all(kept: list[Kept]) -> None:
    """Web first, so that nobody asks for more; the catcher last, so that the worker's mails still arrive."""
    say("stopping; running reports get up to a minute")
    for process in reversed(kept):
        if process.process is not None and process.name != "mail catcher":
            process.process.terminate()
    for process in reversed(kept):
        if process.process is not None and process.name == "mail catcher":
            process.process.terminate()
        process.stop()
    say("stopped")


def greet(settings: Settings) -> None:
    print("\n".join(["", *welcome(settings, find_login()), ""]), flush=True)


def say(text: str) -> None:
    print(f"rooster: {text}", flush=True)


if __name__ == "__main__":
    try:
        raise SystemExit(main())
    except RoosterError as error:
        say(error.message)
        raise SystemExit(1) from None
