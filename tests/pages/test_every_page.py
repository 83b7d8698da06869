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
def test_it_renders_for_somebody_who_has_nothing_yet(
    entry: MenuEntry, alice: Actor, admin: Actor, open_page: Open
) -> None:
    page = open_page(admin if entry.admin else alice, entry.path)
    assert not page.exception
    assert TITLES.get(entry.url_path, entry.title) in [*(title.value for title in page.title), ""]


@pytest.mark.parametrize("entry", [entry for entry in MENU if not entry.admin], ids=lambda entry: entry.url_path)
@pytest.mark.usefixtures("alice")
def test_it_shows_nothing_to_somebody_signed_out(entry: MenuEntry, open_page: Open) -> None:
    page = open_page(None, entry.path)
    assert [error.value for error in page.error] == ["You are signed out. [Sign in again](/login) to go on."]
    assert [*page.title, *page.button, *page.page_link, *page.text_input] == []


@pytest.mark.parametrize("entry", [entry for entry in MENU if entry.admin], ids=lambda entry: entry.url_path)
def test_a_page_for_administrators_exists_for_nobody_else(entry: MenuEntry, alice: Actor, open_page: Open) -> None:
    for actor in (alice, None):
        with pytest.raises(ValueError, match="Could not find a navigation page"):
            open_page(actor, entry.path)


def test_each_address_stands_once_in_the_menu() -> None:
    for of in ("path", "url_path", "title"):
        values = [getattr(entry, of) for entry in MENU]
        assert len(values) == len(set(values))
