"""The guard of the pages, without a server: what stands between a wrong session id and a page."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update
from streamlit.testing.v1 import AppTest

from core import clock
from core.database import session_scope
from core.models import User, UserSession
from core.schemas.accounts import Actor
from core.services import accounts


def guarded_page() -> None:
    import streamlit as st

    from pages.components.guard import require_user

    st.write(f"Hello {require_user().name}")


def admin_page() -> None:
    import streamlit as st

    from pages.components.guard import require_admin

    st.write(f"Hello {require_admin().name}")


def shown(page: object, **user: str) -> str:
    """The text of a page as the wall's headers would introduce somebody."""
    test = AppTest.from_function(page, default_timeout=30)  # type: ignore[arg-type]
    test.user.clear()
    test.user.update(user)
    test.run()
    return " ".join(element.value for element in (*test.markdown, *test.error))


def session_of(actor: Actor) -> str:
    with session_scope() as session:
        return str(accounts.create_session(session, user_id=actor.id, ip="", user_agent="").id)


def test_it_knows_the_person_of_a_session(alice: Actor) -> None:
    assert shown(guarded_page, sid=session_of(alice)) == "Hello Alice"


def test_it_believes_no_name_or_address_without_a_session(alice: Actor, admin: Actor) -> None:
    assert "You are signed out" in shown(guarded_page, email=admin.email, name=admin.name, role="admin")
    assert shown(guarded_page, email=admin.email, sid=session_of(alice)) == "Hello Alice"


@pytest.mark.parametrize("sid", ["", "None", "nonsense", "11111111-2222-4333-8444-555555555555"])
def test_it_refuses_an_id_of_no_session(alice: Actor, sid: str) -> None:
    session_of(alice)
    text = shown(guarded_page, sid=sid)
    assert "You are signed out" in text
    assert "Hello" not in text


@pytest.mark.parametrize("change", [{"revoked_at": clock.now()}, {"expires_at": clock.now() - timedelta(seconds=1)}])
def test_it_refuses_a_session_that_is_over(alice: Actor, change: dict[str, object]) -> None:
    sid = session_of(alice)
    with session_scope() as session:
        session.execute(update(UserSession).values(**change))
    assert "You are signed out" in shown(guarded_page, sid=sid)


def test_it_refuses_somebody_who_was_switched_off(alice: Actor) -> None:
    sid = session_of(alice)
    with session_scope() as session:
        session.execute(update(User).values(is_active=False))
    assert "You are signed out" in shown(guarded_page, sid=sid)


def test_a_page_for_administrators_is_none_for_others(alice: Actor, admin: Actor) -> None:
    assert shown(admin_page, sid=session_of(alice), role="admin") == "There is no such page."
    assert shown(admin_page, sid=session_of(admin)) == "Hello Ada"
