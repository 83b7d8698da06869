"""People and their roles, switching off, deleting and handing over, on both databases."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from sqlalchemy import select

from core.database import read_scope, session_scope
from core.errors import Conflict, Forbidden, LoginFailed, NotFound, RoosterError
from core.models import AuditEntry, Base, ReportExecution, User
from core.models.content import Owned
from core.schemas.accounts import Actor
from core.schemas.email_config import EmailConfigCreate
from core.schemas.people import UserUpdate
from core.services import accounts, email_configurations, executions, ownership, scheduled_reports, users
from tests.factories import mail_account_fields, make_email_config, make_query_report
from tests.fixtures_database import PASSWORD, add_person

pytestmark = pytest.mark.usefixtures("database")


def update(actor: Actor, person: Actor, **values: Any) -> None:
    with session_scope() as session:
        users.update_user(session, actor=actor, user_id=person.id, data=UserUpdate.model_validate(values))


def actions() -> list[str]:
    with read_scope() as session:
        return list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.at)))


def sign_in(actor: Actor) -> accounts.NewSession:
    with session_scope() as session:
        return accounts.create_session(session, user_id=actor.id, ip="", user_agent="")


def test_only_administrators_look_after_people(admin: Actor, alice: Actor) -> None:
    with read_scope() as session:
        assert users.list_users(session, actor=admin).total == 2
        assert [one.name for one in users.list_users(session, actor=admin, search="ALI").items] == ["Alice"]
        with pytest.raises(Forbidden, match="Only an administrator"):
            users.list_users(session, actor=alice)
    with pytest.raises(Forbidden):
        update(alice, alice, role="admin")
    with session_scope() as session, pytest.raises(Forbidden):
        users.delete_user(session, actor=alice, user_id=admin.id)


def test_a_change_of_role_is_seen_at_once_and_recorded(admin: Actor, alice: Actor) -> None:
    token = sign_in(alice).token
    update(admin, alice, role="viewer", name="Alice B.")
    with read_scope() as session:
        found = accounts.find_session(session, token)
        assert found is not None
        assert (found.actor.role, found.actor.name) == ("viewer", "Alice B.")
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "change_role")).one()
        assert entry.detail == {"from": "analyst", "to": "viewer"}


@pytest.mark.parametrize("change", [{"role": "analyst"}, {"is_active": False}])
def test_the_last_administrator_stays(admin: Actor, change: dict[str, Any]) -> None:
    update(admin, add_person("Off", "admin"), is_active=False)
    with pytest.raises(Conflict, match=r"ada@example\.test is the last administrator"):
        update(admin, admin, **change)
    with session_scope() as session, pytest.raises(Conflict, match="last administrator"):
        users.delete_user(session, actor=admin, user_id=admin.id)
    add_person("Eve", "admin")
    update(admin, admin, **change)


def test_two_administrators_cannot_demote_each_other_at_once(admin: Actor) -> None:
    other = add_person("Eve", "admin")
    start = threading.Barrier(2)
    refused: list[RoosterError] = []

    def demote(actor: Actor, person: Actor) -> None:
        start.wait()
        try:
            update(actor, person, role="analyst")
        except RoosterError as error:
            refused.append(error)

    threads = [threading.Thread(target=demote, args=pair) for pair in ((admin, other), (other, admin))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with read_scope() as session:
        assert len(list(session.scalars(select(User.id).where(User.role == "admin")))) == 1
    assert len(refused) == 1


def test_switching_off_ends_everything_that_is_open_and_pauses_reports(
    admin: Actor, alice: Actor, source_url: str
) -> None:
    report = make_query_report(alice, url=source_url)
    session_token, jwt = sign_in(alice).token, accounts.issue_token(alice).access_token
    update(admin, alice, is_active=False)
    update(admin, alice, is_active=True)
    with read_scope() as session:
        assert accounts.find_session(session, session_token) is None
        assert accounts.find_actor_of_token(session, jwt) is None, "an old token does not come back with the account"
    with session_scope() as session:
        paused = scheduled_reports.get_scheduled_report(session, actor=alice, report_id=report.id)
    assert (paused.is_active, paused.next_run_at) == (False, None)
    assert "was switched off" in str(paused.paused_reason)
    assert {"switch_off", "switch_on", "end_sessions"} <= set(actions())


def test_a_password_from_an_administrator_signs_the_person_out(admin: Actor, alice: Actor) -> None:
    token = sign_in(alice).token
    update(admin, alice, password="a fresh long password")
    with session_scope() as session:
        assert accounts.find_session(session, token) is None
        accounts.authenticate(session, email=alice.email, password="a fresh long password", ip="")
    with session_scope() as session, pytest.raises(LoginFailed):
        accounts.authenticate(session, email=alice.email, password=PASSWORD, ip="")


def test_a_new_password_makes_older_tokens_worthless_and_newer_ones_good(admin: Actor, alice: Actor) -> None:
    with time_machine.travel(datetime(2026, 3, 2, 12, tzinfo=UTC), tick=False) as travel:
        before = accounts.issue_token(alice).access_token
        travel.shift(timedelta(milliseconds=1))
        update(admin, alice, password="a fresh long password")
        after = accounts.issue_token(alice).access_token
        with read_scope() as session:
            assert accounts.find_actor_of_token(session, before) is None
            assert accounts.find_actor_of_token(session, after) is not None


def test_an_address_belongs_to_one_person(admin: Actor, alice: Actor, bob: Actor) -> None:
    with pytest.raises(Conflict, match=r"already an account for bob@example\.test"):
        update(admin, alice, email="BOB@example.test")
    update(admin, alice, email="Alice.New@example.test")
    with read_scope() as session:
        assert users.get_user(session, actor=admin, user_id=alice.id).email == "alice.new@example.test"
        assert users.get_user(session, actor=admin, user_id=bob.id).email == "bob@example.test"


def test_somebody_who_owns_things_is_not_deleted_and_they_are_named(
    admin: Actor, alice: Actor, bob: Actor, source_url: str
) -> None:
    report = make_query_report(alice, url=source_url)
    make_email_config(alice)
    with session_scope() as session:
        run = executions.request_run(session, actor=alice, report_id=report.id)
    with session_scope() as session, pytest.raises(Conflict) as refused:
        users.delete_user(session, actor=admin, user_id=alice.id)
    for name in ("'Shop'", "'Sales by region'", "'Daily sales'"):
        assert name in refused.value.message
    with session_scope() as session:
        moved = ownership.transfer_objects(session, actor=admin, from_user=alice.id, to_user=bob.id).moved
    assert moved == {"data_sources": 1, "saved_queries": 1, "dashboards": 0, "scheduled_reports": 1}
    with session_scope() as session:
        assert executions.get_execution(session, actor=bob, execution_id=run.id).id == run.id
        with pytest.raises(NotFound):
            executions.get_execution(session, actor=alice, execution_id=run.id)
        users.delete_user(session, actor=admin, user_id=alice.id)
    with read_scope() as session:
        assert session.get(User, alice.id) is None
    assert {"transfer", "delete"} <= set(actions())


def test_nothing_goes_to_viewers_to_the_switched_off_or_to_nobody(admin: Actor, alice: Actor, bob: Actor) -> None:
    viewer = add_person("Vic", "viewer")
    update(admin, bob, is_active=False)
    with session_scope() as session:
        for to_user, text in ((viewer.id, "is a viewer"), (bob.id, "switched off"), (alice.id, "theirs already")):
            with pytest.raises(Conflict, match=text):
                ownership.transfer_objects(session, actor=admin, from_user=alice.id, to_user=to_user)
        with pytest.raises(NotFound):
            ownership.transfer_objects(session, actor=admin, from_user=alice.id, to_user=uuid4())
        with pytest.raises(Forbidden):
            ownership.transfer_objects(session, actor=alice, from_user=alice.id, to_user=admin.id)


def test_everything_that_can_be_owned_is_handed_over() -> None:
    """A new kind of object cannot be forgotten: whatever forbids deleting a person is in the list or named here."""
    handed_over = {model for model, _ in ownership.OWNED.values()}
    owned = {mapper.class_ for mapper in Base.registry.mappers if issubclass(mapper.class_, Owned)}
    assert owned == handed_over
    restricting = {
        table.name
        for table in Base.metadata.tables.values()
        for key in table.foreign_keys
        if key.column.table.name == "users" and key.ondelete != "CASCADE"
    }
    others = {ReportExecution.__tablename__, "email_configurations"}
    assert restricting == {model.__tablename__ for model in handed_over} | others


def test_an_administrator_sees_and_ends_the_sessions_of_others(admin: Actor, alice: Actor, bob: Actor) -> None:
    new, other = sign_in(alice), sign_in(alice)
    with session_scope() as session:
        with pytest.raises(Forbidden):
            accounts.list_sessions(session, actor=bob, user_id=alice.id)
        assert accounts.list_sessions(session, actor=admin, user_id=alice.id).total == 2
        accounts.end_session(session, actor=admin, session_id=new.id)
        assert accounts.find_session(session, new.token) is None
        assert accounts.find_session(session, other.token) is not None
        users.sign_out_everywhere(session, actor=admin, user_id=alice.id)
        assert accounts.find_session(session, other.token) is None
    assert {"end_session", "end_sessions"} <= set(actions())


def test_a_viewer_has_no_mail_account_of_their_own() -> None:
    viewer = add_person("Vic", "viewer")
    data = EmailConfigCreate.model_validate(mail_account_fields())
    with session_scope() as session:
        for refused in (
            lambda: email_configurations.save_email_config(session, actor=viewer, data=data),
            lambda: email_configurations.delete_email_config(session, actor=viewer),
            lambda: email_configurations.prepare_test(session, actor=viewer, data=data),
        ):
            with pytest.raises(Forbidden, match="not change or run anything"):
                refused()


def test_each_refused_log_in_does_the_same_work(alice: Actor, bob: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    """One verification against a hash of the same cost, and the same statements, whoever is asked for."""
    with session_scope() as session:
        session.get_one(User, bob.id).is_active = False
    done: list[tuple[str, ...]] = []

    def verify(password: str, phc: str) -> bool:
        done.append(tuple(phc.split("$")[1:4]))
        return original(password, phc)

    original = accounts.crypto.verify_password
    monkeypatch.setattr(accounts.crypto, "verify_password", verify)
    for email in (alice.email, "nobody@example.test", bob.email):
        with session_scope() as session, pytest.raises(LoginFailed):
            accounts.authenticate(session, email=email, password="not the one", ip="10.0.0.1")
    assert len(done) == 3
    assert len(set(done)) == 1
