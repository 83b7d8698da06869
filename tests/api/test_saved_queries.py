"""Saved queries and dashboards over REST."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient


def test_it_creates_and_shows_a_query(api: TestClient, query: dict[str, Any]) -> None:
    assert {"id", "name", "description", "data_source_id", "sql", "parameters", "presentation"} <= set(query)
    assert query["parameters"] == [{"name": "region", "type": "text", "default": "North"}]
    assert api.get(f"/api/saved-queries/{query['id']}").json() == query
    assert api.get("/api/saved-queries").json() == [query]


def test_it_previews_the_first_rows(api: TestClient, query: dict[str, Any]) -> None:
    body = {"parameters": {"region": "East"}, "limit": 2}
    response = api.post(f"/api/saved-queries/{query['id']}/preview", json=body)
    assert response.status_code == 200
    preview = response.json()
    assert [column["name"] for column in preview["columns"]] == ["day", "region", "amount"]
    assert preview["rows"] == [["2026-01-05", "East", 103.5], ["2026-01-06", "East", 110.5]]
    assert preview["truncated"] is True
    assert preview["elapsed_ms"] >= 0


@pytest.mark.parametrize("sql", ["SELECT 1e999 AS n", "SELECT NULL AS n", "SELECT x'00ff' AS n", "SELECT -1e999 AS n"])
def test_a_preview_of_strange_values_is_still_json(api: TestClient, source: dict[str, Any], sql: str) -> None:
    body = {"name": "Strange", "data_source_id": source["id"], "sql": sql}
    strange = api.post("/api/saved-queries", json=body).json()
    response = api.post(f"/api/saved-queries/{strange['id']}/preview", json={})
    assert response.status_code == 200
    assert len(response.json()["rows"]) == 1


def test_a_preview_tells_what_the_database_said(api: TestClient, source: dict[str, Any]) -> None:
    body = {"name": "Wrong", "data_source_id": source["id"], "sql": "SELECT nothing_like_it FROM sales"}
    wrong = api.post("/api/saved-queries", json=body).json()
    response = api.post(f"/api/saved-queries/{wrong['id']}/preview", json={})
    assert response.status_code == 400
    assert "nothing_like_it" in response.json()["detail"]


def test_a_preview_names_a_wrong_parameter(api: TestClient, query: dict[str, Any]) -> None:
    response = api.post(f"/api/saved-queries/{query['id']}/preview", json={"parameters": {"regiom": "East"}})
    assert response.status_code == 422
    assert "regiom" in response.json()["detail"][0]["msg"]


def test_it_changes_a_part(api: TestClient, query: dict[str, Any]) -> None:
    response = api.put(f"/api/saved-queries/{query['id']}", json={"description": "By region"})
    assert response.status_code == 200
    assert response.json() == {
        **query,
        "description": "By region",
        "version": 2,
        "updated_at": response.json()["updated_at"],
    }


def test_it_keeps_a_query_that_a_report_uses(api: TestClient, query: dict[str, Any], report: dict[str, Any]) -> None:
    response = api.delete(f"/api/saved-queries/{query['id']}")
    assert response.status_code == 409
    assert report["name"] in response.json()["detail"]


def test_a_dashboard_has_its_tiles_in_order(api: TestClient, dashboard: dict[str, Any], query: dict[str, Any]) -> None:
    tile = dashboard["tiles"][0]
    assert {name: tile[name] for name in ("saved_query_id", "title", "chart", "x", "y")} == {
        "saved_query_id": query["id"],
        "title": "Revenue",
        "chart": "line",
        "x": "day",
        "y": "amount",
    }
    tiles = [{"saved_query_id": query["id"], "title": title, "chart": "table"} for title in ("A", "B")]
    response = api.put(f"/api/dashboards/{dashboard['id']}", json={"tiles": tiles})
    assert response.status_code == 200
    assert [tile["title"] for tile in response.json()["tiles"]] == ["A", "B"]
    assert api.get("/api/dashboards").headers["x-total-count"] == "1"


def test_a_dashboard_refuses_an_unknown_chart_and_a_query_out_of_reach(
    api: TestClient, stranger: TestClient, query: dict[str, Any]
) -> None:
    tile = {"saved_query_id": query["id"], "chart": "cake"}
    assert api.post("/api/dashboards", json={"name": "X", "tiles": [tile]}).status_code == 422
    tile["chart"] = "table"
    assert stranger.post("/api/dashboards", json={"name": "X", "tiles": [tile]}).status_code == 404


def test_a_dashboard_is_deleted(api: TestClient, dashboard: dict[str, Any]) -> None:
    assert api.delete(f"/api/dashboards/{dashboard['id']}").status_code == 204
    assert api.get(f"/api/dashboards/{dashboard['id']}").status_code == 404
