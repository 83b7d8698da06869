"""Personal API tokens at the door of the API."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import update
from starlette.testclient import TestClient

from core import clock
from core.database import session_scope
from core.models import ApiToken, User
from core.schemas.accounts import Actor
from core.services import accounts
from tests.api.conftest import ClientOf, made
from tests.fixtures_database import PASSWORD

SCHEDULE = {"schedule_config": {"type": "daily", "time": "07:00"}}


def bearer(token: dict[str, Any]) -> dict[str, str]:
    return {"authorization": f"Bearer {token['token']}"}


def make(api: TestClient, **over: Any) -> dict[str, Any]:
    return made(api, "/api/auth/tokens", {"name": "Nightly export", **over})


def test_a_token_is_shown_once_and_opens_the_api(api: TestClient, nobody: TestClient, alice: Actor) -> None:
    response = api.post("/api/auth/tokens", json={"name": "Nightly export"})
    token = response.json()
    assert response.headers["cache-control"] == "no-store"
    assert token["token"].startswith("rst_")
    assert (token["scope"], token["expires_at"], token["last_used_at"]) == ("read", None, None)
    assert nobody.get("/api/auth/me", headers=bearer(token)).json()["id"] == str(alice.id)
    listed = api.get("/api/auth/tokens")
    assert listed.headers["x-total-count"] == "1"
    assert "token" not in listed.json()[0]
    assert listed.json()[0]["last_used_at"].endswith("Z")


def test_a_read_token_only_reads(api: TestClient, nobody: TestClient, source: dict[str, Any]) -> None:
    headers = bearer(make(api))
    path = f"/api/data-sources/{source['id']}"
    assert nobody.get(path, headers=headers).status_code == 200
    for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS"):
        refused = nobody.request(method, path, headers=headers)
        assert (refused.status_code, "only read" in refused.json()["detail"]) == (403, True)
    assert nobody.post("/api/schedule/preview", json=SCHEDULE, headers=headers).status_code == 403
    assert api.get(path).status_code == 200


def test_a_write_token_writes_but_makes_and_revokes_no_tokens(api: TestClient, nobody: TestClient) -> None:
    token = make(api, scope="write")
    headers = bearer(token)
    assert nobody.post("/api/schedule/preview", json=SCHEDULE, headers=headers).status_code == 200
    assert nobody.get("/api/auth/tokens", headers=headers).status_code == 200
    for refused in (
        nobody.post("/api/auth/tokens", json={"name": "Another"}, headers=headers),
        nobody.delete(f"/api/auth/tokens/{token['id']}", headers=headers),
    ):
        assert refused.status_code == 403
        assert "by a person" in refused.json()["detail"]


def test_a_token_of_an_administrator_gets_at_no_password(client_of: ClientOf, admin: Actor, alice: Actor) -> None:
    ada, script = client_of(admin), client_of(None)
    headers = bearer(make(ada, scope="write"))
    invited = {"email": "new@example.test", "name": "New", "role": "admin"}
    asked = {
        f"/api/users/{alice.id}/link": None,
        "/api/users/invitations": invited,
        "/api/auth/password": {"current_password": PASSWORD, "new_password": "quite another one"},
    }
    for path, body in asked.items():
        refused = script.post(path, json=body, headers=headers)
        assert (refused.status_code, "by a person" in refused.json()["detail"]) == (403, True), path
    assert script.get(f"/api/users/{alice.id}", headers=headers).status_code == 200
    assert made(ada, "/api/users/invitations", invited)["url"]


def test_a_token_of_an_administrator_gains_no_access(client_of: ClientOf, admin: Actor, alice: Actor) -> None:
    ada, script = client_of(admin), client_of(None)
    headers = bearer(make(ada, scope="write"))
    newcomer = {"email": "new@example.test", "name": "New", "role": "admin", "password": PASSWORD}
    person, mail = f"/api/users/{alice.id}", "/api/email-config/workspace"
    for method, path, body in (
        ("POST", "/api/users", newcomer),
        ("PUT", person, {"role": "admin"}),
        ("DELETE", person, None),
        ("POST", f"{person}/transfer", {"to": str(admin.id)}),
        ("POST", mail, {"smtp_host": "127.0.0.1"}),
        ("PUT", mail, {"smtp_host": "127.0.0.1"}),
        ("DELETE", mail, None),
    ):
        refused = script.request(method, path, json=body, headers=headers)
        assert (refused.status_code, "by a person" in refused.json()["detail"]) == (403, True), (method, path)
    for path, status in (("/api/users", 200), (person, 200), (mail, 404)):
        assert script.get(path, headers=headers).status_code == status
    assert script.get(person, headers=headers).json()["role"] == "analyst"


def test_sessions_and_tokens_of_an_hour_still_manage_people(
    client_of: ClientOf, nobody: TestClient, admin: Actor, alice: Actor
) -> None:
    person = f"/api/users/{alice.id}"
    assert client_of(admin).put(person, json={"role": "viewer"}).json()["role"] == "viewer"
    form = {"username": admin.email, "password": PASSWORD}
    hour = nobody.post("/api/auth/token", data=form).json()["access_token"]
    changed = nobody.put(person, json={"role": "analyst"}, headers={"authorization": f"Bearer {hour}"})
    assert changed.json()["role"] == "analyst"


def test_revoking_ends_it_at_once(api: TestClient, stranger: TestClient, nobody: TestClient) -> None:
    token = make(api)
    path = f"/api/auth/tokens/{token['id']}"
    foreign, missing = stranger.delete(path), stranger.delete(f"/api/auth/tokens/{uuid4()}")
    assert (foreign.status_code, foreign.json()) == (missing.status_code, missing.json())
    assert foreign.status_code == 404
    assert api.delete(path).status_code == 204
    assert nobody.get("/api/auth/me", headers=bearer(token)).status_code == 401
    assert api.get("/api/auth/tokens").json() == []


def test_it_is_over_at_its_end_and_with_the_account(api: TestClient, nobody: TestClient, alice: Actor) -> None:
    token = make(api, expires_at=(clock.now() + timedelta(hours=1)).isoformat())
    assert nobody.get("/api/auth/me", headers=bearer(token)).status_code == 200
    with session_scope() as session:
        session.execute(update(ApiToken).values(expires_at=clock.now() - timedelta(seconds=1)))
    assert nobody.get("/api/auth/me", headers=bearer(token)).status_code == 401
    other = make(api)
    with session_scope() as session:
        session.execute(update(User).where(User.id == alice.id).values(is_active=False))
    assert nobody.get("/api/auth/me", headers=bearer(other)).status_code == 401


@pytest.mark.parametrize(
    "wrong", [{"scope": "admin"}, {"name": ""}, {"expires_at": "2020-01-01T00:00:00Z"}, {"expires_at": "2099-01-01"}]
)
def test_it_refuses_what_breaks_a_rule(api: TestClient, wrong: dict[str, Any]) -> None:
    assert api.post("/api/auth/tokens", json={"name": "x", **wrong}).status_code == 422


def test_it_is_made_with_a_session_too_but_not_without_its_csrf_token(nobody: TestClient, alice: Actor) -> None:
    with session_scope() as session:
        signed_in = accounts.create_session(session, user_id=alice.id, ip="", user_agent="")
    nobody.cookies.set("rooster_session", signed_in.token)
    assert nobody.post("/api/auth/tokens", json={"name": "x"}).status_code == 403
    headers = {"x-csrf-token": signed_in.csrf}
    assert nobody.post("/api/auth/tokens", json={"name": "x"}, headers=headers).status_code == 201


def test_it_opens_no_pages(api: TestClient, nobody: TestClient) -> None:
    assert nobody.get("/schedules", headers=bearer(make(api))).status_code == 401
