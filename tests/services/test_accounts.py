"""Signing in, sessions, tokens and profiles, on both databases."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from core.crypto import hash_token
from core.database import read_scope, session_scope
from core.errors import Conflict, Forbidden, InvalidInput, LoginFailed, NotFound, Throttled
from core.models import AuditEntry, LoginAttempt, User, UserSession
from core.schemas.accounts import Actor, PasswordChange, ProfileUpdate, UserCreate
from core.services import accounts
from tests.fixtures_database import PASSWORD

pytestmark = pytest.mark.usefixtures("database")

NOON = datetime(2026, 3, 2, 12, 0, 30, tzinfo=UTC)


def _log_in(email: str, password: str = PASSWORD, ip: str = "10.0.0.1") -> None:
    with session_scope() as session:
        accounts.authenticate(session, email=email, password=password, ip=ip)


def _sign_in(actor: Actor, *, replaces: str | None = None) -> accounts.NewSession:
    with session_scope() as session:
        return accounts.create_session(
            session, user_id=actor.id, ip="10.0.0.1", user_agent="Firefox", replaces=replaces
        )


def _holder(token: str) -> Actor | None:
    with read_scope() as session:
        found = accounts.find_session(session, token)
        return found.actor if found else None


@pytest.mark.usefixtures("alice")
def test_it_signs_in_with_the_address_in_any_case() -> None:
    _log_in(" ALICE@example.test ")
    with read_scope() as session:
        assert session.scalar(select(AuditEntry.action)) == "log_in"


@pytest.mark.parametrize("case", ["wrong", "unknown", "switched off"])
def test_it_refuses_wrong_unknown_and_switched_off_with_one_sentence(alice: Actor, case: str) -> None:
    if case == "switched off":
        with session_scope() as session:
            session.get_one(User, alice.id).is_active = False
    email = "nobody@example.test" if case == "unknown" else alice.email
    with pytest.raises(LoginFailed, match=r"^The e-mail address or the password is wrong\.$"):
        _log_in(email, PASSWORD if case == "switched off" else "not it at all")


def test_it_throttles_an_account_after_ten_failures_and_forgets_after_fifteen_minutes(alice: Actor) -> None:
    with time_machine.travel(NOON, tick=False) as travel:
        for number in range(10):
            with pytest.raises(LoginFailed):
                _log_in(alice.email, "guess", ip=f"10.0.1.{number}")
        with pytest.raises(Throttled) as refused:
            _log_in(alice.email, ip="10.0.2.1")
        assert 0 < refused.value.retry_after <= 15 * 60
        travel.shift(timedelta(minutes=15))
        _log_in(alice.email)


def test_it_throttles_an_address_that_tries_many_accounts(alice: Actor) -> None:
    for number in range(50):
        with pytest.raises(LoginFailed):
            _log_in(f"nobody{number}@example.test", "guess", ip="10.9.9.9")
    with pytest.raises(Throttled, match="Wait 15 minutes"):
        _log_in(alice.email, ip="10.9.9.9")
    _log_in(alice.email, ip="10.0.0.1")


def test_ten_colleagues_who_mistype_behind_one_address_lock_nobody_out(alice: Actor) -> None:
    for number in range(10):
        with pytest.raises(LoginFailed):
            _log_in(f"colleague{number}@example.test", "guess", ip="192.0.2.1")
    _log_in(alice.email, ip="192.0.2.1")


def test_a_right_password_does_not_count(alice: Actor) -> None:
    for _ in range(12):
        _log_in(alice.email)
    with read_scope() as session:
        assert sum(session.scalars(select(LoginAttempt.count))) == 0


def test_a_session_is_found_by_its_token_and_stored_hashed(alice: Actor) -> None:
    new = _sign_in(alice)
    holder = _holder(new.token)
    assert holder is not None
    assert holder.id == alice.id
    with read_scope() as session:
        row = session.scalars(select(UserSession)).one()
        assert (row.token_hash, row.csrf_hash) == (hash_token(new.token), hash_token(new.csrf))


def test_a_session_ends_after_twelve_hours_whatever_happens(alice: Actor) -> None:
    with time_machine.travel(NOON, tick=False) as travel:
        new = _sign_in(alice)
        travel.shift(timedelta(hours=11, minutes=59))
        with session_scope() as session:
            accounts.touch_session(session, session_id=new.id)
        assert _holder(new.token)
        travel.shift(timedelta(minutes=1))
        assert _holder(new.token) is None


def test_signing_in_again_makes_the_old_token_worthless(alice: Actor) -> None:
    old = _sign_in(alice)
    new = _sign_in(alice, replaces=old.token)
    assert _holder(old.token) is None
    assert _holder(new.token)


def test_a_switched_off_person_is_signed_out(alice: Actor) -> None:
    new = _sign_in(alice)
    with session_scope() as session:
        session.get_one(User, alice.id).is_active = False
    assert _holder(new.token) is None


def test_only_its_owner_sees_and_ends_a_session(alice: Actor, charlie: Actor) -> None:
    new = _sign_in(alice)
    with session_scope() as session:
        assert accounts.list_sessions(session, actor=charlie).total == 0
        with pytest.raises(NotFound, match="There is no such session"):
            accounts.end_session(session, actor=charlie, session_id=new.id)
        listed = accounts.list_sessions(session, actor=alice, current=new.id)
        assert [item.is_current for item in listed.items] == [True]
        accounts.end_session(session, actor=alice, session_id=new.id)
    assert _holder(new.token) is None


def test_a_token_names_its_person_for_an_hour(alice: Actor) -> None:
    with time_machine.travel(NOON, tick=False) as travel, read_scope() as session:
        token = accounts.issue_token(alice)
        assert token.expires_in == 3600
        found = accounts.find_actor_of_token(session, token.access_token)
        assert found is not None
        assert found.id == alice.id
        assert accounts.find_actor_of_token(session, token.access_token[:-2] + "xx") is None
        travel.shift(timedelta(hours=1, seconds=1))
        assert accounts.find_actor_of_token(session, token.access_token) is None


def test_an_administrator_adds_people_and_nobody_else(admin: Actor, charlie: Actor) -> None:
    data = UserCreate(email="New@Example.test", name="New", password="long enough password", role="viewer")
    with session_scope() as session:
        created = accounts.create_user(session, actor=admin, data=data)
        assert created.email == "new@example.test"
        assert "password" not in created.model_dump_json()
        with pytest.raises(Conflict, match=r"already an account for new@example\.test"):
            accounts.create_user(session, actor=admin, data=data)
        with pytest.raises(Forbidden):
            accounts.create_user(session, actor=charlie, data=data)
        with pytest.raises(NotFound):
            accounts.get_user(session, actor=charlie, user_id=created.id)
        assert accounts.get_user(session, actor=admin, user_id=created.id).name == "New"


def test_the_first_person_needs_no_administrator() -> None:
    with session_scope() as session:
        assert not accounts.has_users(session)
        data = UserCreate(email="first@example.test", name="First", password=PASSWORD, role="admin")
        accounts.create_user(session, actor=None, data=data)
        assert accounts.has_users(session)


def test_a_profile_changes_in_part(alice: Actor) -> None:
    with session_scope() as session:
        changed = accounts.update_profile(session, actor=alice, data=ProfileUpdate(timezone="Asia/Tokyo"))
    assert (changed.name, changed.timezone) == ("Alice", "Asia/Tokyo")


def test_a_new_password_signs_out_everywhere_else(alice: Actor) -> None:
    here, there = _sign_in(alice), _sign_in(alice)
    wrong = PasswordChange(current_password="x", new_password="another one here")
    with pytest.raises(InvalidInput, match="present password is wrong"), session_scope() as session:
        accounts.change_password(session, actor=alice, data=wrong)
    change = PasswordChange(current_password=PASSWORD, new_password="another one here")
    with session_scope() as session:
        accounts.change_password(session, actor=alice, data=change, keep_session=here.id)
    assert _holder(here.token)
    assert _holder(there.token) is None
    _log_in(alice.email, "another one here")


def test_the_present_password_cannot_be_guessed_by_trying(alice: Actor) -> None:
    wrong = PasswordChange(current_password="x", new_password="another one here")
    for _ in range(10):
        with pytest.raises(InvalidInput), session_scope() as session:
            accounts.change_password(session, actor=alice, data=wrong)
    right = PasswordChange(current_password=PASSWORD, new_password="another one here")
    with pytest.raises(Throttled), session_scope() as session:
        accounts.change_password(session, actor=alice, data=right)


def test_nobody_is_found_for_an_unknown_id() -> None:
    with read_scope() as session:
        assert accounts.find_actor(session, user_id=uuid.uuid4()) is None
