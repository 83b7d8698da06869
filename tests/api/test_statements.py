"""A list of thirty costs as many statements as one of three."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event
from starlette.testclient import TestClient

from core.database import get_engine, read_scope, session_scope
from core.schemas.accounts import Actor
from core.schemas.people import ApiTokenCreate
from core.schemas.sharing import ShareInput
from core.services import (
    api_tokens,
    audit,
    dashboards,
    data_sources,
    executions,
    overview,
    saved_queries,
    scheduled_reports,
    sharing,
)
from tests.api.conftest import ClientOf
from tests.factories import make_dashboard, make_data_source, make_report, make_saved_query
from tests.ledger import house

FEW, MANY = 3, 30
LISTS: dict[str, Callable[..., Any]] = {
    "data sources": data_sources.list_data_sources,
    "saved queries": saved_queries.list_saved_queries,
    "dashboards": dashboards.list_dashboards,
    "scheduled reports": scheduled_reports.list_scheduled_reports,
    "executions": executions.list_executions,
    "overview": overview.get_overview,
    "audit": audit.list_entries,
}


@contextmanager
def statements() -> Iterator[list[str]]:
    found: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        found.append(statement)

    event.listen(get_engine(), "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(get_engine(), "before_cursor_execute", note)


def add(alice: Actor, bob: Actor, source_url: str, *, number: int) -> None:
    """So many of each, every report with a run that has files and mails; all shared with Bob."""
    for _ in range(number):
        source = make_data_source(alice, url=source_url, shared=True)
        query = make_saved_query(alice, data_source_id=source.id)
        board = make_dashboard(alice, saved_query_ids=[query.id, query.id])
        report = make_report(alice, dashboard_id=board.id)
        run = house.queue_run(alice, report.id)
        house.put_mails(run, ["dana@example.test", "eve@example.test"])
        with session_scope() as session:
            api_tokens.create_token(session, actor=alice, data=ApiTokenCreate(name="Script"))
            reader = [ShareInput(email=bob.email, level="read")]
            for object_type, object_id in (
                ("saved_query", query.id),
                ("dashboard", board.id),
                ("scheduled_report", report.id),
            ):
                sharing.set_shares(session, actor=alice, object_type=object_type, object_id=object_id, shares=reader)


def cost_of_services(actor: Actor) -> dict[str, int]:
    found = {}
    for name, service in LISTS.items():
        with read_scope() as session, statements() as seen:
            service(session, actor=actor)
        found[name] = len(seen)
    return found


def cost_of_paths(client: TestClient) -> dict[str, int]:
    document = client.get("/api/openapi.json").json()
    found = {}
    for path, methods in document["paths"].items():
        if "get" in methods and "{" not in path and "health" not in path:
            with statements() as seen:
                client.get(f"/api{path}?limit=200")
            found[path] = len(seen)
    return found


@pytest.mark.usefixtures("database")
def test_lists_cost_the_same_however_long_they_are(
    alice: Actor,
    bob: Actor,
    admin: Actor,
    client_of: ClientOf,
    source_url: str,
) -> None:
    people = {actor.name: actor for actor in (alice, bob)}
    clients = {actor.name: client_of(actor) for actor in (alice, bob, admin)}
    add(alice, bob, source_url, number=FEW)
    few = [cost_of_services(actor) for actor in people.values()]
    few += [cost_of_paths(client) for client in clients.values()]
    add(alice, bob, source_url, number=MANY - FEW)
    many = [cost_of_services(actor) for actor in people.values()]
    many += [cost_of_paths(client) for client in clients.values()]
    assert many == few
    assert len(few[-1]) >= 9
    assert max(max(costs.values()) for costs in few) <= 16
