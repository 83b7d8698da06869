"""Data sources on both databases."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest
from sqlalchemy import select

from core.database import read_scope, session_scope
from core.errors import Conflict, Forbidden, InvalidInput, NotFound, SourceError
from core.models import AuditEntry, DataSource
from core.schemas.accounts import Actor
from core.schemas.content import DataSourceCreate, DataSourceUpdate
from core.services import data_sources, sharing
from core.settings import get_settings
from core.sources import Query
from tests.factories import make_data_source, make_report, make_saved_query

pytestmark = pytest.mark.usefixtures("database")

SERVER = "postgresql://reader:s3cret-canary@db.example.test:5433/sales"


def test_a_source_is_stored_sealed_and_shown_with_a_mask(alice: Actor) -> None:
    made = make_data_source(alice, url=SERVER)
    assert (made.kind, made.url) == ("postgresql", "postgresql://reader:***@db.example.test:5433/sales")
    with read_scope() as session:
        row = session.scalars(select(DataSource)).one()
        assert "s3cret-canary" not in f"{row.url_encrypted}{row.url_masked}{row.options}"
        entry = session.scalars(select(AuditEntry)).one()
        assert (entry.action, entry.object_name) == ("create", "Shop")
        assert "s3cret-canary" not in str(entry.detail)


@pytest.mark.parametrize("url", ["nonsense", "redis://localhost/0", "sqlite:////nowhere/at/all.db", "sqlite://"])
def test_it_refuses_a_url_that_cannot_be_a_source(alice: Actor, url: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        make_data_source(alice, url=url)
    assert refused.value.field == "url"


def test_it_refuses_our_own_files(alice: Actor) -> None:
    settings = get_settings()
    own = settings.data_path / "rooster.db"
    own.touch()
    for path in (own, settings.secret_key_path):
        with pytest.raises(InvalidInput, match="belongs to Rooster itself"):
            make_data_source(alice, url=f"sqlite:///{path}")


def test_it_refuses_our_own_database_on_a_server(alice: Actor) -> None:
    url = get_settings().database
    with pytest.raises(InvalidInput, match="belongs to Rooster itself"):
        make_data_source(alice, url=url)


def test_nobody_else_sees_or_touches_a_private_source(alice: Actor, charlie: Actor, source_url: str) -> None:
    made = make_data_source(alice, url=source_url)
    with session_scope() as session:
        assert data_sources.list_data_sources(session, actor=charlie).total == 0
        for call in (
            lambda: data_sources.get_data_source(session, actor=charlie, data_source_id=made.id),
            lambda: data_sources.update_data_source(
                session, actor=charlie, data_source_id=made.id, data=DataSourceUpdate(name="Mine")
            ),
            lambda: data_sources.delete_data_source(session, actor=charlie, data_source_id=made.id),
            lambda: data_sources.prepare_test(session, actor=charlie, data_source_id=made.id),
            lambda: data_sources.prepare_tables(session, actor=charlie, data_source_id=made.id),
        ):
            with pytest.raises(NotFound, match=r"^There is no such data source\.$"):
                call()


def test_a_shared_source_is_used_by_others_and_changed_by_its_owner_only(alice: Actor, bob: Actor) -> None:
    made = make_data_source(alice, url=SERVER, shared=True)
    with session_scope() as session:
        seen = data_sources.get_data_source(session, actor=bob, data_source_id=made.id)
        assert (seen.is_owner, seen.url) == (False, "postgresql://***")
        assert data_sources.list_data_sources(session, actor=bob).items == [seen]
        with pytest.raises(Forbidden, match="Only the owner"):
            data_sources.delete_data_source(session, actor=bob, data_source_id=made.id)
        with pytest.raises(Forbidden):
            data_sources.update_data_source(
                session, actor=bob, data_source_id=made.id, data=DataSourceUpdate(shared=False)
            )


def test_sharing_ends_at_once_and_names_those_who_used_it(alice: Actor, bob: Actor, source_url: str) -> None:
    made = make_data_source(alice, url=source_url, shared=True)
    make_saved_query(bob, data_source_id=made.id)
    with session_scope() as session:
        assert sharing.cut_off(session, actor=alice, data_source_id=made.id) == []
        data_sources.update_data_source(
            session, actor=alice, data_source_id=made.id, data=DataSourceUpdate(shared=False)
        )
        assert sharing.cut_off(session, actor=alice, data_source_id=made.id) == ["Bob"]
        with pytest.raises(SourceError) as caught:
            data_sources.open_by_id(session, made.id, owner_id=bob.id)
    assert caught.value.error_class == "missing_source"


def test_a_masked_url_sent_back_keeps_the_password_and_never_moves_it(alice: Actor) -> None:
    made = make_data_source(alice, url=SERVER)
    with session_scope() as session:
        kept = data_sources.update_data_source(
            session,
            actor=alice,
            data_source_id=made.id,
            data=DataSourceUpdate(url=made.url, name="Sales", statement_timeout_s=20),
        )
        assert (kept.name, kept.statement_timeout_s, kept.url) == ("Sales", 20, made.url)
        elsewhere = DataSourceUpdate(url="postgresql://reader:***@evil.example.test/sales")
        with pytest.raises(InvalidInput, match="password is masked"):
            data_sources.update_data_source(session, actor=alice, data_source_id=made.id, data=elsewhere)


def test_one_in_use_is_not_deleted_and_the_users_are_named(alice: Actor, source_url: str) -> None:
    made = make_data_source(alice, url=source_url)
    query = make_saved_query(alice, data_source_id=made.id)
    make_report(alice, saved_query_id=query.id)
    sentence = r"'Shop' is used by the saved query 'Sales by region' and the report 'Daily sales'"
    with session_scope() as session, pytest.raises(Conflict, match=sentence):
        data_sources.delete_data_source(session, actor=alice, data_source_id=made.id)


def test_one_without_users_is_deleted(alice: Actor, source_url: str) -> None:
    made = make_data_source(alice, url=source_url)
    with session_scope() as session:
        data_sources.delete_data_source(session, actor=alice, data_source_id=made.id)
        assert data_sources.list_data_sources(session, actor=alice).total == 0


def test_a_test_connects_and_is_remembered(alice: Actor, source_url: str, source_file: Path) -> None:
    made = make_data_source(alice, url=source_url)
    with session_scope() as session:
        prepared = data_sources.prepare_test(session, actor=alice, data_source_id=made.id)
    assert str(source_file) not in repr(prepared)
    result = data_sources.run_test(prepared)
    assert result.ok, result.detail
    with session_scope() as session:
        data_sources.record_test(session, actor=alice, data_source_id=made.id, result=result)
        assert data_sources.get_data_source(session, actor=alice, data_source_id=made.id).last_test_ok is True


def test_a_url_can_be_tested_before_it_is_saved(alice: Actor) -> None:
    with read_scope() as session:
        prepared = data_sources.prepare_url_test(session, actor=alice, url="sqlite:////nowhere/at/all.db")
    result = data_sources.run_test(prepared)
    assert (result.ok, "There is no file" in result.detail) == (False, True)


def test_its_tables_are_listed(alice: Actor, source_url: str) -> None:
    made = make_data_source(alice, url=source_url)
    with read_scope() as session:
        prepared = data_sources.prepare_tables(session, actor=alice, data_source_id=made.id)
    tables = data_sources.run_tables(prepared)
    assert [table.name for table in tables] == ["sales"]
    assert ("amount", "REAL") in tables[0].columns


def test_the_runner_opens_it_by_id(alice: Actor, source_url: str) -> None:
    made = make_data_source(alice, url=source_url, statement_timeout_s=11)
    with read_scope() as session:
        source, options = data_sources.open_by_id(session, made.id, owner_id=alice.id)
        assert (options.timeout_s, options.name, options.period_note) == (11, "Shop", "")
        with pytest.raises(SourceError, match="does not exist any more") as missing:
            data_sources.open_by_id(session, uuid.uuid4(), owner_id=alice.id)
        assert missing.value.error_class == "missing_source"
    with source.stream(Query(sql="SELECT 1 AS one", parameters={}, max_rows=5, timeout_s=5)) as batches:
        assert sum(batch.num_rows for batch in batches) == 1


def test_the_list_is_searched_and_paged(alice: Actor, source_url: str) -> None:
    for name in ("Alpha", "Beta 100%", "beta two"):
        make_data_source(alice, url=source_url, name=name)
    with read_scope() as session:
        assert data_sources.list_data_sources(session, actor=alice, search="BETA").total == 2
        assert data_sources.list_data_sources(session, actor=alice, search="100%").total == 1
        page = data_sources.list_data_sources(session, actor=alice, offset=1, limit=1)
        assert (page.total, [item.name for item in page.items]) == (3, ["Beta 100%"])


def test_without_private_networks_no_file_outside_the_data_folder_is_read(
    alice: Actor, source_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ROOSTER_ALLOW_PRIVATE_NETWORKS", "0")
    get_settings.cache_clear()
    for url in (source_url, "postgresql://u:p@127.0.0.1/x"):
        with session_scope() as session, pytest.raises(InvalidInput):
            data_sources.create_data_source(session, actor=alice, data=DataSourceCreate(name="x", url=url))
