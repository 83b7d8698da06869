"""The migrations and the models say the same, on both databases."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from core.database import get_engine
from core.migrations import current_revision, migrate, newest_revision
from core.models import Base
from core.settings import ROOT

_INDEX_NAMES = {
    "sqlite": text("SELECT name FROM sqlite_master WHERE type = 'index'"),
    "postgresql": text("SELECT indexname FROM pg_indexes"),
}


def test_there_is_one_head_and_its_file_has_the_highest_number() -> None:
    assert ScriptDirectory(str(ROOT / "migrations")).get_heads() == [newest_revision()]


@pytest.mark.usefixtures("database")
@pytest.mark.filterwarnings("ignore:.*expression-based index")
def test_an_upgraded_empty_database_is_what_the_models_say() -> None:
    with get_engine().connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
        tables = set(inspect(connection).get_table_names())
        names = set(connection.scalars(_INDEX_NAMES[connection.dialect.name]))
    # Of an index on an expression only the name can be compared on SQLite.
    assert names.issuperset(index.name for table in Base.metadata.tables.values() for index in table.indexes)
    assert tables == {*Base.metadata.tables, "alembic_version"}


@pytest.mark.usefixtures("database")
def test_a_second_upgrade_changes_nothing() -> None:
    engine = get_engine()
    assert current_revision(engine) == newest_revision()
    migrate(engine)
    assert current_revision(engine) == newest_revision()
