"""What holds for every endpoint: lists, refusals, sizes, and the document of it all."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import urljoin
from uuid import uuid4

import pytest
from starlette.testclient import TestClient

from core.database import make_engine, use_engine

LISTS = ("data-sources", "saved-queries", "dashboards", "scheduled-reports", "executions")
CONTRACT = {
    "/auth/token": {"post"},
    "/auth/me": {"get", "put"},
    "/auth/password": {"post"},
    "/auth/sessions": {"get"},
    "/auth/sessions/{id}": {"delete"},
    "/auth/tokens": {"get", "post"},
    "/auth/tokens/{id}": {"delete"},
    "/users": {"get", "post"},
    "/users/{id}": {"get", "put", "delete"},
    "/users/invitations": {"post"},
    "/users/{id}/link": {"post"},
    "/users/{id}/sessions": {"get", "delete"},
    "/users/{id}/transfer": {"post"},
    "/data-sources": {"get", "post"},
    "/data-sources/test": {"post"},
    "/data-sources/{id}": {"get", "put", "delete"},
    "/data-sources/{id}/test": {"post"},
    "/data-sources/{id}/tables": {"get"},
    "/data-sources/{id}/shares": {"get", "put"},
    "/saved-queries": {"get", "post"},
    "/saved-queries/preview": {"post"},
    "/saved-queries/{id}": {"get", "put", "delete"},
    "/saved-queries/{id}/preview": {"post"},
    "/dashboards": {"get", "post"},
    "/dashboards/{id}": {"get", "put", "delete"},
    "/scheduled-reports": {"get", "post"},
    "/scheduled-reports/mail-preview": {"post"},
    "/scheduled-reports/{id}": {"get", "put", "delete"},
    "/scheduled-reports/{id}/run": {"post"},
    "/scheduled-reports/{id}/test": {"post"},
    "/scheduled-reports/{id}/executions": {"get"},
    "/schedule/preview": {"post"},
    "/saved-queries/{id}/shares": {"get", "put"},
    "/dashboards/{id}/shares": {"get", "put"},
    "/scheduled-reports/{id}/shares": {"get", "put"},
    "/executions": {"get"},
    "/executions/{id}": {"get"},
    "/executions/{id}/files/{format}": {"get"},
    "/executions/{id}/cancel": {"post"},
    "/executions/{id}/resend": {"post"},
    "/executions/{id}/revoke-links": {"post"},
    "/deliveries/{id}/settle": {"post"},
    "/email-config": {"get", "post", "put", "delete"},
    "/email-config/test": {"post"},
    "/email-config/presets": {"get"},
    "/email-config/workspace": {"get", "post", "put", "delete"},
    "/workspace": {"get", "put"},
    "/outbox": {"get", "delete"},
    "/outbox/{id}": {"get"},
    "/health": {"get"},
    "/metrics": {"get"},
}


@pytest.mark.parametrize("noun", LISTS)
def test_a_list_tells_its_total_and_refuses_long_pages(api: TestClient, noun: str) -> None:
    response = api.get(f"/api/{noun}")
    assert (response.status_code, response.json()) == (200, [])
    assert response.headers["x-total-count"] == "0"
    for wrong in ("limit=201", "limit=0", "offset=-1", "limit=x"):
        refused = api.get(f"/api/{noun}?{wrong}")
        assert refused.status_code == 422
        assert refused.json()["detail"][0]["loc"][0] == "query"


def test_a_list_comes_in_windows(api: TestClient, source_url: str) -> None:
    for number in range(3):
        assert api.post("/api/data-sources", json={"name": f"Source {number}", "url": source_url}).status_code == 201
    windows = [api.get(f"/api/data-sources?offset={offset}&limit=2") for offset in (0, 2, 4)]
    assert [len(window.json()) for window in windows] == [2, 1, 0]
    assert {window.headers["x-total-count"] for window in windows} == {"3"}


@pytest.mark.parametrize("noun", ["data-sources", "saved-queries", "dashboards", "scheduled-reports", "executions"])
def test_what_does_not_exist_is_404_in_words(api: TestClient, noun: str) -> None:
    response = api.get(f"/api/{noun}/{uuid4()}")
    assert response.status_code == 404
    assert isinstance(response.json()["detail"], str)
    assert api.get(f"/api/{noun}/nonsense").status_code == 422


def test_unknown_fields_are_refused(api: TestClient, source_url: str) -> None:
    response = api.post("/api/data-sources", json={"name": "Shop", "url": source_url, "owner_id": str(uuid4())})
    assert response.status_code == 422
    problem = response.json()["detail"][0]
    assert (problem["loc"], problem["type"]) == (["body", "owner_id"], "extra_forbidden")


def test_a_refusal_does_not_repeat_what_was_sent(api: TestClient) -> None:
    body = {"smtp_host": "smtp.example.test", "smtp_port": 70_000, "smtp_password": "hunter2 hunter2"}
    response = api.post("/api/email-config", json=body)
    assert response.status_code == 422
    assert "hunter2" not in response.text
    assert {tuple(problem["loc"]) for problem in response.json()["detail"]} == {
        ("body", "smtp_port"),
        ("body", "from_email"),
    }


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"1", b'{"name": NaN}', b"\xff\xfe", b'"\\ud800"'])
def test_a_body_that_is_no_object_is_422(api: TestClient, body: bytes) -> None:
    response = api.post("/api/dashboards", content=body, headers={"content-type": "application/json"})
    assert response.status_code in (400, 422)
    assert response.json()["detail"]


def test_a_large_body_is_refused_before_it_is_read(api: TestClient) -> None:
    def endless() -> Any:
        for _ in range(40):
            yield b"x" * 64_000

    announced = api.post("/api/dashboards", content=b"x" * (1024 * 1024 + 1))
    streamed = api.post("/api/dashboards", content=endless(), headers={"content-type": "application/json"})
    assert announced.status_code == streamed.status_code == 413
    assert isinstance(streamed.json()["detail"], str)


def test_a_database_that_is_away_is_503_in_words(api: TestClient, tmp_path: Path) -> None:
    use_engine(make_engine(f"sqlite:///{tmp_path / 'nowhere' / 'rooster.db'}"))
    response = api.post("/api/auth/token", data={"username": "alice@example.test", "password": "x"})
    assert response.status_code == 503
    assert isinstance(response.json()["detail"], str)
    for path in ("/api/auth/me", "/api/health", "/schedules"):
        assert api.get(path, headers={"cookie": "rooster_session=x"}).status_code == 503


def test_a_trailing_slash_is_another_path(api: TestClient) -> None:
    response = api.get("/api/scheduled-reports/")
    assert response.status_code == 404
    assert response.json() == {"detail": "Not Found"}


def test_the_document_holds_the_whole_contract(api: TestClient) -> None:
    document = api.get("/api/openapi.json").json()
    assert document["servers"] == [{"url": "/api"}]
    paths = {re.sub(r"{\w+_id}", "{id}", path): set(methods) for path, methods in document["paths"].items()}
    assert paths == CONTRACT


def test_the_documentation_loads_nothing_from_elsewhere(api: TestClient) -> None:
    page = api.get("/api/docs")
    assert page.status_code == 200
    assert "default-src 'none'" in page.headers["content-security-policy"]
    addresses = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert addresses
    for address in addresses:
        assert not re.match(r"(https?:)?//", address)
        assert api.get(urljoin("/api/docs", address)).status_code == 200
