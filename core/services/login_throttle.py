"""Ten failed log-ins in fifteen minutes for an account, fifty from an address, then a pause.

The counters live in the database: every process sees them, and a restart forgets nothing.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from core import clock
from core.crypto import hash_token
from core.errors import Throttled
from core.models import LoginAttempt

LIMIT: Final = 10
# Behind one address there may stand a whole company: ten people who mistype once each must not lock out the others.
# Who guesses is held by the limit of the account; this one slows those who try one password on many accounts.
ADDRESS_LIMIT: Final = 50
WINDOW: Final = timedelta(minutes=15)


def keys_of(email: str, ip: str) -> list[str]:
    """What is counted, always in this order, so that two log-ins cannot wait for each other."""
    account = f"account:{hash_token(email)}"
    return [account, f"ip:{ip}"] if ip else [account]


def count_attempt(session: Session, *, email: str, ip: str) -> None:
    """Count before the password is looked at: guesses in parallel cannot slip through.

    Raises Throttled, and then the attempt itself does not count: the pause ends.
    """
    now = clock.now()
    session.execute(delete(LoginAttempt).where(LoginAttempt.window_start <= now - WINDOW))
    for key, limit in zip(keys_of(email, ip), (LIMIT, ADDRESS_LIMIT), strict=False):
        _add_one(session, key=key, minute=now.replace(second=0, microsecond=0))
        _refuse_when_full(session, key=key, now=now, limit=limit)


def forget_success(session: Session, *, email: str, ip: str) -> None:
    """A right password clears the account's counter and takes itself off the address's."""
    _account, *addresses = keys_of(email, ip)
    forget_account(session, email=email)
    for key in addresses:
        newest = select(LoginAttempt.id).where(LoginAttempt.key == key, LoginAttempt.count > 0)
        newest = newest.order_by(LoginAttempt.window_start.desc()).limit(1)
        session.execute(
            update(LoginAttempt)
            .where(LoginAttempt.id == newest.scalar_subquery())
            .values(count=LoginAttempt.count - 1)
            .execution_options(synchronize_session=False)
        )


def count_request(session: Session, *, key: str) -> None:
    """The limit of an account for something else that is counted by its own key; raises Throttled."""
    now = clock.now()
    _add_one(session, key=key, minute=now.replace(second=0, microsecond=0))
    _refuse_when_full(session, key=key, now=now, what="requests")


def forget_account(session: Session, *, email: str) -> None:
    """After a new password: the failures were guesses at the old one."""
    session.execute(delete(LoginAttempt).where(LoginAttempt.key == keys_of(email, "")[0]))


def _add_one(session: Session, *, key: str, minute: datetime) -> None:
    insert: Any = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    statement = insert(LoginAttempt).values(key=key, window_start=minute, count=1)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["key", "window_start"], set_={"count": LoginAttempt.count + 1, "updated_at": clock.now()}
        )
    )


def _refuse_when_full(
    session: Session, *, key: str, now: datetime, limit: int = LIMIT, what: str = "failed log-ins"
) -> None:
    counted = select(LoginAttempt.window_start, LoginAttempt.count).where(LoginAttempt.key == key)
    rows = session.execute(counted.order_by(LoginAttempt.window_start)).all()
    over = sum(count for _, count in rows) - limit
    if over <= 0:
        return
    leaves = next(start for number, (start, _) in enumerate(rows) if sum(c for _, c in rows[: number + 1]) >= over)
    wait = max(1, math.ceil((leaves + WINDOW - now).total_seconds()))
    raise Throttled(f"Too many {what}. Wait {math.ceil(wait / 60)} minutes and try again.", retry_after=wait)
