"""Instants as people read them: always in their own zone, relative where that helps."""

from __future__ import annotations

from datetime import datetime, timedelta

from core import clock
from core.schemas.accounts import Actor
from core.text import plural

NEVER = "\u2013"
_MINUTE = 60
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR


def moment(at: datetime | None, user: Actor, *, seconds: bool = False) -> str:
    """`Tue 24 Nov 2026, 07:00` in the person's zone; a dash for None."""
    if at is None:
        return NEVER
    return at.astimezone(clock.zone(user.timezone)).strftime(f"%a %-d %b %Y, %H:%M{':%S' if seconds else ''}")


def short(at: datetime | None, user: Actor) -> str:
    """`Today 07:00`, `Tomorrow 07:00`, `Mon 30 Nov 07:00`, with the year when it is another one."""
    if at is None:
        return NEVER
    local = at.astimezone(clock.zone(user.timezone))
    today = clock.now().astimezone(clock.zone(user.timezone)).date()
    names = {today: "Today", today + timedelta(days=1): "Tomorrow", today - timedelta(days=1): "Yesterday"}
    year = "" if local.year == today.year else " %Y"
    return f"{names.get(local.date()) or local.strftime(f'%a %-d %b{year}')} {local:%H:%M}"


def in_sentence(at: datetime | None, user: Actor) -> str:
    """`tomorrow at 07:00`, `on Mon 30 Nov at 07:00`."""
    day, _, hour = short(at, user).rpartition(" ")
    return f"{day.lower()} at {hour}" if day in ("Today", "Tomorrow", "Yesterday") else f"on {day} at {hour}"


def relative(at: datetime | None) -> str:
    """`in 3 hours`, `5 minutes ago`, `just now`."""
    if at is None:
        return "never"
    seconds = (at - clock.now()).total_seconds()
    words = _distance(abs(seconds))
    if not words:
        return "just now" if seconds <= 0 else "in a moment"
    return f"in {words}" if seconds > 0 else f"{words} ago"


def ago(at: datetime) -> str:
    """`5 s ago`, to the second where `relative` says "just now"."""
    seconds = max(0, int((clock.now() - at).total_seconds()))
    return f"{seconds} s ago" if seconds < _MINUTE else relative(at)


def without_own_zone(schedule_text: str, user: Actor) -> str:
    """`Every Monday at 07:00`: the zone is named only where it is another one than the reader's."""
    return schedule_text.removesuffix(f", {user.timezone}")


def duration(milliseconds: int | None) -> str:
    """`0.8 s`, `2 min 5 s`."""
    if milliseconds is None:
        return NEVER
    seconds = milliseconds / 1000
    if seconds < _MINUTE:
        return f"{seconds:.1f} s"
    return f"{int(seconds // _MINUTE)} min {int(seconds % _MINUTE)} s"


def _distance(seconds: float) -> str:
    if seconds < _MINUTE:
        return ""
    if seconds < _HOUR:
        return plural(int(seconds // _MINUTE), "minute")
    if seconds < 2 * _DAY:
        return plural(int(seconds // _HOUR), "hour")
    return plural(int(seconds // _DAY), "day")
