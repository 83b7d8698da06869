"""Mail previews that a page made a moment ago: in memory, per person, gone after a while."""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from core import clock
from core.errors import LimitReached, NotFound
from core.text import human_size
from web.below import address_of

TTL: Final = timedelta(minutes=15)
MAX_BYTES: Final = 6 * 1024 * 1024
PER_PERSON: Final = 10


@dataclass(frozen=True, slots=True)
class _Kept:
    html: str
    until: datetime


_kept: dict[UUID, OrderedDict[str, _Kept]] = {}
_lock = threading.Lock()


def put(user_id: UUID, html: str) -> str:
    """Keep a preview for this person; returns its URL. The oldest make room for the newest."""
    size = len(html.encode())
    if size > MAX_BYTES:
        raise LimitReached(f"This preview has {human_size(size)}; at most {human_size(MAX_BYTES)} can be shown.")
    token = secrets.token_urlsafe(16)
    with _lock:
        _drop_old()
        mine = _kept.setdefault(user_id, OrderedDict())
        mine[token] = _Kept(html, clock.now() + TTL)
        while len(mine) > PER_PERSON:
            mine.popitem(last=False)
    return address_of(f"/preview/mail/{token}")


def get(user_id: UUID, token: str) -> str:
    """The person's own preview; raises NotFound."""
    with _lock:
        _drop_old()
        mine = _kept.get(user_id)
        found = mine.get(token) if mine else None
    if found is None:
        raise NotFound("This preview is gone. Reload the page that showed it.")
    return found.html


def _drop_old() -> None:
    now = clock.now()
    for user_id, mine in list(_kept.items()):
        for token in [token for token, kept in mine.items() if kept.until <= now]:
            del mine[token]
        if not mine:
            del _kept[user_id]
