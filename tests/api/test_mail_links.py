"""The links in mails, through the real wall: a file and the end of the mails, for people without an account."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from core import clock
from core.database import read_scope, session_scope
from core.models import Delivery, GeneratedFile
from core.schemas.accounts import Actor
from core.services import unsubscribe
from core.services.download_links import link_to
from tests.factories import make_email_config
from tests.ledger import house

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def report_id(alice: Actor, source_url: str) -> uuid.UUID:
    make_email_config(alice)
    return house.add_report(alice, source_url, recipients=["dana@example.test", "kim@example.test"])


@pytest.fixture
def run_id(alice: Actor, report_id: uuid.UUID) -> uuid.UUID:
    """A run whose file a mail links to for a week."""
    run_id = house.queue_run(alice, report_id)
    house.InlineChild(run_id, house.claim(run_id).fence)
    change(run_id, linked_until=clock.now() + timedelta(days=7))
    return run_id


@pytest.fixture
def link(run_id: uuid.UUID) -> str:
    return path_to(run_id, until=timedelta(days=7))


@pytest.fixture
def stop(report_id: uuid.UUID) -> str:
    return unsubscribe.stop_url(report_id, "dana@example.test").partition("8501")[2]


def path_to(run_id: uuid.UUID, *, until: timedelta) -> str:
    url = link_to(run_id, fence=1, format="csv", part=1, until=clock.now() + until)
    return url.partition("8501")[2]


def change(run_id: uuid.UUID, **values: object) -> None:
    with session_scope() as session:
        row = session.query(GeneratedFile).filter_by(execution_id=run_id).one()
        for name, value in values.items():
            setattr(row, name, value)


def statuses() -> set[str]:
    with read_scope() as session:
        return {mail.status for mail in session.query(Delivery).all() if mail.recipient == "dana@example.test"}


def test_a_link_gives_the_file_with_its_name_and_runs_nothing(nobody: TestClient, link: str, run_id: uuid.UUID) -> None:
    answer = nobody.get(link)
    assert answer.status_code == 200
    with read_scope() as session:
        row = session.query(GeneratedFile).filter_by(execution_id=run_id).one()
        assert hashlib.sha256(answer.content).hexdigest() == row.sha256
        assert f'attachment; filename="{row.name}"' in answer.headers["content-disposition"]
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-robots-tag"] == "noindex"
    assert answer.headers["cache-control"] == "private, no-store"
    assert "set-cookie" not in answer.headers


def test_head_tells_the_size_and_a_broken_download_goes_on(nobody: TestClient, link: str) -> None:
    whole = nobody.get(link)
    head = nobody.head(link)
    assert (head.status_code, head.content) == (200, b"")
    assert int(head.headers["content-length"]) == len(whole.content)
    rest = nobody.get(link, headers={"range": "bytes=10-"})
    assert (rest.status_code, rest.content) == (206, whole.content[10:])


@pytest.mark.parametrize(
    ("spoil", "status", "words"),
    [
        (lambda link, _run: link[:-1], 404, "This link is not complete"),
        (lambda link, _run: link.replace("/d/", "/d/A"), 404, "This link is not complete"),
        (lambda _link, run: path_to(run, until=timedelta(seconds=-1)), 410, "This link is over"),
        (lambda link, run: change(run, link_revoked_at=clock.now()) or link, 410, "This link was withdrawn"),
        (lambda link, run: change(run, deleted_at=clock.now()) or link, 410, "This file is not here any more"),
        (lambda _link, _run: path_to(uuid.uuid4(), until=timedelta(days=1)), 410, "This file is not here any more"),
    ],
    ids=["cut", "tampered", "expired", "revoked", "deleted", "no such run"],
)
def test_a_link_that_works_no_more_says_why_and_what_to_do(
    nobody: TestClient, link: str, run_id: uuid.UUID, spoil: Callable[..., str], status: int, words: str
) -> None:
    answer = nobody.get(spoil(link, run_id))
    assert answer.status_code == status
    assert words in answer.text
    assert "mail" in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert nobody.head(spoil(link, run_id)).status_code == status


def test_looking_at_the_stop_link_stops_nothing(nobody: TestClient, stop: str, run_id: uuid.UUID) -> None:
    for _ in range(30):
        page = nobody.get(stop)
    assert nobody.head(stop).status_code == page.status_code == 200
    assert "dana@example.test" in page.text
    assert "Daily sales" in page.text
    assert f'action="{stop}"' in page.text
    assert (
        statuses(),
        "dana@example.test" in house.report(house.execution(run_id).scheduled_report_id).recipients,
    ) == (
        {"pending"},
        True,
    )


def test_one_click_needs_neither_cookie_nor_login_and_may_come_twice(
    nobody: TestClient, stop: str, run_id: uuid.UUID
) -> None:
    for _ in range(2):
        answer = nobody.post(stop, data=ONE_CLICK)
        assert answer.status_code == 200
        assert "You get no more of these mails" in answer.text
        assert "set-cookie" not in answer.headers
    assert statuses() == {"cancelled"}
    assert house.report(house.execution(run_id).scheduled_report_id).recipients == ["kim@example.test"]
    assert "You get none of these mails" in nobody.get(stop).text


def test_a_token_that_is_not_ours_stops_nothing(nobody: TestClient, stop: str, report_id: uuid.UUID) -> None:
    for wrong in (stop[:-1], "/u/" + "A" * 64):
        assert nobody.get(wrong).status_code == 404
        assert nobody.post(wrong, data=ONE_CLICK).status_code == 404
    assert len(house.report(report_id).recipients) == 2


def test_one_link_is_pressed_ten_times_in_a_quarter_of_an_hour_at_most(nobody: TestClient, stop: str) -> None:
    for _ in range(10):
        assert nobody.post(stop, data=ONE_CLICK).status_code == 200
    refused = nobody.post(stop, data=ONE_CLICK)
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) > 0


def test_the_body_of_a_click_is_small(nobody: TestClient, stop: str) -> None:
    assert nobody.post(stop, content=b"x" * 20_000).status_code == 413


def test_the_wall_lets_these_links_through_and_nothing_beside_them(nobody: TestClient, link: str, stop: str) -> None:
    closed = [
        "/d",
        "/d/",
        "/u",
        "/u/",
        f"{link}/",
        f"{link}/x",
        f"/x{link}",
        f"{stop}/x",
        f"{link}.csv",
        "/D/abc",
        "/U/abc",
    ]
    assert {path: nobody.get(path).status_code for path in closed} == dict.fromkeys(closed, 401)
    assert {nobody.request(method, link).status_code for method in ("POST", "PUT", "DELETE", "PATCH")} == {401}
    assert {nobody.request(method, stop).status_code for method in ("PUT", "DELETE", "PATCH")} == {401}


def test_links_are_revoked_over_rest_once(api: TestClient, nobody: TestClient, link: str, run_id: uuid.UUID) -> None:
    path = f"/api/executions/{run_id}"
    assert api.get(path).json()["links_until"].endswith("Z")
    answer = api.post(f"{path}/revoke-links")
    assert answer.status_code == 200, answer.text
    assert answer.json()["links_until"] is None
    assert nobody.get(link).status_code == 410
    assert api.post(f"{path}/revoke-links").status_code == 409
