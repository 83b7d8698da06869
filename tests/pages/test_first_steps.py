"""Home for a newcomer to the sample: what to try first, until they have data of their own."""

from __future__ import annotations

import pytest

from core import clock
from core.database import session_scope
from core.models import DataSource
from core.schemas.accounts import Actor
from core.services import workspace
from tests.factories import make_data_source, make_query_report
from tests.pages.conftest import Open, words


@pytest.fixture
def newcomer(alice: Actor, source_url: str) -> Actor:
    make_query_report(alice, url=source_url)
    with session_scope() as session:
        workspace.get_or_create(session).sample_loaded_at = clock.now()
        for row in session.query(DataSource):
            row.options = {**row.options, "sample": True}
    return alice


def test_a_newcomer_is_told_three_steps(newcomer: Actor, open_page: Open) -> None:
    seen = words(open_page(newcomer))
    for step in ("1. Read the first mail", "2. Send yourself a test", "3. Connect your own data"):
        assert step in seen


def test_they_go_with_the_first_data_of_ones_own(newcomer: Actor, source_url: str, open_page: Open) -> None:
    make_data_source(newcomer, url=source_url, name="Ours")
    assert "First steps" not in words(open_page(newcomer))


def test_others_never_see_them(newcomer: Actor, bob: Actor, open_page: Open) -> None:
    assert newcomer != bob
    assert "First steps" not in words(open_page(bob))
