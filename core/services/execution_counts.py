"""How many executions a list has.

Counting reads one index entry per execution: below a millisecond up to 10,000 of them, where every answer is counted
anew. Of longer lists a count is kept for half a minute, and only what was added since is counted: new runs show at
once, and deletions and changes of status within that time.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from core import clock
from core.models import ReportExecution

COUNTED_ANEW: Final = 10_000
KEPT: Final = timedelta(seconds=30)
_MOST_KEPT: Final = 1_000

_lock = threading.Lock()
_kept: OrderedDict[Hashable, _Kept] = OrderedDict()


@dataclass(frozen=True, slots=True)
class _Kept:
    """A count of all that was there `at` an instant, good `until` another."""

    number: int
    at: datetime
    until: datetime


def count_executions(session: Session, query: Select[Any], *, key: Hashable) -> int:
    """The number of rows of a query over executions; `key` is what tells its filters from others."""
    kept = _usable(key)
    if kept is not None:
        return kept.number + _count(session, query.where(ReportExecution.created_at >= kept.at))
    at = clock.now()
    number = _count(session, query)
    _keep(key, _Kept(number, at, at + KEPT))
    return number


def _count(session: Session, query: Select[Any]) -> int:
    return session.scalar(select(func.count()).select_from(query.subquery())) or 0


def _usable(key: Hashable) -> _Kept | None:
    """None tells the caller to count; whoever asks while it does so still gets what was kept."""
    with _lock:
        kept = _kept.get(key)
        if kept is None or clock.now() < kept.until:
            return kept
        _kept[key] = replace(kept, until=clock.now() + KEPT)
        return None


def _keep(key: Hashable, counted: _Kept) -> None:
    with _lock:
        _kept.pop(key, None)
        if counted.number <= COUNTED_ANEW:
            return
        _kept[key] = counted
        if len(_kept) > _MOST_KEPT:
            _kept.popitem(last=False)
