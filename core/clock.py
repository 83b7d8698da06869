"""The one place that knows what time it is; tests freeze it here."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from core.errors import InvalidInput


def now() -> datetime:
    """This instant, aware, in UTC."""
    return datetime.now(UTC)


def to_utc(value: datetime) -> datetime:
    """An aware instant in UTC; a naive one is a programming error."""
    assert value.tzinfo is not None, "a naive datetime has no instant: attach a zone first"
    return value.astimezone(UTC)


def iso(value: datetime) -> str:
    """RFC 3339 in UTC with `Z`, whole seconds when there are no others."""
    return to_utc(value).isoformat().replace("+00:00", "Z")


@lru_cache(maxsize=1)
def zone_names() -> tuple[str, ...]:
    """All IANA names a person may choose, sorted."""
    return tuple(sorted(name for name in available_timezones() if name != "localtime"))


@lru_cache(maxsize=1024)
def zone(name: str) -> tzinfo:
    """The zone of an IANA name; raises InvalidInput that names it."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InvalidInput(
            f"There is no time zone '{name}'. Use an IANA name such as Europe/Berlin.", field="timezone"
        ) from error
