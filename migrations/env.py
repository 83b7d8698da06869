"""Alembic's entry: the same engine and the same metadata as the application."""

from __future__ import annotations

from alembic import context

from core.database import get_engine
from core.models import Base


def run() -> None:
    """Migrate through the connection that was handed over, else through the engine of the settings."""
    given = context.config.attributes.get("connection")
    if given is not None:
        _migrate(given)
        return
    with get_engine().connect() as connection:
        _migrate(connection)
        connection.commit()


def _migrate(connection) -> None:  # type: ignore[no-untyped-def] # a Connection; env.py runs untyped
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        # SQLite cannot alter a table in place: Alembic copies it.
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


run()
