"""Links that set a password: good once, for a while, stored hashed, and handed over by mail or by hand."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from core.crypto import hash_token
from core.database import read_scope, session_scope
from core.errors import Conflict, Forbidden, LoginFailed, NotFound
from core.models import AccountLink, AuditEntry, User
from core.schemas.accounts import Actor
from core.schemas.email_config import EmailConfigCreate
from core.schemas.people import NewPassword, UserInvite, UserUpdate
from core.services import account_links, accounts, email_configurations, link_mails, users
from core.services.account_links import NewLink
from tests.factories import mail_account_fields, make_email_config
from tests.fixtures_smtp import SmtpServer

pytestmark = pytest.mark.usefixtures("database")

FRESH = "a fresh long password"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def invite(actor: Actor, email: str = "new@example.test") -> NewLink:
    data = UserInvite(email=email, name="New", role="viewer")
    with session_scope() as session:
        return account_links.invite_user(session, actor=actor, data=data)


def forgot(email: str) -> NewLink | None:
    with session_scope() as session:
        return account_links.request_reset(session, email=email, ip="10.0.0.1")


def use(link: NewLink, password: str = FRESH) -> None:
    with session_scope() as session:
        account_links.use_link(session, token=token_of(link), data=NewPassword(password=password), ip="10.0.0.1")


def kind_of(link: NewLink) -> str | None:
    with read_scope() as session:
        return account_links.find_link(session, token_of(link))


def token_of(link: NewLink) -> str:
    return link.url.rpartition("/")[2]


def log_in(email: str, password: str) -> None:
    with session_scope() as session:
        accounts.authenticate(session, email=email, password=password, ip="")


def test_an_invited_person_chooses_a_password_and_signs_in(admin: Actor) -> None:
    link = invite(admin)
    with pytest.raises(LoginFailed):
        log_in(link.email, FRESH)
    assert kind_of(link) == "invitation"
    use(link)
    log_in(link.email, FRESH)
    with read_scope() as session:
        assert session.scalars(select(User).where(User.email == link.email)).one().role == "viewer"
        actions = list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.at)))
    assert actions == ["invite", "log_in_failed", "set_password", "log_in"]


def test_only_administrators_invite_and_make_links(admin: Actor, alice: Actor) -> None:
    with pytest.raises(Forbidden):
        invite(alice)
    with session_scope() as session, pytest.raises(Forbidden):
        account_links.make_link(session, actor=alice, user_id=admin.id)
    with pytest.raises(Conflict, match="already an account"):
        invite(admin, alice.email.upper())


@pytest.mark.parametrize(("kind", "hours"), [("invitation", 72), ("reset", 1)])
def test_a_link_is_over_after_its_time(admin: Actor, alice: Actor, kind: str, hours: int) -> None:
    with time_machine.travel(NOON, tick=False) as travel:
        link = invite(admin) if kind == "invitation" else forgot(alice.email)
        assert link is not None
        travel.shift(timedelta(hours=hours, seconds=-1))
        assert kind_of(link) == kind
        travel.shift(timedelta(seconds=1))
        assert kind_of(link) is None
        with pytest.raises(NotFound, match="used already or is over"):
            use(link)


def test_a_link_works_once_and_a_newer_one_ends_the_older(alice: Actor) -> None:
    older, newer = forgot(alice.email), forgot(alice.email)
    assert older is not None
    assert newer is not None
    with pytest.raises(NotFound):
        use(older)
    use(newer)
    with pytest.raises(NotFound):
        use(newer, "yet another password")
    log_in(alice.email, FRESH)


def test_of_two_browsers_at_once_only_one_uses_it(alice: Actor) -> None:
    link = forgot(alice.email)
    assert link is not None
    start, refused = threading.Barrier(4), []

    def race() -> None:
        start.wait()
        try:
            use(link)
        except NotFound as error:
            refused.append(error)

    threads = [threading.Thread(target=race) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 3


def test_a_used_link_signs_out_everywhere_and_ends_the_pause_of_guesses(alice: Actor) -> None:
    with session_scope() as session:
        signed_in = accounts.create_session(session, user_id=alice.id, ip="", user_agent="")
    for _ in range(10):
        with pytest.raises(LoginFailed):
            log_in(alice.email, "guess")
    link = forgot(alice.email)
    assert link is not None
    use(link)
    log_in(alice.email, FRESH)
    with read_scope() as session:
        assert accounts.find_session(session, signed_in.token) is None


def test_nothing_is_made_for_strangers_for_the_switched_off_or_again_and_again(alice: Actor, bob: Actor) -> None:
    assert forgot("nobody@example.test") is None
    with session_scope() as session:
        session.get_one(User, bob.id).is_active = False
    assert forgot(bob.email) is None
    assert [forgot(alice.email) is not None for _ in range(4)] == [True, True, True, False]


@pytest.mark.parametrize("change", [{"is_active": False}, {"email": "other@example.test"}, {"password": FRESH}])
def test_a_change_of_the_account_ends_its_links(admin: Actor, alice: Actor, change: dict[str, Any]) -> None:
    link = forgot(alice.email)
    assert link is not None
    with session_scope() as session:
        users.update_user(session, actor=admin, user_id=alice.id, data=UserUpdate.model_validate(change))
    assert kind_of(link) is None


def test_the_token_stands_nowhere_in_the_database(admin: Actor) -> None:
    link = invite(admin)
    with read_scope() as session:
        row = session.scalars(select(AccountLink)).one()
        entries = [f"{entry.detail}{entry.object_name}" for entry in session.scalars(select(AuditEntry))]
        assert row.token_hash == hash_token(token_of(link))
        assert token_of(link) not in str([*entries, vars(row)])
    assert token_of(link) not in repr(link)


def test_without_a_mail_account_the_administrator_gets_the_link_once(admin: Actor, alice: Actor) -> None:
    result = link_mails.send_link(link := invite(admin))
    assert (result.sent, result.url) == (False, link.url)
    assert "no mail account" in result.detail
    reset = forgot(alice.email)
    assert reset is not None
    assert link_mails.send_link(reset, may_show=False).url is None


@pytest.mark.parametrize("owner", ["workspace", "administrator"])
def test_the_link_goes_by_mail_through_the_account_of_all_or_of_the_inviter(
    admin: Actor, smtp_server: Callable[..., SmtpServer], owner: str
) -> None:
    server = smtp_server()
    account = mail_account_fields(smtp_host=server.host, smtp_port=server.port, from_email="hello@example.test")
    if owner == "workspace":
        make_email_config(admin, smtp_port=1)  # its own account answers no more
        with session_scope() as session:
            data = EmailConfigCreate.model_validate(account)
            email_configurations.save_workspace_config(session, actor=admin, data=data)
    else:
        make_email_config(admin, **account)
    link = invite(admin)
    result = link_mails.send_link(link)
    assert (result.sent, result.url) == (True, None)
    [mail] = server.received
    text = mail.message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert (mail.recipients, mail.sender) == (["new@example.test"], "hello@example.test")
    assert link.url in text
    assert "Ada made an account for you" in text


def test_a_server_that_refuses_leaves_the_link_with_the_administrator(admin: Actor) -> None:
    make_email_config(admin, smtp_port=1)
    link = invite(admin)
    assert link_mails.send_link(link).url == link.url


def test_somebody_who_never_came_is_invited_again_and_others_get_a_reset(admin: Actor, alice: Actor) -> None:
    link = invite(admin)
    with session_scope() as session:
        again = account_links.make_link(session, actor=admin, user_id=link.user_id)
        reset = account_links.make_link(session, actor=admin, user_id=alice.id)
    assert (again.kind, reset.kind) == ("invitation", "reset")
    assert kind_of(link) is None
    use(again)
    log_in(link.email, FRESH)
