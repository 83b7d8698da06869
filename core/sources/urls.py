"""Connection URLs: which are allowed, and how they are shown."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from core.errors import SourceError
from core.sources.base import SourceOptions
from core.sources.dialects import DIALECTS, Dialect
from core.sources.network import public_addresses, same_machine
from core.text import did_you_mean, join_words, shortened

_ALIASES: Final = {"postgres": "postgresql"}
_SECRET_ARGUMENT: Final = re.compile(r"pass|pwd|secret|token|key|credential|odbc_connect|auth", re.IGNORECASE)
# An argument is plain words: nothing that could end one option of a driver and begin another, or name a library.
_PLAIN_VALUE: Final = re.compile(r"[\w .:\-]{0,100}\Z")
_CHARSETS: Final = frozenset({"utf8", "utf8mb4", "latin1", "ascii", "cp1252"})
_PATH_ARGUMENTS: Final = frozenset({"sslrootcert"})
_COMPANIONS: Final = ("", "-wal", "-shm", "-journal")


def parse(url: str) -> URL:
    """Raises without repeating the URL, which may hold a password."""
    try:
        parsed = make_url(url.strip())
    except (ArgumentError, ValueError):
        parsed = None
    if parsed is None or "@" in (parsed.host or ""):
        raise SourceError(
            "This is not a connection URL. Write it like postgresql://user:password@host:5432/database or "
            "sqlite:///file.db, with special characters of the password percent-encoded (@ is %40).",
            error_class="connection",
        )
    backend = parsed.get_backend_name()
    return parsed.set(drivername=parsed.drivername.replace(backend, _ALIASES.get(backend, backend), 1))


def mask_url(url: str) -> str:
    """The URL with `***` for the password and for every argument that may be a secret."""
    try:
        parsed = parse(url)
    except SourceError:
        return f"{url.partition('://')[0]}://***" if re.match(r"[\w+]+://", url) else "***"
    shown = {name: "***" if _SECRET_ARGUMENT.search(name) else value for name, value in parsed.query.items()}
    return parsed.set(query=shown).render_as_string(hide_password=True).replace("%2A%2A%2A", "***")


def dialect_of(url: URL) -> Dialect:
    """One of ours, or any other that an installed package has registered with SQLAlchemy."""
    backend, _, driver = url.drivername.partition("+")
    return DIALECTS.get(backend) or _registered(url, backend, driver)


def _registered(url: URL, backend: str, driver: str) -> Dialect:
    try:
        url.get_dialect()
    except (NoSuchModuleError, ImportError):
        known = join_words(sorted(DIALECTS), last="or")
        hint = did_you_mean(backend, DIALECTS)
        raise SourceError(
            f"{backend!r} is not a kind of database that can be read.{hint} Use {known}, or install the package "
            "that brings this one to SQLAlchemy and start Rooster again.",
            error_class="driver",
        ) from None
    return Dialect(backend, (driver or backend,), backend)


def validate_url(url: str, options: SourceOptions) -> None:
    """Raises `SourceError` for anything that must not become a data source; connects to nothing."""
    parsed = parse(url)
    dialect = dialect_of(parsed)
    _check_driver(parsed, dialect)
    _check_arguments(parsed, dialect)
    if dialect.is_file:
        readable_file(parsed, options)
    else:
        check_server(parsed, dialect, options)


def _check_driver(url: URL, dialect: Dialect) -> None:
    _, _, driver = url.drivername.partition("+")
    if driver and driver not in dialect.drivers:
        known = join_words(dialect.drivers, last="or")
        raise SourceError(f"The driver {driver!r} is not supported. Leave it out, or use {known}.")


def _check_arguments(url: URL, dialect: Dialect) -> None:
    for name, value in url.query.items():
        if name not in dialect.arguments:
            allowed = join_words(sorted(dialect.arguments)) or "none"
            raise SourceError(
                f"The argument {name!r} is not allowed in a connection URL. Allowed here: {allowed}.",
                error_class="permission",
            )
        if name == "charset" and str(value).lower() not in _CHARSETS:
            raise SourceError(f"The charset must be {join_words(sorted(_CHARSETS), last='or')}.")
        plain = value.replace("/", "") if isinstance(value, str) and name in _PATH_ARGUMENTS else value
        if not isinstance(plain, str) or not _PLAIN_VALUE.match(plain):
            raise SourceError(f"The argument {name!r} must be given once, as plain words.")


def readable_file(url: URL, options: SourceOptions) -> Path:
    """The real path of a database file; raises when it is missing, outside the root or one of ours."""
    name = url.database or ""
    if url.host or name in ("", ":memory:") or name.startswith("file:"):
        raise SourceError(f"Name an existing file, for example {url.get_backend_name()}:///sales.db.")
    root = options.sqlite_root
    path = _resolved((root or Path.cwd()) / name)
    if root is not None and not path.is_relative_to(root.resolve()):
        raise SourceError("The file is outside the folder in which data sources may live.", error_class="permission")
    if not path.is_file():
        raise _no_file(name)
    for forbidden in options.forbidden_paths:
        _refuse_ours(path, forbidden)
    for own in options.forbidden_urls:
        if own.startswith("sqlite:") and (database := make_url(own).database):
            _refuse_ours(path, Path(database))
    return path


def _resolved(path: Path) -> Path:
    """Looked at once here: names that are too long or hold a NUL are refused by the system, each in its own way."""
    try:
        resolved = path.resolve()
        resolved.stat()
        return resolved
    except (OSError, ValueError):
        raise _no_file(path.name) from None


def _no_file(name: str) -> SourceError:
    return SourceError(f"There is no file {shortened(name)!r} that can be read.", error_class="connection")


def _refuse_ours(path: Path, forbidden: Path) -> None:
    """By real path and by inode, so neither a symbolic nor a hard link gets around it."""
    for companion in _COMPANIONS:
        own = forbidden.with_name(forbidden.name + companion)
        if path == own.resolve() or (own.exists() and own.samefile(path)):
            raise SourceError("This file belongs to Rooster itself and cannot be read.", error_class="permission")


def check_server(url: URL, dialect: Dialect, options: SourceOptions) -> list[str]:
    """The addresses to connect to when private networks are closed, else none; raises for our own database."""
    host, port = url.host or "", url.port or dialect.port
    if "," in host:
        raise SourceError("Name one host; lists of hosts are not supported.")
    try:
        host.encode("idna")
    except UnicodeError:
        message = f"{shortened(host)!r} is not the name of a host. Check its spelling."
        raise SourceError(message, error_class="connection") from None
    for own in options.forbidden_urls:
        _refuse_our_database(url, dialect, own)
    return [] if options.allow_private_networks else public_addresses(host, port)


def _refuse_our_database(url: URL, dialect: Dialect, own: str) -> None:
    if not own.startswith(("postgresql", "postgres")) or dialect.name != "postgresql":
        return
    ours = parse(own)
    port = url.port or dialect.port
    if port != (ours.port or dialect.port) or _database(url) != _database(ours):
        return
    hosts = _texts(ours, "hostaddr") or _texts(ours, "host") or (ours.host or "",)
    if any(same_machine(url.host or "", host, port) for host in hosts):
        raise SourceError("This database belongs to Rooster itself and cannot be read.", error_class="permission")


def _database(url: URL) -> str:
    """libpq's default for the database is the user's name."""
    return url.database or url.username or ""


def _texts(url: URL, name: str) -> tuple[str, ...]:
    value = url.query.get(name, ())
    return (value,) if isinstance(value, str) else tuple(value)
