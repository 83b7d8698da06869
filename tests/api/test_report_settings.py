"""The settings of a report and the minimum sample of a query, over REST."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.api.conftest import made

BASE = "/api/scheduled-reports"
USUAL: dict[str, Any] = {
    "tags": [],
    "keep_thread": False,
    "dark_chart": True,
    "link_days": None,
    "failure_subject": None,
    "failure_body": None,
}
OTHERS: dict[str, Any] = {
    "tags": ["finance", "weekly"],
    "keep_thread": True,
    "dark_chart": False,
    "link_days": 90,
    "failure_subject": "{{ error.title }}",
    "failure_body": "{{ error.detail }} Next: {{ next_try }}",
}


def settings_of(report: dict[str, Any]) -> dict[str, Any]:
    return {name: report[name] for name in USUAL}


def test_a_client_that_knows_none_of_them_gets_the_usual_ones(report: dict[str, Any]) -> None:
    assert settings_of(report) == USUAL


def test_they_are_made_read_changed_and_taken_back(api: TestClient, report_body: dict[str, Any]) -> None:
    report = made(api, BASE, {**report_body, **OTHERS})
    assert settings_of(report) == OTHERS
    path = f"{BASE}/{report['id']}"
    assert settings_of(api.get(path).json()) == OTHERS
    assert settings_of(api.put(path, json={"name": "Renamed"}).json()) == OTHERS
    assert settings_of(api.put(path, json=USUAL).json()) == USUAL


@pytest.mark.parametrize(
    ("change", "location"),
    [
        ({"tags": ["a,b"]}, ["body", "tags", 0]),
        ({"tags": "finance"}, ["body", "tags"]),
        ({"keep_thread": "yes"}, ["body", "keep_thread"]),
        ({"dark_chart": 1}, ["body", "dark_chart"]),
        ({"link_days": 0}, ["body", "link_days"]),
        ({"link_days": 91}, ["body", "link_days"]),
    ],
)
def test_nonsense_is_refused_where_it_stands(
    api: TestClient, report_body: dict[str, Any], change: dict[str, Any], location: list[Any]
) -> None:
    answer = api.post(BASE, json={**report_body, **change})
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"] == location


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"failure_body": "{{ error.tittle }}"}, "Did you mean `error.title`?"),
        ({"failure_subject": "{{ kpis }}"}, "A run that failed has no data"),
        ({"email_body": "{{ next_try }}"}, "works in the failure notice only"),
    ],
)
def test_words_that_cannot_work_are_refused_with_a_suggestion(
    api: TestClient, report: dict[str, Any], change: dict[str, str], words: str
) -> None:
    answer = api.put(f"{BASE}/{report['id']}", json=change)
    assert answer.status_code == 422
    assert words in answer.text


def test_the_list_is_filtered_by_a_tag(api: TestClient, stranger: TestClient, report_body: dict[str, Any]) -> None:
    for name, tags in (("One", ["finance"]), ("Two", ["finance", "board"]), ("Three", [])):
        made(api, BASE, {**report_body, "name": name, "tags": tags})
    found = api.get(BASE, params={"tag": "Finance", "sort": "created_at"})
    assert {report["name"] for report in found.json()} == {"One", "Two"}
    assert found.headers["X-Total-Count"] == "2"
    assert [report["name"] for report in api.get(BASE, params={"tag": "board"}).json()] == ["Two"]
    assert api.get(BASE, params={"tag": "fin"}).json() == []
    assert api.get(BASE, params={"tag": "x" * 101}).status_code == 422
    assert stranger.get(BASE, params={"tag": "finance"}).json() == []


def test_the_failure_notice_is_previewed(api: TestClient, stranger: TestClient, report_body: dict[str, Any]) -> None:
    body = {**report_body, "failure_subject": "{{ report.name }} is late", "failure_body": "**{{ error.detail }}**"}
    answer = api.post(f"{BASE}/mail-preview", params={"kind": "failure"}, json=body)
    assert answer.status_code == 200
    assert answer.json()["subject"] == f"{report_body['name']} is late"
    assert "<strong>" in answer.json()["html"]
    assert api.post(f"{BASE}/mail-preview", params={"kind": "other"}, json=body).status_code == 422
    assert stranger.post(f"{BASE}/mail-preview", params={"kind": "failure"}, json=body).status_code == 404
    wrong = {**body, "failure_body": "{{ rows }}"}
    assert api.post(f"{BASE}/mail-preview", params={"kind": "failure"}, json=wrong).status_code == 422


def test_a_query_has_a_minimum_sample(api: TestClient, query: dict[str, Any]) -> None:
    path = f"/api/saved-queries/{query['id']}"
    assert query["presentation"]["min_sample"] is None
    asked = {"min_sample": {"column": "amount", "least": 5}}
    assert api.put(path, json={"presentation": asked}).json()["presentation"]["min_sample"] == asked["min_sample"]
    assert api.put(path, json={"name": "Renamed"}).json()["presentation"]["min_sample"] == asked["min_sample"]
    assert api.put(path, json={"presentation": {}}).json()["presentation"]["min_sample"] is None


@pytest.mark.parametrize(
    "look",
    [
        {"min_sample": {"column": "amount"}},
        {"min_sample": {"column": "amount", "least": 0}},
        {"min_sample": {"column": "amount", "least": "5"}},
        {"min_sample": {"column": "amount", "least": 5}, "columns": {"amount": {"hidden": True}}},
    ],
)
def test_a_minimum_that_cannot_be_is_refused(api: TestClient, query: dict[str, Any], look: dict[str, Any]) -> None:
    assert api.put(f"/api/saved-queries/{query['id']}", json={"presentation": look}).status_code == 422
