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
        ({"name": "x" * 201}, "name", "use 200 characters or fewer"),
        ({"name": " "}, "name", "it is empty"),
        ({"name": 7}, "name", "write text"),
        ({"name": None}, "name", "write text"),
        ({"description": "NUL\x00"}, "description", "control characters"),
        ({"email_subject": "NUL\x00"}, "email_subject", "control characters"),
        ({"email_body": "NUL\x00"}, "email_body", "control characters"),
        ({"parameters": {"region": "North\x00"}}, "parameters", "control characters"),
        ({"parameters": {"NUL\x00": 1}}, "parameters", "control characters"),
        ({"parameters": ["region"]}, "parameters", "use an object"),
        ({"recipients": "dana@example.test"}, "recipients", "use a list"),
        ({"recipients": ["dana\x00@example.test"]}, "recipients", "control characters"),
        ({"recipients": [{"email": "dana@example.test"}]}, "recipients", "an e-mail address is text"),
        ({"formats": ["csv\x00"]}, "formats", "control characters"),
        ({"format_options": {"csv": {"NUL\x00": 1}}}, "format_options", "control characters"),
        ({"is_active": "perhaps"}, "is_active", "use true or false"),
        (
            {"schedule_config": {"type": "daily", "time": "07:00", "timezone": "UTC\x00"}},
            "schedule_config",
            "control characters",
        ),
        ({"is_active": 1}, "is_active", "use true or false"),
        ({"name": "\u200b"}, "name", "nothing of it can be seen"),
        ({"name": "Sales \u202egnp.exe"}, "name", "one line"),
        ({"formats": []}, "formats", "give at least one"),
        ({"parameters": {"region": ["North"]}}, "parameters", "write text, use a whole number"),
        ({"email_subject": "{{ dat }}"}, "email_subject", "Did you mean"),
        ({"email_body": "{{ x"}, "email_body", "template"),
        ({"saved_query_id": "x"}, "saved_query_id", "this is no id"),
        (
            {"schedule_config": {"type": "monthly", "time": "07:00", "day_of_month": 32}},
            "schedule_config",
            "day_of_month: use a number from 1 to 31, or 'last'.",
        ),
        ({"owner_id": 1}, "owner_id", "there is no such field; remove it"),
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


FAR = "9999-12-31T23:59:59-23:59"


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/api/auth/tokens", {"name": "Script", "expires_at": FAR}, "expires_at"),
        ("/api/data-sources", {"name": "Long", "url": f"sqlite:///{'x' * 300}"}, "url"),
        ("/api/data-sources", {"name": "Long", "url": f"duckdb:///{'x' * 300}"}, "url"),
        ("/api/data-sources", {"name": "NUL", "url": "sqlite:///%00"}, "url"),
        ("/api/data-sources", {"name": "Host", "url": "postgresql://u:p@a..b/d"}, "url"),
        ("/api/data-sources", {"name": "Host", "url": f"mysql://u:p@{'x' * 64}/d"}, "url"),
        ("/api/data-sources", {"name": "Charset", "url": "mysql://u:p@h/d?charset=x"}, "url"),
        ("/api/schedule/preview", {"schedule_config": {"type": "daily", "time": "07:00"}, "count": "3"}, "count"),
        ("/api/schedule/preview", {"schedule_config": {"type": "daily", "time": "07:00"}, "count": True}, "count"),
    ],
    ids=lambda value: str(value)[:60],
)
def test_what_would_break_something_further_on_is_refused_at_the_door(
    api: TestClient, path: str, body: dict[str, Any], field: str
) -> None:
    location, message = problem_of(api.post(path, json=body))
    assert location == ["body", field]
    assert len(message) < 320


@pytest.mark.parametrize("since", [FAR, "0001-01-01T00:00:00+23:59", "2026-06-24T07:00:00", "yesterday"])
def test_an_instant_that_is_none_is_refused(api: TestClient, since: str) -> None:
    location, message = problem_of(api.get("/api/executions", params={"since": since}))
    assert location == ["query", "since"]
    assert message.startswith("since: use ")


def test_a_refusal_does_not_send_megabytes_back(api: TestClient, report_body: dict[str, Any]) -> None:
    config = report_body["schedule_config"]
    for change in ({"schedule_config": {**config, "timezone": "x" * 500_000}}, {"x" * 500_000: 1}):
        response = api.post(BASE, json={**report_body, **change})
        assert response.status_code == 422
        assert len(response.content) < 2_000


def test_a_presentation_has_its_limits(api: TestClient, query: dict[str, Any]) -> None:
    many = {f"c{number}": {} for number in range(501)}
    for wrong in ({"columns": {"": {}}}, {"columns": many}, {"chart": {"kind": "bar", "y": ["a"] * 51}}):
        response = api.put(f"/api/saved-queries/{query['id']}", json={"presentation": wrong})
        assert response.status_code == 422, wrong


@pytest.mark.parametrize("content", [b"[" * 100_000, b"\xff\xfe", b'{"name": ' + b"9" * 5_000 + b"}"])
def test_a_body_that_cannot_be_read_says_what_to_send(api: TestClient, content: bytes) -> None:
    response = api.post(BASE, content=content, headers={"content-type": "application/json"})
    assert response.status_code in (400, 422)
    assert "JSON" in str(response.json()["detail"])


def test_the_content_type_is_asked_for(api: TestClient, report_body: dict[str, Any]) -> None:
    _, message = problem_of(api.post(BASE, content=json.dumps(report_body), headers={"content-type": "text/plain"}))
    assert "Content-Type: application/json" in message
