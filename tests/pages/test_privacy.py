"""Charlie sees nothing of what Alice has: not in lists, not by address."""

from __future__ import annotations

import re

import pytest

from core.database import session_scope
from core.schemas.accounts import Actor
from core.services import executions
from core.settings import ROOT
from pages.components import pages_map
from pages.components.menu import MENU
from tests.factories import make_dashboard, make_query_report
from tests.pages.conftest import Open, words

FILES = {f"pages/{path.name}": path.read_text("utf-8") for path in (ROOT / "pages").glob("[!_]*.py")}
# What a page says of itself, or the menu of it, makes it one that is reached by an id.
BY_ID = {path for path, text in FILES.items() if re.search(r"\bid_in_address\(\)", text)}
BY_ID |= {entry.path for entry in MENU if entry.hidden}


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


def test_every_page_that_is_reached_by_an_id_has_a_case(things: dict[str, object]) -> None:
    assert set(things) == BY_ID


def test_every_page_is_in_the_menu_and_links_lead_to_pages() -> None:
    known = {entry.path for entry in MENU}
    assert set(FILES) == known
    assert {value for value in vars(pages_map).values() if str(value).startswith("pages/")} <= known


def test_an_id_is_read_from_the_address_in_one_place_only() -> None:
    """A page that looked for itself would not be found by the list above."""
    assert [path for path, text in FILES.items() if "query_params" in text] == []


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


@pytest.mark.parametrize("path", sorted(BY_ID))
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
