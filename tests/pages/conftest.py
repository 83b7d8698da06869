"""A browser of somebody, in the same process: the whole app on a real database."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import AppTest

from core.database import session_scope
from core.schemas.accounts import Actor
from core.services import accounts
from pages.components.guard import forget_user

APP = Path(__file__).resolve().parents[2] / "app.py"
Open = Callable[..., AppTest]


@pytest.fixture(autouse=True)
def _pages_by_the_menu(monkeypatch: pytest.MonkeyPatch) -> None:
    """What app.py does when the server imports it; AppTest only ever runs it as a script and resets the switch."""
    original = PagesManager.__init__

    def without_the_folder(self: PagesManager, *arguments: Any, **options: Any) -> None:
        original(self, *arguments, **options)
        PagesManager.uses_pages_directory = False

    monkeypatch.setattr(PagesManager, "__init__", without_the_folder)


@pytest.fixture
def open_page() -> Open:
    """`open_page(alice, "pages/schedule.py", id=...)`; nobody is signed in with None."""
    forget_user()

    def open_it(actor: Actor | None, path: str = "", **parameters: object) -> AppTest:
        test = AppTest.from_file(str(APP), default_timeout=60)
        test.user.clear()
        if actor is not None:
            with session_scope() as session:
                signed_in = accounts.create_session(session, user_id=actor.id, ip="127.0.0.1", user_agent="Firefox/140")
            test.user.update({"sid": str(signed_in.id)})
        test.run()
        for name, value in parameters.items():
            test.query_params[name] = str(value)
        if path:
            test.switch_page(path)
            # switch_page starts with a clean address, as a click in the menu does.
            for name, value in parameters.items():
                test.query_params[name] = str(value)
            test.run()
        return test

    return open_it


def words(test: AppTest) -> str:
    """Everything a person could read on the page."""
    kinds = (
        test.title, test.header, test.subheader, test.markdown, test.caption, test.error, test.warning, test.info,
        test.success, test.button, test.page_link, test.toast, test.metric,
    )  # fmt: skip
    found = [str(getattr(element, "label", "") or element.value) for kind in kinds for element in kind]
    return "\n".join(found).replace("\\", "")
