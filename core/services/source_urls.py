"""The URLs of data sources for forms: taken apart, put together, and their masks filled in again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy.engine import URL

from core.errors import InvalidInput, SourceError
from core.sources.urls import parse

MASK: Final = "***"
# What may change while the stored password stays: nothing that leads to another server.
_HARMLESS_ARGUMENTS: Final = ("sslmode",)


@dataclass(frozen=True, slots=True)
class UrlParts:
    """A URL for a form. `password` is the mask while one is stored; `database` is the path of a file's URL."""

    kind: str
    host: str = ""
    port: int | None = None
    database: str = ""
    username: str = ""
    password: str = field(default="", repr=False)
    query: Mapping[str, Any] = field(default_factory=dict)


def take_apart(url: str) -> UrlParts:
    """Raises InvalidInput for what is no URL."""
    parsed = _parsed(url)
    return UrlParts(
        kind=parsed.drivername,
        host=parsed.host or "",
        port=parsed.port,
        database=parsed.database or "",
        username=parsed.username or "",
        password=str(parsed.password or ""),
        query=dict(parsed.query),
    )


def put_together(parts: UrlParts) -> str:
    """The URL, with everything in it escaped."""
    made = URL.create(
        parts.kind,
        username=parts.username or None,
        password=parts.password or None,
        host=parts.host or None,
        port=parts.port,
        database=parts.database or None,
        query=parts.query,
    )
    return _text(made)


def unmasked(url: str, stored: Callable[[], str]) -> str:
    """The URL with what is stored in place of each mask; `stored` is asked only when there is one.

    Raises InvalidInput when it leads elsewhere: the stored password would be told to another server.
    """
    if MASK not in url and "%2A%2A%2A" not in url:
        return url
    given = _parsed(url)
    hidden = [name for name, value in given.query.items() if value == MASK]
    if given.password != MASK and not hidden:
        return url
    kept = _parsed(stored())
    if _way(given, hidden) != _way(kept, hidden):
        raise InvalidInput(
            "The password is masked in this URL, and the stored one is kept for the same server and user only. "
            "Enter the password again.",
            field="url",
        )
    password = kept.password if given.password == MASK else given.password
    return _text(given.set(password=password, query={**given.query, **{name: kept.query[name] for name in hidden}}))


def _way(url: URL, hidden: list[str]) -> tuple[Any, ...]:
    arguments = {name: value for name, value in url.query.items() if name not in (*hidden, *_HARMLESS_ARGUMENTS)}
    known = [name for name in hidden if name in url.query]
    return url.drivername, url.host, url.port, url.username, arguments, known


def _parsed(url: str) -> URL:
    try:
        return parse(url)
    except SourceError as error:
        raise InvalidInput(error.message, field="url") from error


def _text(url: URL) -> str:
    return url.render_as_string(hide_password=False).replace("%2A%2A%2A", MASK)
