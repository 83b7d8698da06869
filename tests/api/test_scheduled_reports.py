"""Scheduled reports over REST."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from starlette.testclient import TestClient

from core.settings import get_settings

FIELDS = {
    "id", "user_id", "name", "description", "dashboard_id", "saved_query_id", "parameters", "schedule_config",
    "recipients", "cc", "bcc", "formats", "email_subject", "email_body", "is_active", "next_run_at", "last_run_at",
    "created_at", "updated_at", "last_execution",
}  # fmt: skip
BASE = "/api/scheduled-reports"


def test_it_creates_a_report_with_its_next_run(report: dict[str, Any]) -> None:
    assert set(report) >= FIELDS
    assert report["is_active"] is True
    assert report["schedule_config"]["timezone"] == "Europe/Berlin", "the user's own zone"
    assert report["next_run_at"].endswith("Z")
    assert report["last_run_at"] is None
    assert (report["cc"], report["bcc"], report["dashboard_id"]) == ([], [], None)


def test_it_shows_one_with_its_executions(api: TestClient, report: dict[str, Any], execution_id: str) -> None:
    shown = api.get(f"{BASE}/{report['id']}").json()
    assert set(shown) >= FIELDS | {"executions"}
    assert [execution["id"] for execution in shown["executions"]] == [execution_id]
    assert shown["last_execution"]["id"] == execution_id
    assert set(shown["last_execution"]) == {"id", "status", "finished_at", "error_message"}


@pytest.mark.parametrize(
    ("change", "location"),
    [
        ({"name": ""}, ["body", "name"]),
        ({"recipients": []}, ["body", "recipients"]),
        ({"recipients": ["no address"]}, ["body", "recipients", 0]),
        ({"formats": []}, ["body", "formats"]),
        ({"formats": ["xsl"]}, ["body", "formats", 0]),
        ({"saved_query_id": None}, ["body"]),
        ({"dashboard_id": str(uuid4())}, ["body"]),
        ({"schedule_config": {"type": "weekly", "time": "07:00"}}, ["body", "schedule_config"]),
        ({"schedule_config": {"type": "daily", "time": "7"}}, ["body", "schedule_config", "time"]),
        ({"schedule_config": {"type": "daily", "time": "07:00", "timezone": "Mars/X"}}, None),
        ({"email_subject": "{{ nothing_like_it }}"}, None),
        ({"parameters": {"nothing_like_it": 1}}, None),
    ],
)
def test_it_refuses_a_report_that_could_not_run(
    api: TestClient, report_body: dict[str, Any], change: dict[str, Any], location: list[Any] | None
) -> None:
    response = api.post(BASE, json={**report_body, **change})
    assert response.status_code == 422
    problem = response.json()["detail"][0]
    assert set(problem) == {"loc", "msg", "type"}
    assert location is None or problem["loc"] == location


def test_it_lists_by_state_and_order(api: TestClient, report_body: dict[str, Any], report: dict[str, Any]) -> None:
    paused = api.post(BASE, json={**report_body, "name": "Paused", "is_active": False}).json()
    assert paused["next_run_at"] is None
    names = {query: [item["name"] for item in api.get(f"{BASE}{query}").json()] for query in (
        "?is_active=true", "?is_active=false", "?sort=created_at", "?sort=next_run_at",
    )}  # fmt: skip
    assert names["?is_active=true"] == [report["name"]]
    assert names["?is_active=false"] == ["Paused"]
    assert set(names["?sort=created_at"]) == set(names["?sort=next_run_at"]) == {report["name"], "Paused"}
    assert api.get(f"{BASE}?sort=name").status_code == 422


def test_a_put_is_checked_as_a_whole(api: TestClient, report: dict[str, Any], dashboard: dict[str, Any]) -> None:
    address = f"{BASE}/{report['id']}"
    both = api.put(address, json={"dashboard_id": dashboard["id"]})
    assert both.status_code == 422
    exchanged = api.put(address, json={"dashboard_id": dashboard["id"], "saved_query_id": None})
    assert exchanged.status_code == 200
    assert (exchanged.json()["dashboard_id"], exchanged.json()["saved_query_id"]) == (dashboard["id"], None)
    assert exchanged.json()["next_run_at"] == report["next_run_at"], "the schedule did not change"


def test_a_new_schedule_moves_the_next_run(api: TestClient, report: dict[str, Any]) -> None:
    config = {"type": "monthly", "time": "06:30", "day_of_month": "last", "timezone": "UTC"}
    changed = api.put(f"{BASE}/{report['id']}", json={"schedule_config": config}).json()
    assert changed["next_run_at"] != report["next_run_at"]
    assert changed["next_run_at"].endswith("T06:30:00Z")
    assert api.put(f"{BASE}/{report['id']}", json={"is_active": False}).json()["next_run_at"] is None


def test_it_deletes_a_report_with_its_executions(api: TestClient, report: dict[str, Any], execution_id: str) -> None:
    assert api.delete(f"{BASE}/{report['id']}").status_code == 204
    assert api.get(f"{BASE}/{report['id']}").status_code == 404
    assert api.get(f"/api/executions/{execution_id}").status_code == 404


def test_run_queues_an_execution(api: TestClient, report: dict[str, Any]) -> None:
    response = api.post(f"{BASE}/{report['id']}/run")
    assert response.status_code == 202
    assert set(response.json()) == {"task_id", "execution_id", "status"}
    assert response.json()["status"] == "queued"
    paused = api.put(f"{BASE}/{report['id']}", json={"is_active": False})
    assert paused.status_code == 200
    assert api.post(f"{BASE}/{report['id']}/run").status_code == 202, "a paused report can be run by hand"


def test_the_same_idempotency_key_is_the_same_run(api: TestClient, report: dict[str, Any]) -> None:
    address = f"{BASE}/{report['id']}/run"
    first, again, other = (
        api.post(address, headers={"idempotency-key": key}).json()["execution_id"] for key in ("a", "a", "b")
    )
    assert first == again != other
    assert api.get(f"{BASE}/{report['id']}/executions").headers["x-total-count"] == "2"
    assert api.post(address, headers={"idempotency-key": "x" * 101}).status_code == 422


def test_the_limit_of_active_reports_is_429_in_words(
    api: TestClient, report_body: dict[str, Any], report: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ROOSTER_MAX_REPORTS_PER_USER", "1")
    get_settings.cache_clear()
    response = api.post(BASE, json={**report_body, "name": "One more"})
    assert response.status_code == 429
    assert "1" in response.json()["detail"]
    paused = api.post(BASE, json={**report_body, "name": "Paused", "is_active": False})
    assert paused.status_code == 201
    assert api.put(f"{BASE}/{paused.json()['id']}", json={"is_active": True}).status_code == 429
    assert report["is_active"]


def test_the_preview_of_a_schedule_notes_a_clock_change(api: TestClient) -> None:
    config = {"type": "daily", "time": "02:30", "timezone": "Europe/Berlin"}
    response = api.post("/api/schedule/preview", json={"schedule_config": config, "count": 400})
    assert response.status_code == 200
    preview = response.json()
    assert set(preview) == {"description", "runs"}
    assert len(preview["runs"]) == 400
    assert all(set(run) == {"utc", "local", "offset", "note"} for run in preview["runs"])
    assert any(run["note"] for run in preview["runs"])
    assert len(api.post("/api/schedule/preview", json={"schedule_config": config}).json()["runs"]) == 10
    assert api.post("/api/schedule/preview", json={"schedule_config": config, "count": 401}).status_code == 422


def test_it_refuses_a_query_of_somebody_else(
    api: TestClient, stranger: TestClient, report_body: dict[str, Any]
) -> None:
    response = stranger.post(BASE, json=report_body)
    assert response.status_code == 404
    assert api.get(BASE).headers["x-total-count"] == "0"
