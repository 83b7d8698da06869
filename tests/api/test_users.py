"""People over REST: for administrators alone."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from starlette.testclient import TestClient

from core.database import session_scope
from core.schemas.accounts import Actor
from core.services import accounts
from tests.api.conftest import ClientOf, made
from tests.fixtures_database import PASSWORD, add_person

BODY = {"email": "New@Example.test", "name": "New", "password": "long enough password", "role": "viewer",
        "timezone": "Asia/Tokyo"}  # fmt: skip


@pytest.fixture
def ada(client_of: ClientOf, admin: Actor) -> TestClient:
    return client_of(admin)


def test_an_administrator_makes_reads_changes_and_deletes_a_person(ada: TestClient, nobody: TestClient) -> None:
    person = made(ada, "/api/users", BODY)
    assert (person["email"], person["role"], person["is_active"]) == ("new@example.test", "viewer", True)
    assert "password" not in str(person)
    path = f"/api/users/{person['id']}"
    assert ada.get(path).json() == person
    changed = ada.put(path, json={"role": "analyst", "name": "Newer"}).json()
    assert (changed["role"], changed["name"], changed["timezone"]) == ("analyst", "Newer", "Asia/Tokyo")
    form = {"username": "new@example.test", "password": BODY["password"]}
    assert nobody.post("/api/auth/token", data=form).status_code == 200
    assert ada.delete(path).status_code == 204
    assert ada.get(path).status_code == 404
    assert nobody.post("/api/auth/token", data=form).status_code == 401


def test_the_list_is_counted_cut_and_searched(ada: TestClient, alice: Actor, bob: Actor) -> None:
    window = ada.get("/api/users?offset=1&limit=1")
    assert [one["name"] for one in window.json()] == ["Alice"]
    assert window.headers["x-total-count"] == "3"
    assert [one["id"] for one in ada.get("/api/users?search=bob").json()] == [str(bob.id)]
    assert ada.get("/api/users?limit=201").status_code == 422
    assert alice.id


@pytest.mark.parametrize("role", ["analyst", "viewer"])
def test_everybody_else_is_refused_whatever_they_ask(client_of: ClientOf, admin: Actor, role: Any) -> None:
    client = client_of(add_person("Vic", role))
    for path in ("", f"/{admin.id}", f"/{uuid4()}", f"/{admin.id}/transfer"):
        for method in ("get", "put", "delete", "post"):
            response = client.request(method, f"/api/users{path}", json={})
            assert response.status_code in (403, 405), (method, path)
    refused = client.post("/api/users", json=BODY)
    assert (refused.status_code, refused.json()) == (403, {"detail": "Only an administrator may do this."})


def test_it_refuses_what_breaks_a_rule(ada: TestClient, admin: Actor) -> None:
    for wrong in ({"role": "owner"}, {"email": "no address"}, {"password": "short"}, {"timezone": "Mars"}, {"x": 1}):
        assert ada.post("/api/users", json={**BODY, **wrong}).status_code == 422
    twice = ada.post("/api/users", json={**BODY, "email": admin.email})
    assert (twice.status_code, "already an account" in twice.json()["detail"]) == (409, True)


def test_the_last_administrator_stays(ada: TestClient, admin: Actor) -> None:
    path = f"/api/users/{admin.id}"
    refused = [ada.put(path, json={"role": "viewer"}), ada.put(path, json={"is_active": False}), ada.delete(path)]
    assert [response.status_code for response in refused] == [409, 409, 409]
    assert all("last administrator" in response.json()["detail"] for response in refused)
    assert ada.put(path, json={"role": "admin", "name": "Ada L."}).status_code == 200


def test_a_person_who_owns_things_is_deleted_after_a_transfer(
    ada: TestClient, api: TestClient, stranger: TestClient, alice: Actor, charlie: Actor, report: dict[str, Any]
) -> None:
    refused = ada.delete(f"/api/users/{alice.id}")
    assert refused.status_code == 409
    assert "'Weekly sales'" in refused.json()["detail"]
    transfer = ada.post(f"/api/users/{alice.id}/transfer", json={"to": str(charlie.id)})
    assert transfer.json() == {
        "moved": {"data_sources": 1, "saved_queries": 1, "dashboards": 0, "scheduled_reports": 1}
    }
    path = f"/api/scheduled-reports/{report['id']}"
    assert (stranger.get(path).status_code, api.get(path).status_code) == (200, 404)
    assert ada.delete(f"/api/users/{alice.id}").status_code == 204
    assert api.get("/api/auth/me").status_code == 401


def test_switching_off_ends_sessions_and_tokens_at_once(
    ada: TestClient, api: TestClient, nobody: TestClient, alice: Actor
) -> None:
    with session_scope() as session:
        signed_in = accounts.create_session(session, user_id=alice.id, ip="", user_agent="")
    cookie = {"cookie": f"rooster_session={signed_in.token}"}
    assert nobody.get("/api/auth/me", headers=cookie).status_code == 200
    assert ada.put(f"/api/users/{alice.id}", json={"is_active": False}).json()["is_active"] is False
    assert nobody.get("/api/auth/me", headers=cookie).status_code == 401
    assert api.get("/api/auth/me").status_code == 401
    form = {"username": alice.email, "password": PASSWORD}
    assert nobody.post("/api/auth/token", data=form).status_code == 401


def test_a_viewer_is_refused_in_words(client_of: ClientOf) -> None:
    client = client_of(add_person("Vic", "viewer"))
    body = {"smtp_host": "127.0.0.1", "smtp_port": 2525, "use_tls": False, "from_email": "a@example.test"}
    refused = client.post("/api/email-config", json=body)
    assert refused.status_code == 403
    assert "Ask an administrator" in refused.json()["detail"]
