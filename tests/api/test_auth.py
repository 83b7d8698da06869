"""Tokens and sessions at the door of the API."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import jwt
import pytest
from sqlalchemy import update
from starlette.testclient import TestClient

from core import clock
from core.database import session_scope
from core.models import User
from core.schemas.accounts import Actor
from core.services import accounts
from core.services.keys import key_ring
from tests.fixtures_database import PASSWORD

FORM = {"username": "alice@example.test", "password": PASSWORD}


def test_it_gives_a_token_that_opens_the_api(nobody: TestClient, alice: Actor) -> None:
    response = nobody.post("/api/auth/token", data=FORM)
    assert response.status_code == 200
    token = response.json()
    assert set(token) == {"access_token", "token_type", "expires_in"}
    assert token["token_type"] == "bearer"
    me = nobody.get("/api/auth/me", headers={"authorization": f"Bearer {token['access_token']}"}).json()
    assert (me["id"], me["email"], me["name"]) == (str(alice.id), "alice@example.test", "Alice")
    assert not {"password", "password_hash"} & set(me)


def test_it_refuses_a_wrong_password_and_an_unknown_person_alike(nobody: TestClient, alice: Actor) -> None:
    wrong = nobody.post("/api/auth/token", data={**FORM, "password": "wrong password"})
    unknown = nobody.post("/api/auth/token", data={**FORM, "username": f"{alice.id}@example.test"})
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json() == unknown.json()


def test_it_tells_how_long_to_wait_after_too_many_failures(nobody: TestClient, alice: Actor) -> None:
    for _ in range(10):
        nobody.post("/api/auth/token", data={**FORM, "username": alice.email, "password": "wrong password"})
    response = nobody.post("/api/auth/token", data=FORM)
    assert response.status_code == 429
    assert int(response.headers["retry-after"]) > 0
    assert isinstance(response.json()["detail"], str)


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Bearer nonsense", "Basic YTpi", "nonsense", ""])
def test_it_refuses_what_is_no_token(nobody: TestClient, header: str) -> None:
    response = nobody.get("/api/auth/me", headers={"authorization": header})
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == "Bearer"


def test_it_refuses_forged_and_old_tokens(nobody: TestClient, alice: Actor) -> None:
    claims = {"sub": str(alice.id), "jti": "x", "exp": clock.now() + timedelta(hours=1)}
    key = key_ring().derive("jwt")
    forged = [
        jwt.encode(claims, key_ring().derive("cookies"), algorithm="HS256"),
        jwt.encode(claims, "", algorithm="none"),
        jwt.encode({**claims, "exp": clock.now() - timedelta(seconds=1)}, key, algorithm="HS256"),
        jwt.encode({**claims, "sub": str(uuid4())}, key, algorithm="HS256"),
        jwt.encode({name: claims[name] for name in ("sub", "jti")}, key, algorithm="HS256"),
    ]
    for token in forged:
        assert nobody.get("/api/auth/me", headers={"authorization": f"Bearer {token}"}).status_code == 401


def test_a_token_ends_with_the_account(api: TestClient) -> None:
    assert api.get("/api/auth/me").status_code == 200
    with session_scope() as session:
        session.execute(update(User).values(is_active=False))
    assert api.get("/api/auth/me").status_code == 401


def test_a_session_reads_freely_and_writes_with_its_csrf_token_only(nobody: TestClient, alice: Actor) -> None:
    with session_scope() as session:
        signed_in = accounts.create_session(session, user_id=alice.id, ip="", user_agent="")
    nobody.cookies.set("rooster_session", signed_in.token)
    assert nobody.get("/api/auth/me").status_code == 200
    body = {"schedule_config": {"type": "daily", "time": "07:00"}}
    for headers in ({}, {"x-csrf-token": "guessed"}, {"x-csrf-token": signed_in.token}):
        assert nobody.post("/api/schedule/preview", json=body, headers=headers).status_code == 403
    headers = {"x-csrf-token": signed_in.csrf}
    assert nobody.post("/api/schedule/preview", json=body, headers=headers).status_code == 200


def test_a_bad_token_is_not_healed_by_a_session(nobody: TestClient, alice: Actor) -> None:
    with session_scope() as session:
        signed_in = accounts.create_session(session, user_id=alice.id, ip="", user_agent="")
    nobody.cookies.set("rooster_session", signed_in.token)
    assert nobody.get("/api/auth/me", headers={"authorization": "Bearer nonsense"}).status_code == 401
