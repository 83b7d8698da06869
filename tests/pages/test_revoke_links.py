"""The page of a run says that files went as links, and takes them back after a question."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from core import clock
from core.database import read_scope, session_scope
from core.models import GeneratedFile
from core.schemas.accounts import Actor
from core.services import executions
from tests.factories import make_email_config
from tests.ledger import house
from tests.pages.conftest import Open, words


@pytest.fixture
def run_id(alice: Actor, source_url: str) -> uuid.UUID:
    make_email_config(alice)
    run_id = house.queue_run(alice, house.add_report(alice, source_url))
    house.InlineChild(run_id, house.claim(run_id).fence)
    with session_scope() as session:
        session.query(GeneratedFile).one().linked_until = clock.now() + timedelta(days=7)
    with session_scope() as session:
        executions.cancel_execution(session, actor=alice, execution_id=run_id)
    return run_id


def links_until(actor: Actor, run_id: uuid.UUID) -> object:
    with read_scope() as session:
        return executions.get_execution(session, actor=actor, execution_id=run_id).links_until


def test_the_links_are_revoked_after_a_question(alice: Actor, run_id: uuid.UUID, open_page: Open) -> None:
    page = open_page(alice, "pages/execution.py", id=run_id)
    assert not page.exception
    assert "The links work without an account until" in words(page)
    next(button for button in page.button if button.label.startswith("Revoke links")).click().run()
    assert links_until(alice, run_id) is not None
    page.button(key="confirm-yes").click().run()
    assert links_until(alice, run_id) is None
    assert "The links work without an account" not in words(page)


def test_a_run_whose_files_were_attached_offers_nothing_to_revoke(
    alice: Actor, run_id: uuid.UUID, open_page: Open
) -> None:
    with session_scope() as session:
        session.query(GeneratedFile).one().linked_until = None
    page = open_page(alice, "pages/execution.py", id=run_id)
    assert not [button for button in page.button if button.label.startswith("Revoke links")]
