"""What clients get wrong, by mistake or on purpose: a 4xx that names the field and the fix, on both databases."""

from __future__ import annotations

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

pytestmark = pytest.mark.usefixtures("database")

BASE = "/api/scheduled-reports"


def problem_of(response: Any) -> tuple[list[Any], str]:
    """Where the first refusal is, and its words."""
    assert response.status_code == 422, (response.status_code, response.text)
    first = response.json()["detail"][0]
    return first["loc"], first["msg"]


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"name": "Weekly\x00sales"}, "name", "control characters"),
        ({"name": "Weekly\x1b[31m"}, "name", "control characters"),
        ({"name": "two\nlines"}, "name", "one line"),
        ({"name": "x" * 201}, "name", "at most 200"),
        ({"name": " "}, "name", "at least 1"),
        ({"name": 7}, "name", "valid string"),
        ({"name": None}, "name", "valid string"),
        ({"description": "NUL\x00"}, "description", "control characters"),
        ({"email_subject": "NUL\x00"}, "email_subject", "control characters"),
        ({"email_body": "NUL\x00"}, "email_body", "control characters"),
        ({"parameters": {"region": "North\x00"}}, "parameters", "control characters"),
        ({"parameters": {"NUL\x00": 1}}, "parameters", "control characters"),
        ({"parameters": ["region"]}, "parameters", "valid dictionary"),
        ({"recipients": "dana@example.test"}, "recipients", "valid list"),
        ({"recipients": ["dana\x00@example.test"]}, "recipients", "control characters"),
        ({"recipients": [{"email": "dana@example.test"}]}, "recipients", "an e-mail address is text"),
        ({"formats": ["csv\x00"]}, "formats", "control characters"),
        ({"format_options": {"csv": {"NUL\x00": 1}}}, "format_options", "control characters"),
        ({"is_active": "perhaps"}, "is_active", "valid boolean"),
        (
            {"schedule_config": {"type": "daily", "time": "07:00", "timezone": "UTC\x00"}},
            "schedule_config",
            "control characters",
        ),
        ({"owner_id": 1}, "owner_id", "not permitted"),
    ],
    ids=str,
)
def test_a_report_with_a_fault_is_refused_by_its_field(
    api: TestClient, report_body: dict[str, Any], report: dict[str, Any], change: dict[str, Any], field: str, words: str
) -> None:
    for response in (
        api.post(BASE, json={**report_body, **change}),
        api.put(f"{BASE}/{report['id']}", json=change),
    ):
        if change == {"name": None} and response.status_code == 200:
            continue  # a part that is null was not sent
        location, message = problem_of(response)
        assert location[:2] == ["body", field]
        assert words in message


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/api/data-sources", {"name": "S\x00", "url": "sqlite:///x.db"}, "name"),
        ("/api/data-sources", {"name": "S", "url": "sqlite:///x\x00.db"}, "url"),
        ("/api/dashboards", {"name": "D", "description": "\x00", "tiles": []}, "description"),
        ("/api/auth/tokens", {"name": "T\x00"}, "name"),
        ("/api/email-config", {"smtp_host": "h\x00", "smtp_port": 25, "from_email": "a@example.test"}, "smtp_host"),
        ("/api/schedule/preview", {"schedule_config": {"type": "daily", "time": "07:00\x00"}}, "schedule_config"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_nul_byte_never_reaches_the_database(api: TestClient, path: str, body: dict[str, Any], field: str) -> None:
    location, message = problem_of(api.post(path, json=body))
    assert location[:2] == ["body", field]
    assert "\x00" not in message


def test_sql_with_a_nul_byte_is_refused(api: TestClient, source: dict[str, Any], query: dict[str, Any]) -> None:
    body = {"name": "Q", "data_source_id": source["id"], "sql": "SELECT 1\x00"}
    assert problem_of(api.post("/api/saved-queries", json=body))[0] == ["body", "sql"]
    for parameters in ({"region": "N\x00"}, {"\x00": 1}):
        response = api.post(f"/api/saved-queries/{query['id']}/preview", json={"parameters": parameters})
        assert problem_of(response)[0][:2] == ["body", "parameters"]
    look = {"columns": {"day\x00": {"label": "Day"}}}
    response = api.put(f"/api/saved-queries/{query['id']}", json={"presentation": look})
    assert problem_of(response)[0][:2] == ["body", "presentation"]


def test_a_nul_byte_in_an_address_names_nothing(api: TestClient, execution_id: str) -> None:
    assert api.get(f"/api/executions/{execution_id}/files/csv%00").status_code == 404
    assert api.get(f"/files/{execution_id}/csv%00").status_code == 404
    assert api.get("/api/executions?status=%00").status_code == 422
    form = {"username": "alice\x00@example.test", "password": "x\x00"}
    assert api.post("/api/auth/token", data=form).status_code == 401
    key = {"idempotency-key": "a b"}
    assert api.post(f"{BASE}/7d444840-9dc0-11d1-b245-5ffdce74fad2/run", headers=key).status_code == 422


@pytest.mark.parametrize("depth", [100, 5_000, 200_000])
@pytest.mark.parametrize("field", ["parameters", "format_options", "nothing_like_it"])
def test_a_deeply_nested_body_is_refused(api: TestClient, report_body: dict[str, Any], depth: int, field: str) -> None:
    text = json.dumps({**report_body, field: {"csv": 0}})
    bomb = text.replace('{"csv": 0}', '{"a":' * depth + "1" + "}" * depth)
    response = api.post(BASE, content=bomb, headers={"content-type": "application/json"})
    assert response.status_code in (400, 413, 422)
    assert len(response.text) < 10_000


def test_huge_numbers_and_many_fields_are_refused(api: TestClient, query: dict[str, Any]) -> None:
    path = f"/api/saved-queries/{query['id']}/preview"
    for body in ('{"limit": 1' + "0" * 9000 + "}", '{"limit": 1e999}', '{"parameters": {"region": 1e999}}'):
        response = api.post(path, content=body, headers={"content-type": "application/json"})
        assert 400 <= response.status_code < 500, response.text
    many = {f"field_{number}": 1 for number in range(20_000)}
    assert len(api.post(path, json=many).content) < 100_000


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "", "application/json"])
def test_a_body_of_another_kind_is_refused_in_words(api: TestClient, report_body: dict[str, Any], kind: str) -> None:
    response = api.post(BASE, content=b"\xff" + json.dumps(report_body).encode(), headers={"content-type": kind})
    assert 400 <= response.status_code < 500
    assert response.json()["detail"]
