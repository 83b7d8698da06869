"""The open WebSockets of each session, so that the end of a session closes them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final
from uuid import UUID

from starlette.concurrency import run_in_threadpool
from starlette.types import Message, Receive, Send

from core import clock
from core.services.accounts import SignedIn

SIGNED_OUT: Final = 4401
SWEEP_S: Final = 3.0
# Half a minute: long enough for a reload, or for a train in a tunnel.
ALONE_SWEEPS: Final = 10
_log = logging.getLogger(__name__)


class LiveSocket:
    """One socket between the server and the pages; `end` closes it on both sides."""

    def __init__(self, signed_in: SignedIn, token: str, receive: Receive, send: Send) -> None:
        self.session_id = signed_in.session_id
        self.expires_at = signed_in.expires_at
        self.token = token
        self._receive, self._send = receive, send
        self._ending = asyncio.Event()
        self._closed = False

    def end(self) -> None:
        self._ending.set()

    async def receive(self) -> Message:
        """The next message, or a disconnect as soon as the session ends."""
        incoming = asyncio.ensure_future(self._receive())
        ending = asyncio.ensure_future(self._ending.wait())
        try:
            await asyncio.wait((incoming, ending), return_when=asyncio.FIRST_COMPLETED)
            if not ending.done():
                return incoming.result()
        finally:
            for task in (incoming, ending):
                task.cancel()
        await self._close()
        return {"type": "websocket.disconnect", "code": SIGNED_OUT, "reason": ""}

    async def send(self, message: Message) -> None:
        if self._closed:
            # The error that ASGI foresees for a peer that is gone.
            raise ConnectionResetError("the session has ended")
        await self._send(message)

    async def _close(self) -> None:
        if not self._closed:
            self._closed = True
            await self._send({"type": "websocket.close", "code": SIGNED_OUT})


class LiveSockets:
    """All sockets of this process. To be used in the server's event loop only."""

    def __init__(self) -> None:
        self._sockets: set[LiveSocket] = set()
        self._alone = 0

    @contextmanager
    def opened(self, socket: LiveSocket) -> Iterator[None]:
        self._sockets.add(socket)
        try:
            yield
        finally:
            self._sockets.discard(socket)

    def end_session(self, session_id: UUID) -> None:
        for socket in [socket for socket in self._sockets if socket.session_id == session_id]:
            socket.end()

    async def watch(self, is_valid: Callable[[str], bool], *, when_alone: Callable[[], None]) -> None:
        """End the sockets of sessions that expired, were ended elsewhere, or whose person was switched off.

        `when_alone` is called in a thread, time and again while nobody has a page open.
        """
        while True:
            await asyncio.sleep(SWEEP_S)
            self._end_expired()
            self._alone = 0 if self._sockets else self._alone + 1
            if self._alone and self._alone % ALONE_SWEEPS == 0:
                await run_in_threadpool(when_alone)
            try:
                await self._end_invalid(is_valid)
            except Exception:
                # The outermost loop: a database that is away for a moment must not stop the watching.
                _log.exception("The open sessions could not be checked")

    def _end_expired(self) -> None:
        now = clock.now()
        for socket in self._sockets:
            if socket.expires_at <= now:
                socket.end()

    async def _end_invalid(self, is_valid: Callable[[str], bool]) -> None:
        for token, session_id in {socket.token: socket.session_id for socket in self._sockets}.items():
            if not await run_in_threadpool(is_valid, token):
                self.end_session(session_id)


LIVE: Final = LiveSockets()
