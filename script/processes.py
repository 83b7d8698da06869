"""Keep web, worker and mail catcher alive: restart what dies, stop all in good order, leave nothing behind.

It stays for as long as they do, so it imports the standard library alone; what needs settings and database is asked
of a short-lived process (script/preflight.py).
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from core.parent import VARIABLE  # noqa: E402 - the path comes first

# A running report gets a minute, and Huey a moment to say good-bye.
STOP_SECONDS = {"worker": 65.0, "web": 10.0, "mail catcher": 5.0}
LONGEST_PAUSE = 30.0
LOOK_SECONDS = 0.3
START_SECONDS = 90.0
ANSWER_SECONDS = 2.0
# Many threads that mostly wait: glibc would keep memory for each of them.
LEAN = {"MALLOC_ARENA_MAX": "2"}
# Nor may it learn from the first large piece that was freed to keep such pieces: 17 MiB after a tour of the pages, 6
# after some mails. Not in the worker, since each large piece then comes from the kernel anew: runs would be slower.
LEANER = dict.fromkeys(("web", "mail catcher"), {"MALLOC_TRIM_THRESHOLD_": str(128 * 1024)})


@dataclass(frozen=True)
class Plan:
    """What is to run. `problem` says why nothing is; `owner` is this process, in a way that survives reused ids."""

    problem: str | None
    owner: str = ""
    state: str = ""
    address: str = ""
    host: str = ""
    port: int = 0
    login_path: str = ""
    commands: dict[str, list[str]] = field(default_factory=dict)


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
            self.command,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            start_new_session=True,
            env={**LEAN, **LEANER.get(self.name, {}), **os.environ, VARIABLE: "1"},
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
    plan = make_plan()
    if plan.problem is not None:
        say(plan.problem)
        return 1
    kept = [Kept(name, command) for name, command in plan.commands.items()]
    stopping: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _frame: stopping.append(number))
    try:
        keep(kept, plan, is_over=lambda: bool(stopping))
    finally:
        stop_all(kept)
        Path(plan.state).unlink(missing_ok=True)
    return 0


def make_plan() -> Plan:
    asked = preflight("plan", stdout=subprocess.PIPE)
    text = asked.communicate()[0]
    if asked.returncode:
        return Plan("it cannot start; the lines above say why")
    return Plan(**json.loads(text))


def preflight(step: str, *, stdout: int | None = None) -> subprocess.Popen[bytes]:
    """A process that looks at settings and database for us, and ends."""
    command = [sys.executable, "-m", "script.preflight", step]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=stdout, start_new_session=True)


def keep(kept: list[Kept], plan: Plan, *, is_over: Callable[[], bool]) -> None:
    greeting: subprocess.Popen[bytes] | None = None
    is_late = False
    deadline = time.monotonic() + START_SECONDS
    Path(plan.state).write_text(json.dumps({"owner": plan.owner, "address": plan.address}))
    while not is_over():
        for process in kept:
            process.look()
        if greeting is not None:
            greeting.poll()
        elif answers(plan):
            greeting = preflight("welcome")
        elif not is_late and time.monotonic() > deadline:
            say("the web process does not answer yet; the lines above say why")
            is_late = True
        time.sleep(LOOK_SECONDS)
    if greeting is not None:
        greeting.wait()


def answers(plan: Plan) -> bool:
    """Does the web process show its login page?"""
    try:
        with socket.create_connection((plan.host, plan.port), ANSWER_SECONDS) as connection:
            connection.sendall(f"GET {plan.login_path} HTTP/1.0\r\nHost: {plan.host}\r\n\r\n".encode())
            return connection.recv(16, socket.MSG_WAITALL).split()[1:2] == [b"200"]
    except OSError:
        return False


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


def say(text: str) -> None:
    print(f"rooster: {text}", flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
