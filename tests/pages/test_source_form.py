"""Editing a data source: the password that is saved stays, and never leads elsewhere."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from core.database import read_scope
from core.errors import InvalidInput
from core.schemas.accounts import Actor
from core.schemas.content import DataSourceResponse
from core.services import data_sources
from core.services.source_urls import unmasked
from pages.components.source_fields import kind_of
from tests.factories import make_data_source
from tests.pages.conftest import words

SERVER = "postgresql://reader:s3cret-canary@127.0.0.1:5433/sales?sslmode=disable"


def show(actor, source, kind):  # type: ignore[no-untyped-def] # AppTest runs these lines alone, without any import
    """A page that holds nothing but the form: AppTest presses no button in a dialog."""
    from pages.components.feedback import refusals_shown
    from pages.components.source_form import source_form

    with refusals_shown():
        source_form(actor, source, kind)


def edit(actor: Actor, source: DataSourceResponse) -> tuple[AppTest, str]:
    """The form and the beginning of its keys."""
    page = AppTest.from_function(show, kwargs={"actor": actor, "source": source, "kind": kind_of(source)})
    page.run()
    assert not page.exception, page.exception
    return page, f"source-{source.id}"


def saved(actor: Actor, source: DataSourceResponse) -> tuple[DataSourceResponse, str]:
    with read_scope() as session:
        found = data_sources.get_data_source(session, actor=actor, data_source_id=source.id)
        url = data_sources.prepare_test(session, actor=actor, data_source_id=source.id).url
    return found, url


def test_an_empty_password_keeps_the_saved_one(alice: Actor) -> None:
    source = make_data_source(alice, url=SERVER)
    page, key = edit(alice, source)
    assert page.text_input(key=f"{key}-host").value == "127.0.0.1"
    assert page.text_input(key=f"{key}-password").value == ""
    page.text_input(key=f"{key}-name").set_value("Sales")
    page.text_input(key=f"{key}-database").set_value("archive")
    page.number_input(key=f"{key}-timeout").set_value(20)
    page.button(key=f"{key}-save").click().run()
    assert not page.error
    found, url = saved(alice, source)
    assert (found.name, found.statement_timeout_s) == ("Sales", 20)
    assert url == SERVER.replace("/sales", "/archive")


def test_another_host_needs_the_password_again(alice: Actor) -> None:
    source = make_data_source(alice, url=SERVER)
    page, key = edit(alice, source)
    page.text_input(key=f"{key}-host").set_value("127.0.0.2")
    page.button(key=f"{key}-test").click().run()
    assert "Enter the password again" in page.error[0].value
    page.button(key=f"{key}-save").click().run()
    assert "Enter the password again" in page.error[0].value
    assert saved(alice, source)[1] == SERVER
    page.text_input(key=f"{key}-password").set_value("another:w@rd")
    page.button(key=f"{key}-save").click().run()
    assert saved(alice, source)[1] == "postgresql://reader:another%3Aw%40rd@127.0.0.2:5433/sales?sslmode=disable"


def test_it_is_tested_with_the_kept_password_before_it_is_saved(alice: Actor, postgres_reader_url: str) -> None:
    source = make_data_source(alice, url=postgres_reader_url)
    page, key = edit(alice, source)
    page.button(key=f"{key}-test").click().run()
    assert page.success, words(page)
    page.button(key=f"{key}-save").click().run()
    assert saved(alice, source)[0].last_test_ok is True


def test_the_file_of_a_source_is_changed(alice: Actor, source_url: str) -> None:
    source = make_data_source(alice, url=source_url)
    page, key = edit(alice, source)
    assert source_url.endswith(page.text_input(key=f"{key}-path").value)
    page.text_input(key=f"{key}-path").set_value("/nowhere/at-all.db")
    page.button(key=f"{key}-save").click().run()
    assert "There is no file" in page.error[0].value
    assert saved(alice, source)[1] == source_url


def test_an_empty_form_says_what_is_missing(alice: Actor) -> None:
    kwargs = {"actor": alice, "source": None, "kind": "PostgreSQL"}
    page = AppTest.from_function(show, kwargs=kwargs).run()
    page.button(key="source-test").click().run()
    assert "Fill in where the database is" in page.error[0].value


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://reader:***@127.0.0.1:6000/sales?sslmode=disable",
        "postgresql://other:***@127.0.0.1:5433/sales?sslmode=disable",
        "mysql://reader:***@127.0.0.1:5433/sales",
        "postgresql://reader:***@127.0.0.1:5433/sales?host=10.0.0.9",
        "postgresql://reader:%2A%2A%2A@evil.example.test/sales",
    ],
)
def test_a_mask_is_filled_in_for_the_same_way_only(url: str) -> None:
    with pytest.raises(InvalidInput, match="Enter the password again"):
        unmasked(url, lambda: SERVER)


def test_a_mask_is_filled_in_whatever_the_database() -> None:
    masked = SERVER.replace("s3cret-canary", "***").replace("disable", "require")
    assert unmasked(masked, lambda: SERVER) == SERVER.replace("disable", "require")
