"""What holds for every page of the menu."""

from __future__ import annotations

import pytest

from core.schemas.accounts import Actor
from pages.components.menu import MENU, MenuEntry
from tests.pages.conftest import Open

TITLES = {"home": "Hello, Alice", "execution": "", "schedule": "New schedule", "query": "New query",
          "dashboard": "New dashboard"}  # fmt: skip
by_path = pytest.mark.parametrize("entry", MENU, ids=[entry.url_path for entry in MENU])


@by_path
def test_it_renders_for_somebody_who_has_nothing_yet(entry: MenuEntry, alice: Actor, open_page: Open) -> None:
    page = open_page(alice, entry.path)
    assert not page.exception
    assert TITLES.get(entry.url_path, entry.title) in [*(title.value for title in page.title), ""]


@by_path
@pytest.mark.usefixtures("alice")
def test_it_shows_nothing_to_somebody_signed_out(entry: MenuEntry, open_page: Open) -> None:
    page = open_page(None, entry.path)
    assert [error.value for error in page.error] == ["You are signed out. [Sign in again](/login) to go on."]
    assert [*page.title, *page.button, *page.page_link, *page.text_input] == []


def test_each_address_stands_once_in_the_menu() -> None:
    for of in ("path", "url_path", "title"):
        values = [getattr(entry, of) for entry in MENU]
        assert len(values) == len(set(values))
