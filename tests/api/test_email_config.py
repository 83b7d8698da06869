"""Mail accounts over REST."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from core.schemas.accounts import Actor
from tests.api.conftest import ClientOf
from tests.fixtures_smtp import USER, SmtpServer

BASE = "/api/email-config"
ACCOUNT = {
    "smtp_host": "smtp.example.test",
    "smtp_port": 587,
    "use_tls": True,
    "use_ssl": False,
    "smtp_username": "reports@example.test",
    "smtp_password": "s3cret-word",
    "from_email": "reports@example.test",
    "from_name": "Reports",
}


def test_there_is_none_at_first(api: TestClient) -> None:
    assert api.get(BASE).status_code == 404
    assert api.put(BASE, json={"from_name": "X"}).status_code == 404
    assert api.delete(BASE).status_code in (204, 404)


def test_it_is_saved_and_shown_without_its_password(api: TestClient, alice: Actor) -> None:
    saved = api.post(BASE, json=ACCOUNT)
    assert saved.status_code == 201
    for answer in (saved, api.get(BASE)):
        shown = answer.json()
        assert "s3cret-word" not in answer.text
        assert {name: shown[name] for name in ACCOUNT if name != "smtp_password"} == {
            name: value for name, value in ACCOUNT.items() if name != "smtp_password"
        }
        assert (shown["has_password"], shown["user_id"]) == (True, str(alice.id))
        assert shown["updated_at"].endswith("Z")
    assert "smtp_password" not in shown


def test_a_change_keeps_the_password_and_a_replacement_does_not(api: TestClient) -> None:
    api.post(BASE, json=ACCOUNT)
    changed = api.put(BASE, json={"from_name": "New"})
    assert changed.status_code == 200
    assert (changed.json()["from_name"], changed.json()["has_password"]) == ("New", True)
    without = {name: value for name, value in ACCOUNT.items() if name != "smtp_password"}
    replaced = api.post(BASE, json={**without, "smtp_username": ""})
    assert replaced.status_code == 201
    assert replaced.json()["has_password"] is False


@pytest.mark.parametrize(
    "change", [{"use_ssl": True}, {"smtp_port": 0}, {"smtp_port": 65536}, {"from_email": "x"}, {"smtp_host": "a b"}]
)
def test_it_refuses_what_cannot_work(api: TestClient, change: dict[str, Any]) -> None:
    response = api.post(BASE, json={**ACCOUNT, **change})
    assert response.status_code == 422
    assert "s3cret-word" not in response.text


def test_it_is_deleted(api: TestClient) -> None:
    api.post(BASE, json=ACCOUNT)
    assert api.delete(BASE).status_code == 204
    assert api.get(BASE).status_code == 404


def test_it_tests_what_is_not_saved_step_by_step(api: TestClient, alice: Actor, smtp_server: Any) -> None:
    server: SmtpServer = smtp_server(mode="plain")
    account = {
        "smtp_host": server.host, "smtp_port": server.port, "use_tls": False, "from_email": "r@example.test",
    }  # fmt: skip
    response = api.post(f"{BASE}/test", json=account)
    assert response.status_code == 200
    result = response.json()
    assert set(result) == {"success", "steps"}
    assert result["success"] is True
    assert all(set(step) == {"name", "ok", "detail"} for step in result["steps"])
    assert [mail.recipients for mail in server.received] == [[alice.email]]
    assert api.get(BASE).status_code == 404, "nothing was saved"


def test_it_tests_what_is_saved_and_says_what_failed(api: TestClient, smtp_server: Any) -> None:
    server: SmtpServer = smtp_server(mode="plain")
    assert api.post(f"{BASE}/test").status_code == 422, "there is nothing to test yet"
    account = {"smtp_host": server.host, "smtp_port": server.port, "use_tls": True, "from_email": "r@example.test"}
    api.post(BASE, json=account)
    response = api.post(f"{BASE}/test", json={})
    assert response.status_code == 200
    assert response.json()["success"] is False
    assert response.json()["steps"][-1]["ok"] is False
    assert server.received == []
    assert USER not in response.text


def test_only_an_administrator_tests_towards_other_people(api: TestClient) -> None:
    api.post(BASE, json=ACCOUNT)
    response = api.post(f"{BASE}/test", json={"recipient": "victim@example.test"})
    assert response.status_code in (403, 422)
    assert api.post(f"{BASE}/test", json={**ACCOUNT, "recipient": "nonsense"}).json()["detail"][0]["loc"] == [
        "body",
        "recipient",
    ]


def test_the_presets_are_public(nobody: TestClient) -> None:
    presets = nobody.get(f"{BASE}/presets")
    assert presets.status_code == 200
    names = {"key", "label", "smtp_host", "smtp_port", "use_tls", "use_ssl", "username_hint", "secret_label", "help"}
    assert presets.json()
    assert all(names <= set(preset) for preset in presets.json())


def test_the_workspace_account_is_for_administrators(api: TestClient, client_of: ClientOf, admin: Actor) -> None:
    address = f"{BASE}/workspace"
    for method in ("get", "post", "put", "delete"):
        body = {"json": ACCOUNT} if method in ("post", "put") else {}
        assert api.request(method, address, **body).status_code in (403, 404)
    administrator = client_of(admin)
    assert administrator.get(address).status_code == 404
    saved = administrator.post(address, json=ACCOUNT)
    assert (saved.status_code, saved.json()["user_id"]) == (201, None)
    assert administrator.put(address, json={"from_name": "All"}).json()["from_name"] == "All"
    assert administrator.delete(address).status_code == 204
