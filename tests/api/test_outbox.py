"""The mails of the local catcher over REST."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from core.schemas.accounts import Actor
from core.settings import get_settings
from tests.api.conftest import ClientOf, caught


@pytest.mark.usefixtures("alice")
def test_mails_are_listed_and_searched(api: TestClient) -> None:
    mail_id = caught("Weekly sales")
    caught("Stock", to="erin@example.test")
    listed = api.get("/api/outbox?search=weekly")
    assert listed.headers["x-total-count"] == "1"
    [mail] = listed.json()
    assert (mail["id"], mail["subject"], mail["attachments"]) == (mail_id, "Weekly sales", 1)
    assert mail["envelope"]["recipients"] == ["dana@example.test", "bcc@example.test"]
    assert mail["envelope"]["at"] == "2026-01-05T07:00:00Z"
    windows = [api.get(f"/api/outbox?offset={offset}&limit=1") for offset in (0, 1, 2)]
    assert [len(window.json()) for window in windows] == [1, 1, 0]
    assert {window.headers["x-total-count"] for window in windows} == {"2"}


def test_a_mail_is_read_as_it_was_sent(api: TestClient) -> None:
    mail = api.get(f"/api/outbox/{caught('Weekly sales')}").json()
    assert ["Subject", "Weekly sales"] in mail["headers"]
    assert mail["text"].strip() == "The figures are attached."
    assert mail["html"].strip() == "<p>The figures are attached.</p>"
    assert mail["attachments"] == [{"name": "sales.csv", "media_type": "text/csv", "size": 3}]


@pytest.mark.parametrize("mail_id", ["nonsense", "..%2Fsecret.key", "20260105T070000000000-00000000"])
def test_what_is_no_mail_is_not_found(api: TestClient, mail_id: str) -> None:
    assert api.get(f"/api/outbox/{mail_id}").status_code == 404


def test_a_mail_with_a_link_to_an_account_is_for_administrators(
    api: TestClient, client_of: ClientOf, admin: Actor
) -> None:
    mail_id = caught("Choose a password", private=True)
    assert api.get("/api/outbox").json() == []
    assert api.get(f"/api/outbox/{mail_id}").status_code == 404
    assert client_of(admin).get(f"/api/outbox/{mail_id}").status_code == 200


def test_administrators_alone_clear_it(api: TestClient, client_of: ClientOf, admin: Actor) -> None:
    caught("Weekly sales")
    assert api.delete("/api/outbox").status_code == 404
    assert api.get("/api/outbox").headers["x-total-count"] == "1"
    assert client_of(admin).delete("/api/outbox").status_code == 204
    assert api.get("/api/outbox").json() == []


def test_without_the_catcher_there_is_no_outbox(
    client_of: ClientOf, admin: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail_id, ada = caught("Weekly sales"), client_of(admin)
    monkeypatch.setenv("ROOSTER_MAIL_CATCHER", "0")
    get_settings.cache_clear()
    asked = [ada.get("/api/outbox"), ada.get(f"/api/outbox/{mail_id}"), ada.delete("/api/outbox")]
    assert [answer.status_code for answer in asked] == [404] * 3
    assert "ROOSTER_MAIL_CATCHER" in asked[0].json()["detail"]
