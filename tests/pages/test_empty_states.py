"""Where there is nothing yet, a page says what belongs there and what to do first."""

from __future__ import annotations

import pytest

from core.schemas.accounts import Actor
from tests.pages.conftest import Open, words


@pytest.mark.parametrize(
    ("path", "title", "next_step"),
    [
        ("pages/home.py", "Nothing is scheduled yet", "3. New schedule"),
        ("pages/schedules.py", "No schedules yet", "New schedule"),
        ("pages/queries.py", "No queries yet", "Data sources"),
        ("pages/dashboards.py", "No dashboards yet", "Queries"),
        ("pages/data_sources.py", "No data source yet", "Add a data source"),
        ("pages/history.py", "Nothing ran yet", "Go to the schedules"),
        ("pages/outbox.py", "No mail here", "E-mail settings"),
        ("pages/schedule.py", "First, a question", "Go to the queries"),
        ("pages/query.py", "First, a data source", "Go to the data sources"),
        ("pages/dashboard.py", "First, a query", "Go to the queries"),
    ],
)
def test_it_says_what_to_do_first(path: str, title: str, next_step: str, alice: Actor, open_page: Open) -> None:
    seen = words(open_page(alice, path))
    assert title in seen
    assert next_step in seen


def test_the_first_page_says_when_no_worker_is_alive(alice: Actor, open_page: Open) -> None:
    seen = words(open_page(alice))
    assert "Nothing runs at the moment" in seen
    assert "script/server" in seen
