"""Who may do what with whose things: every path that names an object, every table, every kind of person.

The rows come from the OpenAPI document and from the list of models: a new path or table without a case here fails.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from core.database import get_engine, session_scope
from core.models import Base
from core.schemas.accounts import Actor
from core.schemas.people import ApiTokenCreate
from core.schemas.sharing import ShareInput
from core.services import accounts, api_tokens, sharing
from tests.api.conftest import ClientOf, caught
from tests.api.ownership_cases import CASES, NOBODYS, PLAIN, SIGNED, TABLES, Case
from tests.factories import make_dashboard, make_email_config, report_fields
from tests.fixtures_database import add_person
from tests.ledger import house


@pytest.fixture
def vic(_any_database: str) -> Actor:
    return add_person("Vic", "viewer")


@pytest.fixture
def things(alice: Actor, bob: Actor, vic: Actor, source_url: str) -> dict[str, str]:
    """One of each of Alice's by the first part of its path; her run has its files and its mail on the disk.

    Bob may read them, and so may Vic, who is a viewer.
    """
    make_email_config(alice)
    report_id = house.add_report(alice, source_url, name="Secret report")
    run_id = house.queue_run(alice, report_id)
    claimed = house.claim(run_id)
    house.InlineChild(run_id, claimed.fence)
    report = house.report(report_id)
    query_id = report.saved_query_id
    assert query_id is not None
    board = make_dashboard(alice, saved_query_ids=[query_id])
    with session_scope() as session:
        token = api_tokens.create_token(session, actor=alice, data=ApiTokenCreate(name="Script"))
        readers = [ShareInput(email=email, level="read") for email in (bob.email, vic.email)]
        shared = {"saved_query": query_id, "dashboard": board.id, "scheduled_report": report_id}
        for object_type, object_id in shared.items():
            sharing.set_shares(session, actor=alice, object_type=object_type, object_id=object_id, shares=readers)
        browser = accounts.create_session(session, user_id=alice.id, ip="127.0.0.1", user_agent="Firefox/140")
        query = session.get_one(sharing.SHAREABLE["saved_query"], query_id)
        source_id = query.data_source_id
    return {
        "data-sources": str(source_id),
        "saved-queries": str(query_id),
        "dashboards": str(board.id),
        "scheduled-reports": str(report_id),
        "executions": str(run_id),
        "files": str(run_id),
        "preview": str(run_id),
        "deliveries": str(next(iter(house.mails(run_id).values())).id),
        "outbox": caught("Choose a password", private=True),
        "auth/tokens": str(token.id),
        "auth/sessions": str(browser.id),
        "users": str(alice.id),
    }


def with_ids(path: str, things: dict[str, str]) -> str:
    """The first name in the path is an id of that kind, a second one the format."""
    before, _, rest = path.partition("{")
    first = before.strip("/")
    return before + things[first.removesuffix("/execution")] + rest.partition("}")[2].replace("{format}", "csv")


def operations(client: TestClient) -> Iterator[tuple[str, str]]:
    for path, methods in client.get("/api/openapi.json").json()["paths"].items():
        if "{" in path:
            yield from ((method, path) for method in methods)


def fingerprint() -> dict[str, tuple[int, str]]:
    """Rows and contents of every table but the record of who did what."""
    found = {}
    with get_engine().connect() as connection:
        for table in Base.metadata.sorted_tables:
            if table.name != "audit_entries":
                rows = connection.execute(select(table).order_by(table.c.id)).all()
                found[table.name] = (len(rows), hashlib.sha256(repr(rows).encode()).hexdigest())
    return found


def answers(client: TestClient, things: dict[str, str]) -> Iterator[tuple[tuple[str, str], Case, int, str]]:
    """Ask every case; after each one nothing may have changed."""
    before = fingerprint()
    for (method, path), case in CASES.items():
        response = client.request(method, "/api" + with_ids(path, things), json=case.body)
        assert fingerprint() == before, f"{method} {path} changed something"
        yield (method, path), case, response.status_code, response.text


def test_every_path_with_an_id_has_a_case(api: TestClient) -> None:
    assert set(operations(api)) == set(CASES)


def test_every_table_has_a_place_in_the_matrix(api: TestClient) -> None:
    assert set(TABLES) == set(Base.metadata.tables)
    paths = {path for _, path in operations(api)}
    assert {place for place in TABLES.values() if place.startswith("/")} <= paths


def test_every_plain_route_with_an_id_has_a_case() -> None:
    from web import files, links, previews, unsubscribe

    plain = (*files.routes(), *previews.routes(), *links.routes(), *unsubscribe.routes())
    assert {route.path for route in plain if "{" in route.path} == PLAIN | NOBODYS | SIGNED


def test_to_a_stranger_nothing_exists(
    stranger: TestClient, things: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    missing = dict.fromkeys(things, "7d444840-9dc0-11d1-b245-5ffdce74fad2")
    asked = list(answers(stranger, things))
    for (operation, case, status, text), (_, _, nothing, words) in zip(asked, answers(stranger, missing), strict=True):
        assert (status, text) == (nothing, words), f"{operation} tells that it exists"
        assert status == (403 if case.closed else case.stranger), (operation, text)
    with capsys.disabled():
        size = f"{len(CASES)} operations and {len(PLAIN)} plain routes x 3 people, {len(TABLES)} tables"
        print(f"\nownership matrix: {size}")  # noqa: T201 - the size belongs into the log of the tests


@pytest.mark.parametrize("role", ["analyst", "viewer"])
def test_a_reader_reads_and_changes_nothing(
    role: str, client_of: ClientOf, bob: Actor, vic: Actor, things: dict[str, str]
) -> None:
    reader = client_of(vic if role == "viewer" else bob)
    for operation, case, status, text in answers(reader, things):
        expected = (403,) if case.closed else case.reader
        assert status in expected, (operation, status, text)
        assert "sqlite:///" not in text


def test_a_viewer_without_a_share_sees_nothing(client_of: ClientOf, things: dict[str, str]) -> None:
    client = client_of(add_person("Vera", "viewer"))
    for operation, _, status, text in answers(client, things):
        assert status == 404 if operation[0] == "get" and "users" not in operation[1] else status in (403, 404), text


def test_lists_name_nothing_of_others(api: TestClient, stranger: TestClient, things: dict[str, str]) -> None:
    paths = [
        f"/api{path}"
        for path, methods in api.get("/api/openapi.json").json()["paths"].items()
        if "get" in methods and "{" not in path
    ]
    assert len(paths) >= 10
    for path in paths:
        text = stranger.get(path).text
        assert not [thing for thing in things.values() if thing in text], path
        assert "Secret report" not in text


@pytest.mark.parametrize("path", sorted(PLAIN))
def test_files_and_mails_open_for_readers_only(
    path: str, client_of: ClientOf, bob: Actor, vic: Actor, charlie: Actor, things: dict[str, str]
) -> None:
    """The previews need a browser's session, the files take a token as well."""
    for actor in (bob, vic):
        assert signed_in(client_of, actor).get(with_ids(path, things)).status_code == 200
    strange = signed_in(client_of, charlie)
    refused = strange.get(with_ids(path, things))
    assert refused.status_code == 404
    assert refused.text == strange.get(with_ids(path, dict.fromkeys(things, things["users"]))).text


