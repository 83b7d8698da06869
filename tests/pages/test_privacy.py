"""Charlie sees nothing of what Alice has: not in lists, not by address."""

from __future__ import annotations

import pytest

from core.database import session_scope
from core.schemas.accounts import Actor
from core.services import executions
from pages.components.menu import MENU
from tests.factories import make_dashboard, make_query_report
from tests.pages.conftest import Open, words


@pytest.fixture
def things(alice: Actor, source_url: str) -> dict[str, object]:
    """One of each, by the page that shows it."""
    report = make_query_report(alice, url=source_url, name="Secret report")
    board = make_dashboard(alice, saved_query_ids=[report.saved_query_id], name="Secret board")
    with session_scope() as session:
        run = executions.request_run(session, actor=alice, report_id=report.id)
    return {
        "pages/schedule.py": report.id,
        "pages/query.py": report.saved_query_id,
        "pages/dashboard.py": board.id,
        "pages/execution.py": run.id,
    }


@pytest.mark.parametrize("path", [entry.path for entry in MENU if not entry.admin])
def test_no_page_of_the_menu_names_anything_of_others(
    path: str, charlie: Actor, things: dict[str, object], open_page: Open
) -> None:
    """As it is, and with every parameter of an address set to what is Alice's."""
    report, query, board, run = things.values()
    addresses: list[dict[str, object]] = [{}, {"id": things.get(path, run), "report": report}]
    addresses += [{"query": query, "source": report}, {"dashboard": board}] if path in things else []
    for parameters in addresses:
        seen = words(open_page(charlie, path, **parameters))
        assert not [name for name in ("Secret", "Sales by region", "Shop") if name in seen], parameters


@pytest.mark.parametrize("path", ["pages/schedule.py", "pages/query.py", "pages/dashboard.py", "pages/execution.py"])
def test_an_address_of_others_is_as_one_of_nothing(
    path: str, charlie: Actor, things: dict[str, object], open_page: Open
) -> None:
    page = open_page(charlie, path, id=things[path])
    assert len(page.error) == 1
    assert not page.title
    assert "Secret" not in words(page)


def test_their_owner_sees_them(alice: Actor, things: dict[str, object], open_page: Open) -> None:
    for path, identity in things.items():
        page = open_page(alice, path, id=identity)
        assert not page.error, path
        assert page.title
