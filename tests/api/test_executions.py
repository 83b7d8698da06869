"""Executions over REST, with no worker running."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from starlette.testclient import TestClient

from core import clock

FIELDS = {
    "id", "scheduled_report_id", "trigger", "status", "scheduled_for", "started_at", "finished_at", "attempt",
    "execution_time_ms", "row_count", "generated_files", "sent_to", "deliveries", "error_message",
}  # fmt: skip


def test_it_shows_a_queued_run(api: TestClient, report: dict[str, Any], execution_id: str) -> None:
    shown = api.get(f"/api/executions/{execution_id}").json()
    assert set(shown) >= FIELDS
    assert (shown["status"], shown["trigger"], shown["scheduled_report_id"]) == ("queued", "manual", report["id"])
    assert shown["scheduled_for"].endswith("Z")
    assert (shown["generated_files"], shown["sent_to"], shown["deliveries"]) == ({}, [], [])


@pytest.mark.parametrize(
    ("filters", "count"),
    [
        ("", 1),
        ("?status=queued", 1),
        ("?status=failed", 0),
        ("?scheduled_report_id={report}", 1),
        ("?scheduled_report_id={report}&status=success", 0),
        ("?since=2020-01-01T00:00:00Z", 1),
        ("?since={tomorrow}", 0),
    ],
)
def test_it_filters_across_reports(
    api: TestClient, report: dict[str, Any], execution_id: str, filters: str, count: int
) -> None:
    tomorrow = clock.iso(clock.now() + timedelta(days=1))
    response = api.get(f"/api/executions{filters.format(report=report['id'], tomorrow=tomorrow)}")
    assert response.status_code == 200
    assert response.headers["x-total-count"] == str(count)
    assert [run["id"] for run in response.json()] == [execution_id] * count


@pytest.mark.parametrize("filters", ["?status=late", "?since=yesterday", "?since=2026-01-01T00:00:00", "?since=NaN"])
def test_it_refuses_a_filter_it_does_not_know(api: TestClient, filters: str) -> None:
    assert api.get(f"/api/executions{filters}").status_code == 422


def test_the_executions_of_a_report_are_its_own(
    api: TestClient, stranger: TestClient, report: dict[str, Any], execution_id: str
) -> None:
    address = f"/api/scheduled-reports/{report['id']}/executions"
    assert [run["id"] for run in api.get(address).json()] == [execution_id]
    assert api.get(f"{address}?status=failed").json() == []
    assert stranger.get(address).status_code == 404
    assert stranger.get("/api/executions").json() == []


def test_a_queued_run_is_cancelled_once(api: TestClient, execution_id: str) -> None:
    response = api.post(f"/api/executions/{execution_id}/cancel")
    assert response.status_code == 200
    assert response.json()["status"] == "cancelled"
    assert api.post(f"/api/executions/{execution_id}/cancel").status_code == 409


def test_what_sent_nothing_cannot_be_sent_again(api: TestClient, execution_id: str) -> None:
    waiting = api.post(f"/api/executions/{execution_id}/resend")
    assert waiting.status_code == 409
    api.post(f"/api/executions/{execution_id}/cancel")
    over = api.post(f"/api/executions/{execution_id}/resend", json={"recipients": ["dana@example.test"]})
    assert over.status_code == 409
    assert isinstance(over.json()["detail"], str)
    wrong = api.post(f"/api/executions/{execution_id}/resend", json={"recipients": ["no address"]})
    assert wrong.status_code == 422


def test_an_empty_list_of_recipients_is_a_mistake_and_not_everybody(api: TestClient, execution_id: str) -> None:
    refused = api.post(f"/api/executions/{execution_id}/resend", json={"recipients": []})
    assert refused.status_code == 422
    assert refused.json()["detail"][0]["loc"] == ["body", "recipients"]
    for everybody in ({"recipients": None}, {}, None):
        assert api.post(f"/api/executions/{execution_id}/resend", json=everybody).status_code == 409


@pytest.mark.parametrize("format", ["csv", "excel", "exe", "..%2Fsecret"])
def test_a_file_that_is_not_there_is_not_found(api: TestClient, execution_id: str, format: str) -> None:
    response = api.get(f"/api/executions/{execution_id}/files/{format}")
    assert response.status_code == 404
    assert api.get(f"/api/executions/{uuid4()}/files/{format}").status_code == 404


def test_what_became_of_a_mail_that_does_not_exist_cannot_be_said(api: TestClient) -> None:
    response = api.post(f"/api/deliveries/{uuid4()}/settle", json={"outcome": "sent"})
    assert (response.status_code, response.json()) == (404, {"detail": "There is no such mail."})


def test_health_is_public_and_503_without_a_worker(nobody: TestClient) -> None:
    response = nobody.get("/api/health")
    assert response.status_code == 503
    health = response.json()
    assert set(health) == {"status", "database", "queue", "worker", "version"}
    assert set(health["worker"]) == {"last_heartbeat", "alive"}
    assert health["worker"]["alive"] is False
    assert health["database"] == "ok"
