"""What addresses may say, and HEAD: a mistyped filter is no list of everything, and headers come without their body."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from core.schemas.accounts import Actor
from tests.api.conftest import ClientOf


def faults(client: TestClient, path: str) -> list[dict[str, Any]]:
    response = client.get(path)
    assert response.status_code == 422, path
    found: list[dict[str, Any]] = response.json()["detail"]
    return found


def test_a_mistyped_filter_is_refused_with_those_that_exist(api: TestClient, execution_id: str) -> None:
    assert [run["id"] for run in api.get("/api/executions").json()] == [execution_id]
    [fault] = faults(api, "/api/executions?statuss=failed")
    assert fault["loc"] == ["query", "statuss"]
    assert "limit, offset, scheduled_report_id, since and status" in fault["msg"]


def test_each_unknown_parameter_is_named(api: TestClient) -> None:
    found = faults(api, "/api/scheduled-reports?page=2&q=sales")
    assert [fault["loc"] for fault in found] == [["query", "page"], ["query", "q"]]


@pytest.mark.parametrize("path", ["/api/executions?status=failed&status=success", "/api/dashboards?limit=1&limit=1"])
def test_a_parameter_that_is_given_twice_is_refused(api: TestClient, path: str) -> None:
    [fault] = faults(api, path)
    assert "given 2 times" in fault["msg"]


def test_an_operation_without_parameters_says_so(api: TestClient, nobody: TestClient, query: dict[str, Any]) -> None:
    assert "takes none" in faults(api, "/api/auth/me?verbose=1")[0]["msg"]
    assert faults(nobody, "/api/health?x=1")[0]["loc"] == ["query", "x"]
    unsaid = api.put(f"/api/saved-queries/{query['id']}?dry_run=1", json={"name": "Changed"})
    assert unsaid.status_code == 422
    assert api.get(f"/api/saved-queries/{query['id']}").json() == query


def test_a_long_or_strange_name_is_refused_in_a_few_words(api: TestClient) -> None:
    [fault] = faults(api, f"/api/executions?{'x' * 5000}%0A=1")
    assert len(str(fault)) < 600


@pytest.mark.parametrize("path", ["/api/executions", "/api/auth/me", "/api/openapi.json", "/api/docs"])
def test_head_answers_like_get_without_the_body(api: TestClient, path: str) -> None:
    asked, told = api.get(path), api.head(path)
    assert (told.status_code, told.content) == (200, b"")
    assert {**told.headers} == {**asked.headers}


def test_head_refuses_what_get_refuses(api: TestClient, nobody: TestClient, report: dict[str, Any]) -> None:
    assert api.head("/api/executions?statuss=failed").status_code == 422
    assert api.head(f"/api/dashboards/{report['id']}").status_code == 404
    assert nobody.head("/api/executions").status_code == 401
    assert api.head(f"/api/scheduled-reports/{report['id']}").headers["etag"] == '"1"'
    assert api.head(f"/api/scheduled-reports/{report['id']}/run").status_code == 405


def test_health_is_asked_with_head_by_load_balancers(nobody: TestClient) -> None:
    assert nobody.head("/api/health").status_code == nobody.get("/api/health").status_code == 503


@pytest.mark.parametrize("noun", ["data-sources", "saved-queries", "dashboards", "scheduled-reports"])
@pytest.mark.usefixtures("dashboard", "report")
def test_a_list_is_searched_by_name(api: TestClient, noun: str) -> None:
    [thing] = api.get(f"/api/{noun}").json()
    wanted = thing["name"][1:4].upper()
    found = api.get(f"/api/{noun}?search={wanted}")
    assert ([one["id"] for one in found.json()], found.headers["x-total-count"]) == ([thing["id"]], "1")
    assert api.get(f"/api/{noun}?search=nothing-like-it").json() == []
    assert api.get(f"/api/{noun}?search={'x' * 201}").status_code == 422


def test_people_are_searched_by_name_and_address(client_of: ClientOf, admin: Actor, alice: Actor) -> None:
    ada = client_of(admin)
    assert [one["id"] for one in ada.get("/api/users?search=alice@").json()] == [str(alice.id)]
