"""The log of who did what."""

from __future__ import annotations

import uuid

import pytest

from core.database import session_scope
from core.schemas.accounts import Actor
from core.services import audit

pytestmark = pytest.mark.usefixtures("database")


def _note(actor: Actor | None, name: str, object_id: uuid.UUID | None = None) -> None:
    with session_scope() as session:
        audit.record(
            session,
            actor=actor,
            action="create",
            object_type="thing",
            object_id=object_id,
            object_name=name,
            detail={"n": 1},
        )


def _names(actor: Actor, **filters: object) -> list[str]:
    with session_scope() as session:
        page = audit.list_entries(session, actor=actor, **filters)  # type: ignore[arg-type]
        assert page.total >= len(page.items)
        return [entry.object_name for entry in page.items]


def test_people_see_their_own_deeds_and_administrators_all(alice: Actor, charlie: Actor, admin: Actor) -> None:
    _note(alice, "hers")
    _note(None, "the system's")
    assert _names(alice) == ["hers"]
    assert _names(charlie) == []
    assert sorted(_names(admin)) == ["hers", "the system's"]


def test_entries_can_be_read_of_one_object_and_page_by_page(alice: Actor) -> None:
    wanted = uuid.uuid4()
    for number in range(3):
        _note(alice, f"entry {number}", wanted)
    _note(alice, "another")
    assert _names(alice, object_id=wanted) == ["entry 2", "entry 1", "entry 0"]
    assert _names(alice, object_id=wanted, offset=1, limit=1) == ["entry 1"]


def test_an_entry_outlives_its_names_length_limit(alice: Actor) -> None:
    _note(alice, "x" * 500)
    assert _names(alice) == ["x" * 200]