def signed_in(client_of: ClientOf, actor: Actor) -> TestClient:
    """The browser of a person."""
    client = client_of(None)
    with session_scope() as session:
        made = accounts.create_session(session, user_id=actor.id, ip="127.0.0.1", user_agent="Firefox/140")
    client.cookies.set("rooster_session", made.token)
    return client


def test_what_is_tried_out_or_made_of_somebody_elses_things_is_refused(
    stranger: TestClient, things: dict[str, str]
) -> None:
    """Ids in bodies are checked as those in paths are."""
    before = fingerprint()
    for body in ({"saved_query_id": things["saved-queries"]}, {"dashboard_id": things["dashboards"]}):
        assert stranger.post("/api/scheduled-reports", json=report_fields(**body)).status_code == 404
    tiles = [{"saved_query_id": things["saved-queries"]}]
    assert stranger.post("/api/dashboards", json={"name": "Mine", "tiles": tiles}).status_code == 404
    query = {"name": "Mine", "data_source_id": things["data-sources"], "sql": "SELECT 1 AS one"}
    assert stranger.post("/api/saved-queries", json=query).status_code == 404
    draft = {"data_source_id": things["data-sources"], "sql": "SELECT 1 AS one"}
    asked = {
        "saved-queries/preview": draft,
        "data-sources/test": {"url": "sqlite:///x.db", "data_source_id": things["data-sources"]},
        "scheduled-reports/mail-preview": report_fields(saved_query_id=things["saved-queries"]),
        f"scheduled-reports/mail-preview?report_id={things['scheduled-reports']}": report_fields(
            saved_query_id=things["saved-queries"]
        ),
    }
    for path, body in asked.items():
        assert stranger.post(f"/api/{path}", json=body).status_code == 404, path
    assert fingerprint() == before
