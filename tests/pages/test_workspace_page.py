"""The page of the workspace: for administrators, with a mail that follows the form."""

from __future__ import annotations

import pytest

from core.database import read_scope
from core.schemas.accounts import Actor
from core.services import workspace
from core.services.brand_sample import brand_sample
from core.services.workspace import WorkspaceInfo
from tests.pages.conftest import Open, words

PAGE = "pages/workspace.py"


def saved() -> WorkspaceInfo:
    with read_scope() as session:
        return workspace.find_workspace(session)


def test_an_administrator_changes_name_language_week_and_colour(admin: Actor, open_page: Open) -> None:
    page = open_page(admin, PAGE)
    page.text_input(key="workspace-name").set_value("Northwind").run()
    assert "Unsaved changes" in words(page)
    page.selectbox(key="workspace-locale").set_value("de_DE").run()
    page.selectbox(key="workspace-week").set_value(6).run()
    page.toggle(key="workspace-own-colour").set_value(True).run()
    page.color_picker(key="workspace-colour").set_value("#c92a2a").run()
    page.button(key="workspace-save").click().run()
    assert not page.exception
    assert not page.error
    assert saved() == WorkspaceInfo("Northwind", "de_DE", 6, "#C92A2A")
    assert "Unsaved changes" not in words(page)
    page.toggle(key="workspace-own-colour").set_value(False).run()
    page.button(key="workspace-save").click().run()
    assert saved().brand_color is None


def test_an_empty_name_and_a_change_by_somebody_else_are_refused(admin: Actor, open_page: Open) -> None:
    page = open_page(admin, PAGE)
    page.text_input(key="workspace-name").set_value(" ").run()
    page.button(key="workspace-save").click().run()
    assert "Name" in page.error[0].value
    other = open_page(admin, PAGE)
    other.text_input(key="workspace-name").set_value("First").run()
    other.button(key="workspace-save").click().run()
    page.text_input(key="workspace-name").set_value("Second").run()
    page.button(key="workspace-save").click().run()
    assert "changed by somebody else" in page.error[0].value
    assert saved().name == "First"


def test_it_does_not_exist_for_an_analyst(alice: Actor, open_page: Open) -> None:
    with pytest.raises(ValueError, match="Could not find a navigation page"):
        open_page(alice, PAGE)


def test_the_sample_is_written_in_language_and_colour(admin: Actor) -> None:
    with read_scope() as session:
        brand = workspace.find_workspace(session).brand
    plain = brand_sample(name="Acme", locale="de_DE", brand=brand)
    assert "6.680,5" in plain
    assert "24. Juni 2026" in plain or "24 Juni 2026" in plain
    red = brand_sample(name="Acme", locale="ar_EG", brand=type(brand)("#C92A2A", None))
    assert 'dir="rtl"' in red
    assert "#C92A2A" in red
    assert "#3B5BDB" not in red
    assert admin.is_admin
