"""A lost key loses no object: what cannot be read waits for its password."""

from __future__ import annotations

import pytest

from core.database import read_scope, session_scope
from core.errors import DeliveryError, InvalidInput, SourceError
from core.schemas.accounts import Actor
from core.services import data_sources, email_configurations, keys
from core.settings import get_settings
from tests.factories import make_data_source, make_email_config

pytestmark = pytest.mark.usefixtures("database")

OLD, NEW = "the old key of this test", "the new key of this test"


@pytest.fixture(autouse=True)
def _old_key(_any_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _any_database
    _use(monkeypatch, OLD)
    with session_scope() as session:
        assert keys.check_key(session)


def _use(monkeypatch: pytest.MonkeyPatch, ring: str) -> None:
    monkeypatch.setenv("ROOSTER_SECRET_KEY", ring)
    get_settings.cache_clear()


def _check() -> bool:
    with session_scope() as session:
        return keys.check_key(session)


def _mail_state(alice: Actor) -> str:
    with read_scope() as session:
        found = email_configurations.find_email_config(session, actor=alice)
        assert found is not None
        return found.state


def test_with_the_same_key_nothing_changes(alice: Actor) -> None:
    make_email_config(alice, smtp_username="robot", smtp_password="secret")
    assert _check()
    assert _mail_state(alice) == "active"


def test_with_another_key_accounts_and_sources_wait_for_their_password(
    alice: Actor, source_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = make_data_source(alice, url=source_url)
    make_email_config(alice, smtp_username="robot", smtp_password="secret")
    _use(monkeypatch, NEW)
    assert not _check()
    assert _mail_state(alice) == "needs_password"
    with read_scope() as session:
        with pytest.raises(DeliveryError, match="Enter it again on the page E-mail settings"):
            email_configurations.account_for(session, alice.id)
        with pytest.raises(SourceError, match="Enter its URL again on the page Data sources") as refused:
            data_sources.open_by_id(session, source.id, owner_id=alice.id)
        assert refused.value.error_class == "missing_source"
        with pytest.raises(InvalidInput, match="Enter its URL again"):
            data_sources.prepare_test(session, actor=alice, data_source_id=source.id)
    assert _check(), "the alarm is raised once"


def test_a_password_entered_again_heals(alice: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    make_email_config(alice, smtp_username="robot", smtp_password="secret")
    _use(monkeypatch, NEW)
    _check()
    make_email_config(alice, smtp_username="robot", smtp_password="secret")
    assert _mail_state(alice) == "active"


def test_the_old_key_put_back_heals_everything(alice: Actor, source_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    source = make_data_source(alice, url=source_url)
    make_email_config(alice, smtp_username="robot", smtp_password="secret")
    _use(monkeypatch, NEW)
    _check()
    _use(monkeypatch, OLD)
    _check()
    assert _mail_state(alice) == "active"
    with read_scope() as session:
        assert data_sources.open_by_id(session, source.id, owner_id=alice.id)


def test_an_older_key_behind_a_new_one_still_reads(alice: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    make_email_config(alice, smtp_username="robot", smtp_password="secret")
    _use(monkeypatch, f"{NEW},{OLD}")
    assert _check()
    assert _mail_state(alice) == "active"
