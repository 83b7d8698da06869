"""Data sources over REST."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from starlette.testclient import TestClient


def test_it_creates_one_and_never_shows_its_password(api: TestClient) -> None:
    body = {"name": "Sales", "url": "postgresql://reader:s3cret-word@127.0.0.1:1/sales", "shared": True}
    response = api.post("/api/data-sources", json=body)
    assert response.status_code == 201
    answers = [response, api.get("/api/data-sources"), api.get(f"/api/data-sources/{response.json()['id']}")]
    for answer in answers:
        assert "s3cret-word" not in answer.text
    shown = response.json()
    assert shown["url"].startswith("postgresql://reader:***@127.0.0.1:1/sales")
    assert (shown["name"], shown["shared"], shown["is_owner"]) == ("Sales", True, True)
    assert shown["created_at"].endswith("Z")


def test_it_refuses_a_kind_it_does_not_know_in_words(api: TestClient) -> None:
    response = api.post("/api/data-sources", json={"name": "Sales", "url": "gopher://x/y"})
    assert response.status_code == 422
    assert response.json()["detail"][0]["loc"] == ["body", "url"]


def test_it_tests_the_connection(api: TestClient, source: dict[str, Any]) -> None:
    response = api.post(f"/api/data-sources/{source['id']}/test")
    assert response.status_code == 200
    assert set(response.json()) == {"ok", "detail", "elapsed_ms"}
    assert response.json()["ok"] is True
    assert api.get(f"/api/data-sources/{source['id']}").json()["last_test_ok"] is True


def test_a_test_that_fails_is_an_answer_and_no_error(
    api: TestClient, source: dict[str, Any], source_file: Path
) -> None:
    source_file.unlink()
    response = api.post(f"/api/data-sources/{source['id']}/test")
    assert response.status_code == 200
    assert response.json()["ok"] is False
    assert response.json()["detail"]


def test_it_changes_a_part(api: TestClient, source: dict[str, Any]) -> None:
    response = api.put(f"/api/data-sources/{source['id']}", json={"name": "Shop 2"})
    assert response.status_code == 200
    assert response.json() == {**source, "name": "Shop 2", "version": 2, "updated_at": response.json()["updated_at"]}


def test_it_deletes_one_that_nothing_uses(api: TestClient, source: dict[str, Any]) -> None:
    response = api.delete(f"/api/data-sources/{source['id']}")
    assert (response.status_code, response.content) == (204, b"")
    assert api.get(f"/api/data-sources/{source['id']}").status_code == 404


def test_it_keeps_one_that_a_query_uses(api: TestClient, source: dict[str, Any], query: dict[str, Any]) -> None:
    response = api.delete(f"/api/data-sources/{source['id']}")
    assert response.status_code == 409
    assert query["name"] in response.json()["detail"]


def test_a_shared_one_is_seen_but_not_changed_by_others(
    api: TestClient, stranger: TestClient, source: dict[str, Any]
) -> None:
    address = f"/api/data-sources/{source['id']}"
    assert stranger.get(address).status_code == 404
    api.put(address, json={"shared": True})
    seen = stranger.get(address)
    assert seen.status_code == 200
    assert seen.json()["is_owner"] is False
    assert stranger.put(address, json={"name": "Mine"}).status_code in (403, 404, 409)
    assert stranger.delete(address).status_code in (403, 404, 409)
