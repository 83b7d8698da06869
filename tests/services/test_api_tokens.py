"""Personal API tokens on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from pydantic import ValidationError
from sqlalchemy import event, select

from core.crypto import hash_token
from core.database import get_engine, read_scope, session_scope
from core.errors import Forbidden, LimitReached, NotFound
from core.models import ApiToken, AuditEntry, User
from core.schemas.accounts import Actor
from core.schemas.people import ApiTokenCreate, ApiTokenCreated, Scope
from core.services import api_tokens
from tests.fixtures_database import add_person

pytestmark = pytest.mark.usefixtures("database")

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def make(actor: Actor, scope: Scope = "read", expires_at: datetime | None = None) -> ApiTokenCreated:
    data = ApiTokenCreate(name="Nightly export", scope=scope, expires_at=expires_at)
    with session_scope() as session:
        return api_tokens.create_token(session, actor=actor, data=data)


def holder_of(token: str) -> api_tokens.TokenHolder | None:
    with read_scope() as session:
        return api_tokens.find_holder(session, token)


def test_a_token_is_shown_once_and_stored_hashed(alice: Actor) -> None:
    made = make(alice)
    assert made.token.startswith("rst_")
    assert len(made.token) > 40
    assert made.token not in repr(made)
    with read_scope() as session:
        row = session.scalars(select(ApiToken)).one()
        entry = session.scalars(select(AuditEntry)).one()
        listed = api_tokens.list_tokens(session, actor=alice)
        assert row.token_hash == hash_token(made.token)
        assert made.token not in f"{vars(row)}{vars(entry)}{listed}"
        assert (entry.action, entry.object_type, entry.detail) == ("create", "api_token", {"scope": "read"})


def test_it_names_its_person_until_it_is_revoked(alice: Actor, bob: Actor) -> None:
    made = make(alice, "write")
    holder = holder_of(made.token)
    assert holder is not None
    assert (holder.actor.id, holder.scope) == (alice.id, "write")
    with session_scope() as session:
        with pytest.raises(NotFound, match="no such token"):
            api_tokens.revoke_token(session, actor=bob, token_id=made.id)
        assert api_tokens.list_tokens(session, actor=bob).total == 0
        api_tokens.revoke_token(session, actor=alice, token_id=made.id)
    assert holder_of(made.token) is None
    with read_scope() as session:
        assert set(session.scalars(select(AuditEntry.action))) == {"create", "revoke"}


def test_it_is_over_at_its_end_and_with_the_account(alice: Actor) -> None:
    with time_machine.travel(NOON, tick=False) as travel:
        made, endless = make(alice, expires_at=NOON + timedelta(days=1)), make(alice)
        travel.shift(timedelta(hours=23, minutes=59))
        assert holder_of(made.token)
        travel.shift(timedelta(minutes=1))
        assert holder_of(made.token) is None
        assert holder_of(endless.token)
    with session_scope() as session:
        session.get_one(User, alice.id).is_active = False
    assert holder_of(endless.token) is None


def test_its_use_is_noted_once_a_minute(alice: Actor) -> None:
    with time_machine.travel(NOON, tick=False) as travel:
        made = make(alice)
        seen = []
        for seconds in (0, 30, 31):
            travel.shift(timedelta(seconds=seconds))
            holder = holder_of(made.token)
            assert holder is not None
            if holder.is_stale:
                with session_scope() as session:
                    api_tokens.note_use(session, token_id=holder.token_id)
            with read_scope() as session:
                seen.append(session.scalar(select(ApiToken.last_used_at)))
    assert seen == [NOON, NOON, NOON + timedelta(seconds=61)]


def test_two_requests_at_once_note_one_use(alice: Actor) -> None:
    made, changed = make(alice), []

    def count(_connection: object, cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("UPDATE api_tokens"):
            changed.append(cursor.rowcount)  # type: ignore[attr-defined]

    event.listen(get_engine(), "after_cursor_execute", count)
    with session_scope() as session:
        for _ in range(2):
            api_tokens.note_use(session, token_id=made.id)
    assert changed == [1, 0]


def test_a_viewer_may_read_only() -> None:
    viewer = add_person("Vic", "viewer")
    with pytest.raises(Forbidden, match="read only"):
        make(viewer, "write")
    assert holder_of(make(viewer).token)


def test_it_refuses_an_end_in_the_past_and_more_than_fifty(alice: Actor) -> None:
    with pytest.raises(ValidationError, match="yet to come"):
        ApiTokenCreate(name="x", expires_at=datetime(2020, 1, 1, tzinfo=UTC))
    for _ in range(50):
        make(alice)
    with pytest.raises(LimitReached, match="50 tokens"):
        make(alice)


@pytest.mark.parametrize("token", ["rst_", "rst_guessed", "RST_x", ""])
def test_it_knows_no_made_up_token(token: str) -> None:
    assert holder_of(token) is None
