"""What is looked at before and after the start: another server, busy ports, the greeting.

`python -m script.preflight plan` writes what is to run as JSON, `welcome` writes the greeting. A process of its own,
because the settings and the database that it imports would stay in the keeper's memory for as long as that lives.
"""

from __future__ import annotations

import json
import os
import socket
import sys
from collections.abc import Callable
from dataclasses import asdict
from typing import Final

from core import host
from core.database import read_scope
from core.errors import RoosterError
from core.services.demo_login import known_login_problem
from core.services.installation import Login, find_login
from core.settings import ROOT, Settings, get_settings
from script.processes import Plan


def make_plan(settings: Settings) -> Plan:
    """For the process that started this one."""
    problem = find_running(settings) or find_busy_port(settings) or find_known_login(settings)
    return Plan(
        problem=problem,
        owner=host.identity(os.getppid()),
        state=str(settings.data_path / "server.json"),
        address=settings.base_url,
        host="127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host,  # noqa: S104 - compared, not bound
        port=settings.port,
        login_path=f"{settings.base_path}/login",
        commands=commands(settings),
    )


def commands(settings: Settings) -> dict[str, list[str]]:
    """Of each process to be kept alive, in the order of their start."""
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


def find_running(settings: Settings) -> str | None:
    state = settings.data_path / "server.json"
    try:
        known = json.loads(state.read_text())
    except (OSError, ValueError):
        return None
    if host.is_gone(known["owner"]):
        return None  # it was killed; its children ended with it
    pid = known["owner"].split("|")[2]
    return f"Rooster is running already at {known['address']} (process {pid}). Stop it with: kill {pid}"


def find_busy_port(settings: Settings) -> str | None:
    ports = {"ROOSTER_PORT": (settings.host, settings.port)}
    if settings.mail_catcher:
        ports["ROOSTER_MAIL_CATCHER_PORT"] = ("127.0.0.1", settings.mail_catcher_port)
    for variable, (address, port) in ports.items():
        with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((address, port))
            except OSError as error:
                return f"Port {port} on {address} cannot be used: {error.strerror}. Free it, or set {variable}."
    return None


def find_known_login(settings: Settings) -> str | None:
    """A server that others can reach must not have a password that everybody knows."""
    if settings.is_for_this_machine:
        return None
    with read_scope() as session:
        return known_login_problem(session, reaches=settings.public_address)


def welcome(settings: Settings, login: Login | None) -> list[str]:
    """The lines that tell a new person where to go and what to click."""
    lines = [f"Rooster is ready at {settings.base_url}"]
    if login is None:
        return [*lines, "Nobody can sign in yet. Run: .venv/bin/python -m core.cli create-admin"]
    secret = f"password {login.password}" if login.password else "the password you set"
    return [
        *lines,
        f"  1. Sign in as {login.email}, {secret}.",
        "  2. Open Schedules, choose one, press Send test.",
        "  3. Open Outbox and read the mail: it stays on this machine."
        if settings.mail_catcher
        else "  3. Read the mail.",
        "  Ctrl-C stops everything; the next start keeps all data.",
    ]


def _plan() -> str:
    try:
        plan = make_plan(get_settings())
    except RoosterError as error:
        plan = Plan(error.message)
    return json.dumps(asdict(plan))


def _welcome() -> str:
    return "\n".join(["", *welcome(get_settings(), find_login()), ""])


_STEPS: Final[dict[str, Callable[[], str]]] = {"plan": _plan, "welcome": _welcome}


if __name__ == "__main__":
    print(_STEPS[sys.argv[1]](), flush=True)
