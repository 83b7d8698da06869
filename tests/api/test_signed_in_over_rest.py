"""What the pages Account and People do, done over REST: sessions, profile, password, invitations."""

from __future__ import annotations

from typing import Any

from starlette.testclient import TestClient

from core.database import session_scope
from core.schemas.accounts import Actor
from core.services import accounts
from tests.api.conftest import ClientOf, made
from tests.fixtures_database import PASSWORD

INVITED = {"email": "new@example.test", "name": "New", "role": "analyst", "timezone": "Europe/Vienna"}
NEW_PASSWORD = "quite another one"


def browser_of(actor: Actor) -> str:
    with session_scope() as session:
        return accounts.create_session(session, user_id=actor.id, ip="192.0.2.7", user_agent="Firefox/140").token


def alive(token: str) -> bool:
    with session_scope() as session:
        return accounts.find_session(session, token) is not None


def test_one_sees_and_ends_ones_own_sessions(api: TestClient, stranger: TestClient, alice: Actor) -> None:
    token = browser_of(alice)
    (seen,) = api.get("/api/auth/sessions").json()
    assert (seen["ip"], seen["user_agent"]) == ("192.0.2.7", "Firefox/140")
    assert stranger.get("/api/auth/sessions").json() == []
    assert stranger.delete(f"/api/auth/sessions/{seen['id']}").status_code == 404
    assert alive(token)
    assert api.delete(f"/api/auth/sessions/{seen['id']}").status_code == 204
    assert not alive(token)
    assert api.delete(f"/api/auth/sessions/{seen['id']}").status_code == 404


def test_sessions_come_in_windows(client_of: ClientOf, admin: Actor, alice: Actor) -> None:
    api, ada = client_of(alice), client_of(admin)
    for _ in range(3):
        browser_of(alice)
    for client, path in ((api, "/api/auth/sessions"), (ada, f"/api/users/{alice.id}/sessions")):
        windows = [client.get(f"{path}?offset={offset}&limit=2") for offset in (0, 2)]
        assert [len(window.json()) for window in windows] == [2, 1]
        assert {window.headers["x-total-count"] for window in windows} == {"3"}
        assert client.get(f"{path}?limit=201").status_code == 422


def test_an_administrator_sees_and_ends_everybodys(client_of: ClientOf, admin: Actor, alice: Actor) -> None:
    ada = client_of(admin)
    tokens = [browser_of(alice), browser_of(alice)]
    path = f"/api/users/{alice.id}/sessions"
    first, second = ada.get(path).json()
    assert ada.delete(f"/api/auth/sessions/{first['id']}").status_code == 204
    assert [one["id"] for one in ada.get(path).json()] == [second["id"]]
    assert ada.delete(path).status_code == 204
    assert not any(map(alive, tokens))


def test_a_profile_and_a_password_are_changed(api: TestClient, nobody: TestClient, alice: Actor) -> None:
    changed = api.put("/api/auth/me", json={"name": "Alice L.", "timezone": "Asia/Tokyo"}).json()
    assert (changed["name"], changed["timezone"], changed["role"]) == ("Alice L.", "Asia/Tokyo", "analyst")
    token = browser_of(alice)
    wrong = api.post("/api/auth/password", json={"current_password": "x", "new_password": NEW_PASSWORD})
    assert wrong.status_code == 422
    assert "The present password is wrong" in str(wrong.json()["detail"])
    right = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
    assert api.post("/api/auth/password", json=right).status_code == 204
    assert not alive(token)
    form = {"username": alice.email, "password": NEW_PASSWORD}
    assert nobody.post("/api/auth/token", data=form).status_code == 200


def test_without_a_mail_account_the_administrator_hands_the_link_over(client_of: ClientOf, admin: Actor) -> None:
    ada, nobody = client_of(admin), client_of(None)
    link = made(ada, "/api/users/invitations", INVITED)
    assert (link["sent"], link["kind"], link["email"]) == (False, "invitation", INVITED["email"])
    path = "/set-password/" + link["url"].rpartition("/")[2]
    assert nobody.get(path).status_code == 200
    user_id = ada.get("/api/users?search=new@").json()[0]["id"]
    again = made(ada, f"/api/users/{user_id}/link", {})
    assert again["url"] != link["url"]
    assert "Ask for a new one" in nobody.get(path).text


def test_edits_of_a_person_an_account_and_a_list_of_shares_are_not_lost(
    client_of: ClientOf, admin: Actor, bob: Actor, api: TestClient, query: dict[str, Any]
) -> None:
    ada = client_of(admin)
    account = {"smtp_host": "127.0.0.1", "smtp_port": 2525, "use_tls": False, "from_email": "a@example.test"}
    assert api.post("/api/email-config", json=account).headers["etag"] == '"1"'
    share = [{"email": bob.email, "level": "read"}]
    cases: list[tuple[TestClient, str, Any, Any]] = [
        (ada, f"/api/users/{bob.id}", {"name": "Bobby"}, {"name": "Robert"}),
        (api, "/api/auth/me", {"name": "Alice L."}, {"timezone": "Asia/Tokyo"}),
        (api, "/api/email-config", {"smtp_port": 2526}, {"smtp_port": 2527}),
        (api, f"/api/saved-queries/{query['id']}/shares", share, []),
    ]
    for client, path, first, second in cases:
        tag = client.get(path).headers["etag"]
        won = client.put(path, json=first, headers={"if-match": tag})
        assert won.status_code == 200, path
        lost = client.put(path, json=second, headers={"if-match": tag})
        assert (lost.status_code, "changed by somebody else" in lost.json()["detail"]) == (412, True), path
        assert client.get(path).headers["etag"] == won.headers["etag"] != tag
    assert api.delete("/api/email-config", headers={"if-match": '"1"'}).status_code == 412


def test_the_tables_of_a_source_are_listed(api: TestClient, source: dict[str, Any]) -> None:
    tables = api.get(f"/api/data-sources/{source['id']}/tables").json()
    sales = next(table for table in tables if table["name"] == "sales")
    assert "amount" in [name for name, _ in sales["columns"]]
