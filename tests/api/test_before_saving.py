"""Trying out what is not saved: a database, a query, the mail of a report."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from core.schemas.accounts import Actor
from tests.api.conftest import ClientOf, made
from tests.factories import make_email_config
from tests.fixtures_database import add_person

SQL = "SELECT region, amount FROM sales WHERE region = :region ORDER BY amount"
REGION = {"name": "region", "type": "text", "default": "North"}


def test_a_url_is_tested_before_it_is_saved(api: TestClient, source_url: str) -> None:
    answer = api.post("/api/data-sources/test", json={"url": source_url})
    assert answer.status_code == 200
    assert answer.json()["ok"] is True
    assert api.get("/api/data-sources").json() == []


def test_a_url_that_leads_nowhere_is_an_answer_and_no_error(api: TestClient, tmp_path: Path) -> None:
    answer = api.post("/api/data-sources/test", json={"url": f"sqlite:///{tmp_path / 'none.db'}"})
    assert (answer.status_code, answer.json()["ok"]) == (200, False)
    assert answer.json()["detail"]


def test_the_mask_in_a_url_means_the_password_of_ones_own_source_alone(api: TestClient, stranger: TestClient) -> None:
    url = "postgresql://reader:s3cret-word@127.0.0.1:1/sales"
    source = made(api, "/api/data-sources", {"name": "Sales", "url": url})
    body = {"url": source["url"], "data_source_id": source["id"]}
    asked = api.post("/api/data-sources/test", json=body)
    assert (asked.status_code, asked.json()["ok"]) == (200, False)
    assert "s3cret-word" not in asked.text
    assert stranger.post("/api/data-sources/test", json=body).status_code == 404
    elsewhere = {**body, "url": source["url"].replace("127.0.0.1", "127.0.0.2")}
    assert api.post("/api/data-sources/test", json=elsewhere).status_code == 422


def test_sql_is_tried_out_before_it_is_saved(api: TestClient, source: dict[str, Any]) -> None:
    body = {"data_source_id": source["id"], "sql": SQL, "parameters": [REGION], "limit": 2}
    by_default = api.post("/api/saved-queries/preview", json=body)
    assert by_default.status_code == 200
    assert {region for region, _ in by_default.json()["rows"]} == {"North"}
    by_value = api.post("/api/saved-queries/preview", json={**body, "values": {"region": "East"}}).json()
    assert by_value["rows"] == [["East", 103.5], ["East", 110.5]]
    assert (by_value["truncated"], [column["name"] for column in by_value["columns"]]) == (True, ["region", "amount"])
    assert api.get("/api/saved-queries").json() == []


def test_sql_is_refused_in_words(api: TestClient, source: dict[str, Any]) -> None:
    wrong = api.post("/api/saved-queries/preview", json={"data_source_id": source["id"], "sql": "SELECT nothing_like"})
    assert (wrong.status_code, "nothing_like" in wrong.json()["detail"]) == (400, True)
    unknown = {"data_source_id": source["id"], "sql": SQL, "parameters": [REGION], "values": {"regiom": "East"}}
    refused = api.post("/api/saved-queries/preview", json=unknown)
    assert refused.status_code == 422
    assert "regiom" in refused.json()["detail"][0]["msg"]


def test_other_peoples_sources_are_tried_out_by_nobody(
    stranger: TestClient, source: dict[str, Any], query: dict[str, Any]
) -> None:
    body = {"data_source_id": source["id"], "sql": "SELECT 1 AS one"}
    assert stranger.post("/api/saved-queries/preview", json=body).status_code == 404
    assert stranger.post("/api/saved-queries/preview", json={**body, "saved_query_id": query["id"]}).status_code == 404


def test_the_mail_of_a_report_is_seen_before_it_is_saved(
    api: TestClient, alice: Actor, report_body: dict[str, Any]
) -> None:
    make_email_config(alice)
    words = {"email_subject": "Sales of {{ report.name }}", "email_body": "Good *morning*."}
    answer = api.post("/api/scheduled-reports/mail-preview", json={**report_body, **words})
    assert answer.status_code == 200, answer.text
    mail = answer.json()
    assert set(mail) == {"subject", "html", "text"}
    assert mail["subject"] == "Sales of Weekly sales"
    assert "<em>morning</em>" in mail["html"]
    assert "morning" in mail["text"]
    assert api.get("/api/scheduled-reports").json() == []
    assert api.get("/api/executions").json() == []


def test_the_preview_of_a_saved_report_names_it_and_is_its_readers_alone(
    api: TestClient, stranger: TestClient, report: dict[str, Any], report_body: dict[str, Any]
) -> None:
    path = f"/api/scheduled-reports/mail-preview?report_id={report['id']}"
    assert api.post(path, json=report_body).status_code == 200
    assert stranger.post(path, json=report_body).status_code == 404


@pytest.mark.parametrize(("change", "status"), [({"email_body": "{{ nothing_like_it }}"}, 422), ({"formats": []}, 422)])
def test_a_mail_that_cannot_be_made_is_refused_in_words(
    api: TestClient, report_body: dict[str, Any], change: dict[str, Any], status: int
) -> None:
    answer = api.post("/api/scheduled-reports/mail-preview", json={**report_body, **change})
    assert (answer.status_code, bool(answer.json()["detail"])) == (status, True)


def test_a_viewer_tries_nothing_out(client_of: ClientOf, source_url: str) -> None:
    viewer = client_of(add_person("Vic", "viewer"))
    assert viewer.post("/api/data-sources/test", json={"url": source_url}).status_code == 403
