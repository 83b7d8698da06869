"""Two at once: a double click is one run, and of two edits none is lost without a word."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from starlette.testclient import TestClient

pytestmark = pytest.mark.usefixtures("database")

BASE = "/api/scheduled-reports"
NOUNS = ("data-sources", "saved-queries", "dashboards", "scheduled-reports")


def at_once(call: Callable[[int], Any], *, times: int) -> list[Any]:
    with ThreadPoolExecutor(times) as threads:
        return list(threads.map(call, range(times)))


@pytest.fixture
def things(
    source: dict[str, Any], query: dict[str, Any], dashboard: dict[str, Any], report: dict[str, Any]
) -> dict[str, dict[str, Any]]:
    return dict(zip(NOUNS, (source, query, dashboard, report), strict=True))


def test_one_key_is_one_run_however_many_ask_at_once(api: TestClient, report: dict[str, Any]) -> None:
    path = f"{BASE}/{report['id']}"
    answers = at_once(lambda _: api.post(f"{path}/run", headers={"idempotency-key": "click"}), times=8)
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json()["execution_id"] for answer in answers}) == 1
    assert api.get(f"{path}/executions").headers["x-total-count"] == "1"
    other = api.post(f"{path}/run", headers={"idempotency-key": "another"})
    assert other.json()["execution_id"] != answers[0].json()["execution_id"]


def test_of_edits_made_for_one_version_exactly_one_succeeds(api: TestClient, report: dict[str, Any]) -> None:
    path = f"{BASE}/{report['id']}"
    tag = api.get(path).headers["etag"]
    answers = at_once(lambda n: api.put(path, json={"name": f"Edit {n}"}, headers={"if-match": tag}), times=6)
    assert sorted(answer.status_code for answer in answers) == [200, *[412] * 5]
    winner = next(answer for answer in answers if answer.status_code == 200)
    assert api.get(path).json()["name"] == winner.json()["name"]
    loser = next(answer for answer in answers if answer.status_code == 412)
    assert "was changed by somebody else meanwhile" in loser.json()["detail"]


def test_without_a_tag_the_last_one_wins_and_each_counts(api: TestClient, report: dict[str, Any]) -> None:
    path = f"{BASE}/{report['id']}"
    answers = at_once(lambda n: api.put(path, json={"description": f"Edit {n}"}), times=6)
    assert {answer.status_code for answer in answers} == {200}
    assert sorted(answer.json()["version"] for answer in answers) == [2, 3, 4, 5, 6, 7]
    assert api.get(path).headers["etag"] == '"7"'


@pytest.mark.parametrize("noun", NOUNS)
def test_versions_travel_as_tags(api: TestClient, things: dict[str, dict[str, Any]], noun: str) -> None:
    path = f"/api/{noun}/{things[noun]['id']}"
    first = api.get(path).headers["etag"]
    changed = api.put(path, json={"name": "Changed"}, headers={"if-match": first})
    assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')
    for stale in (first, '"x"', "nonsense", '"999999999999"'):
        for method in ("put", "delete"):
            body = {"json": {"name": "Lost"}} if method == "put" else {}
            refused = api.request(method, path, headers={"if-match": stale}, **body)
            assert refused.status_code == 412, (method, stale)
            assert "'Changed'" in refused.json()["detail"]
    for tag in ('"2"', 'W/"3"', "*"):
        assert api.put(path, json={"name": "Changed"}, headers={"if-match": tag}).status_code == 200


def test_what_was_just_made_carries_its_tag(api: TestClient, report_body: dict[str, Any]) -> None:
    assert api.post(BASE, json=report_body).headers["etag"] == '"1"'


def test_edits_and_deletion_at_once_end_in_one_of_two_ways(api: TestClient, report_body: dict[str, Any]) -> None:
    made = [api.post(BASE, json={**report_body, "name": f"Report {n}"}).json()["id"] for n in range(3)]

    def do(n: int) -> int:
        path = f"{BASE}/{made[n // 2]}"
        return int((api.delete(path) if n % 2 else api.put(path, json={"name": "Late"})).status_code)

    answers = at_once(do, times=6)
    assert set(answers[1::2]) == {204}
    assert set(answers[0::2]) <= {200, 404}
    assert api.get(BASE).json() == []
