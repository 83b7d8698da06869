"""While nobody has a page open, what waits for the press of a button need not wait."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any
from uuid import uuid4

import psutil
import pytest

from core.services import standby
from core.services.standby import Standby
from tests.fixtures_worker import until
from web import sockets
from web.sockets import LiveSockets


@pytest.fixture(autouse=True)
def fast(monkeypatch):
    monkeypatch.setattr(sockets, "SWEEP_S", 0.01)
    monkeypatch.setattr(sockets, "ALONE_SWEEPS", 2)


class Page:
    """An open page, as far as the sweep asks."""

    session_id = uuid4()
    token = ""
    expires_at: Any = sockets.clock.now().replace(year=9999)


def is_said(live: LiveSockets, *, within: float) -> bool:
    """Does watching say twice that nobody is there, in so many seconds?"""
    calls: list[None] = []

    async def watch() -> None:
        watching = asyncio.create_task(live.watch(lambda _token: True, when_alone=lambda: calls.append(None)))
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                while len(calls) < 2:
                    await asyncio.sleep(0.01)
        watching.cancel()

    asyncio.run(watch())
    return len(calls) > 1


def test_nobody_there_is_said_again_and_again():
    assert is_said(LiveSockets(), within=30)


def test_it_is_not_said_while_a_page_is_open():
    live = LiveSockets()
    with live.opened(Page()):
        assert not is_said(live, within=0.3)
    assert is_said(live, within=30)


def test_then_the_interpreter_that_waited_ends(monkeypatch):
    monkeypatch.setattr(standby, "_standby", Standby())
    standby.prepare()
    [ready] = [child for child in psutil.Process().children() if standby.MODULE in child.cmdline()]
    standby.dismiss()
    until(lambda: not ready.is_running(), what="the interpreter to end")
