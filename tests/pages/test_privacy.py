"""Charlie sees nothing of what Alice has: not in lists, not by address."""

from __future__ import annotations

import pytest

from core.database import session_scope
from core.schemas.accounts import Actor
from core.services import executions
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


@pytest.mark.parametrize("path", ["home", "schedules", "history", "queries", "dashboards", "data_sources"])
@pytest.mark.usefixtures("things")
def test_lists_name_nothing_of_others(path: str, charlie: Actor, open_page: Open) -> None:
    seen = words(open_page(charlie, f"pages/{path}.py"))
    assert "Secret" not in seen
    assert "Sales by region" not in seen
    assert "Shop" not in seen


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
