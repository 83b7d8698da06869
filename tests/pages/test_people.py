"""The page of the people, for administrators, and the API tokens on one's own page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.database import read_scope, session_scope
from core.schemas.accounts import Actor, UserResponse
from core.schemas.base import Page
from core.services import accounts, api_tokens, users
from core.settings import ROOT
from pages.components.guard import forget_user
from tests.factories import make_query_report
from tests.fixtures_database import add_person
from tests.pages.conftest import Open, words


def choose(page: AppTest, person: Actor, option: str) -> AppTest:
    return page.menu_button(key=f"person-{person.id}").click(option).run()


def click(page: AppTest, label: str) -> AppTest:
    return next(button for button in page.button if button.label == label).click().run()


def field(page: AppTest, label: str) -> AppTest:
    return next(one for one in [*page.text_input, *page.selectbox] if one.label == label)


def everybody(admin: Actor) -> Page[UserResponse]:
    with read_scope() as session:
        return users.list_users(session, actor=admin)


def person(admin: Actor, who: Actor) -> UserResponse:
    with read_scope() as session:
        return users.get_user(session, actor=admin, user_id=who.id)


def test_it_lists_everybody_with_role_and_last_log_in(admin: Actor, alice: Actor, open_page: Open) -> None:
    add_person("Vic", "viewer")
    page = open_page(admin, "pages/people.py")
    assert not page.exception
    text = words(page)
    for word in ("Ada", "(you)", alice.email, "Administrator", "Analyst", "Viewer"):
        assert word in text
    page.text_input(key="people-search").set_value("vic").run()
    assert alice.email not in words(page)


@pytest.mark.parametrize("role", ["analyst", "viewer"])
@pytest.mark.usefixtures("admin")
def test_the_page_itself_shows_nothing_to_others(role: Any) -> None:
    page = script_of(add_person("Olga", role), AppTest.from_file(str(ROOT / "pages/people.py")))
    assert [error.value for error in page.error] == ["There is no such page."]
    assert [*page.title, *page.button, *page.menu_button] == []


def test_an_invitation_without_mail_shows_the_link_once(admin: Actor) -> None:
    page = dialog(admin, inviting)
    field(page, "E-mail address").set_value("dana@example.test")
    field(page, "Name").set_value("Dana")
    field(page, "Role").set_value("viewer")
    click(page, "Invite")
    assert not page.exception
    [link] = [code.value for code in page.code]
    assert "/set-password/" in link
    assert "no mail account" in words(page)
    assert [one.role for one in everybody(admin).items if one.name == "Dana"] == ["viewer"]
    assert not page.run().code


def test_a_bad_address_is_refused_in_the_form(admin: Actor) -> None:
    page = dialog(admin, inviting)
    field(page, "E-mail address").set_value("no address")
    field(page, "Name").set_value("Dana")
    click(page, "Invite")
    assert "not a valid e-mail address" in words(page)
    assert everybody(admin).total == 1


def test_a_role_is_changed_in_a_form(admin: Actor, alice: Actor) -> None:
    page = dialog(admin, changing, alice)
    field(page, "Role").set_value("admin")
    click(page, "Save")
    assert not page.exception
    assert person(admin, alice).role == "admin"


def test_an_address_that_is_taken_is_refused_in_the_form(admin: Actor, alice: Actor) -> None:
    page = dialog(admin, changing, alice)
    field(page, "E-mail address").set_value(admin.email)
    click(page, "Save")
    assert "already an account" in words(page)


def test_the_last_administrator_is_told_why_not(admin: Actor, open_page: Open) -> None:
    page = choose(open_page(admin, "pages/people.py"), admin, "Delete")
    page.button(key="confirm-yes").click().run()
    assert "is the last administrator" in page.error[0].value


def test_switching_off_asks_first_and_can_be_taken_back(admin: Actor, alice: Actor, open_page: Open) -> None:
    page = choose(open_page(admin, "pages/people.py"), alice, "Switch")
    assert person(admin, alice).is_active
    page.button(key="confirm-yes").click().run()
    assert not person(admin, alice).is_active
    choose(page, alice, "Switch")
    assert person(admin, alice).is_active


def test_a_reset_link_is_handed_over_once(admin: Actor, alice: Actor, open_page: Open) -> None:
    page = choose(open_page(admin, "pages/people.py"), alice, "Send password link")
    assert "/set-password/" in page.code[0].value
    assert not page.run().code


def test_browsers_of_others_are_ended(admin: Actor, alice: Actor, open_page: Open) -> None:
    with session_scope() as session:
        new = accounts.create_session(session, user_id=alice.id, ip="10.1.2.3", user_agent="Firefox/140 Linux")
    assert "10.1.2.3" in words(choose(open_page(admin, "pages/people.py"), alice, "Browsers"))
    page = dialog(admin, seeing_browsers, alice)
    page.button(key=f"end-{new.id}").click().run()
    assert not page.exception
    with read_scope() as session:
        assert accounts.find_session(session, new.token) is None


def test_who_owns_things_is_deleted_after_they_are_handed_over(
    admin: Actor, alice: Actor, bob: Actor, source_url: str, open_page: Open
) -> None:
    make_query_report(alice, url=source_url)
    page = choose(open_page(admin, "pages/people.py"), alice, "Delete")
    page.button(key="confirm-yes").click().run()
    assert "Daily sales" in page.error[0].value
    handing = dialog(admin, transferring, alice)
    assert "1 data source, 1 query and 1 schedule" in words(handing)
    taker = handing.selectbox(key="taker")
    taker.select_index([bob.email in option for option in taker.options].index(True)).run()
    click(handing, "Transfer")
    choose(page, alice, "Delete")
    page.button(key="confirm-yes").click().run()
    assert not page.error
    assert [one.name for one in everybody(admin).items] == ["Ada", "Bob"]


def test_an_api_token_is_shown_once_and_revoked(alice: Actor, open_page: Open) -> None:
    making = dialog(alice, making_a_token)
    field(making, "What is it for?").set_value("Nightly export")
    click(making, "Make the token")
    [token] = [code.value for code in making.code]
    assert not making.run().code
    with read_scope() as session:
        holder = api_tokens.find_holder(session, token)
    assert holder is not None
    page = open_page(alice, "pages/account.py")
    assert "Nightly export" in words(page)
    assert token not in str(page.main)
    page.button(key=f"revoke-{holder.token_id}").click().run()
    page.button(key="confirm-yes").click().run()
    with read_scope() as session:
        assert api_tokens.find_holder(session, token) is None


# Whole scripts, since a dialog of a page is open for one run of the tester only. They are run from their source.


def inviting(user: object) -> None:
    import streamlit as st

    from pages.components.people_links import invite, show_link

    if "people_link" in st.session_state:
        show_link()
    else:
        invite(user)


def changing(user: object, person: object) -> None:
    from pages.components.people_dialogs import change

    change(user, person)


def seeing_browsers(user: object, person: object) -> None:
    from pages.components.people_dialogs import browsers

    browsers(user, person)


def transferring(user: object, person: object) -> None:
    from pages.components.people_dialogs import transfer

    transfer(user, person)


def making_a_token(user: object) -> None:
    from pages.components.tokens_view import ask_for_token

    ask_for_token(user)


def dialog(user: Actor, script: Callable[..., None], who: Actor | None = None) -> AppTest:
    arguments = {"user": user} | ({"person": person(user, who)} if who else {})
    return script_of(user, AppTest.from_function(script, kwargs=arguments))


def script_of(actor: Actor, test: AppTest) -> AppTest:
    forget_user()
    with session_scope() as session:
        signed_in = accounts.create_session(session, user_id=actor.id, ip="127.0.0.1", user_agent="")
    test.user.update({"sid": str(signed_in.id)})
    return test.run(timeout=60)
