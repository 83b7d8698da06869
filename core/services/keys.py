"""The key ring of this installation, and what happens when the key that sealed its secrets is gone."""

from __future__ import annotations

import logging
from functools import lru_cache
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.crypto import KeyRing
from core.errors import SecretUnreadable
from core.models import DataSource, EmailConfiguration
from core.services import workspace
from core.settings import Settings, get_settings

_log = logging.getLogger(__name__)
_CANARY: Final = "rooster"
ACTIVE: Final = "active"
NEEDS_PASSWORD: Final = "needs_password"  # noqa: S105 - the name of a state


def key_ring() -> KeyRing:
    """The ring of the present settings; raises SettingsError when there is no key."""
    return _ring(get_settings())


@lru_cache(maxsize=8)
def _ring(settings: Settings) -> KeyRing:
    return KeyRing(settings.key_secrets())


def check_key(session: Session) -> bool:
    """Can the stored secrets still be read? To be called at every start.

    When the key has changed, data sources and mail accounts whose secret is lost wait in the state
    `needs_password`; nothing is deleted, and they come back by themselves with the old key.
    """
    row = workspace.get_or_create(session)
    if row.key_canary is not None and _is_readable(row.key_canary):
        return True
    fresh = row.key_canary is None
    row.key_canary = key_ring().seal(_CANARY)
    if not fresh:
        _mark_unreadable(session)
        _log.error(
            "The secret key has changed: data sources and mail accounts sealed with the old one wait for their "
            "password. Put the old key back behind the new one in ROOSTER_SECRET_KEY, or enter the passwords again."
        )
    return fresh


def reseal(session: Session) -> int:
    """Seal everything with the newest key, so that older ones can go. Raises SecretUnreadable for what none opens."""
    ring = key_ring()
    row = workspace.get_or_create(session)
    row.key_canary = ring.seal(_CANARY)
    count = 0
    for source in session.scalars(select(DataSource)):
        source.url_encrypted, source.key_id = ring.seal(ring.open(source.url_encrypted)), ring.key_id
        count += 1
    for account in session.scalars(select(EmailConfiguration)):
        if account.smtp_password_encrypted is not None:
            sealed = ring.seal(ring.open(account.smtp_password_encrypted))
            account.smtp_password_encrypted, account.key_id = sealed, ring.key_id
            count += 1
    return count


def _is_readable(token: str | None) -> bool:
    if token is None:
        return True
    try:
        key_ring().open(token)
    except SecretUnreadable:
        return False
    return True


def _mark_unreadable(session: Session) -> None:
    for source in session.scalars(select(DataSource)):
        source.state = ACTIVE if _is_readable(source.url_encrypted) else NEEDS_PASSWORD
    for account in session.scalars(select(EmailConfiguration)):
        if not _is_readable(account.smtp_password_encrypted):
            account.state = NEEDS_PASSWORD
        elif account.state == NEEDS_PASSWORD:
            account.state = ACTIVE
