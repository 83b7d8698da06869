"""Bringing the metadata database to the newest schema."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import inspect, text
from sqlalchemy.engine import Engine

from core.settings import ROOT

if TYPE_CHECKING:
    from alembic.config import Config

_VERSIONS: Final = ROOT / "migrations" / "versions"


def newest_revision() -> str:
    """The number that the newest file begins with."""
    return max(path.name for path in _VERSIONS.glob("[0-9]*.py")).partition("_")[0]


def current_revision(engine: Engine) -> str | None:
    """The revision the database is at; None for an empty one."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def migrate(engine: Engine) -> None:
    """Upgrade to the newest revision, in one transaction."""
    # Not at the top: who only asks which revision it is keeps 10 MiB less.
    from alembic import command

    config = _config()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _config() -> Config:
    from alembic.config import Config

    config = Config(str(ROOT / "alembic.ini"))
    config.set_main_option("script_location", str(ROOT / "migrations"))
    return config
