"""What an administrator ends is closed at once, open sockets included, on a real server."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import httpx2
import pytest
from sqlalchemy.orm import Session
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

from core import clock
from core.models import User, UserSession
from core.schemas.accounts import Actor
from core.services import accounts, users
from core.services.people import to_actor
from tests.fixtures_web import PASSWORD, WebServer, run_page

# The sweep looks every three seconds; this is only how long a broken one is waited for.
_PATIENCE_S = 30
SIGNED_OUT = 4401


def closed_with(connection: ClientConnection) -> int | None:
    try:
        while True:
            connection.recv(timeout=_PATIENCE_S)
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd else None


def end_one(session: Session, ada: Actor, person: User) -> None:
    [row] = session.query(UserSession).filter_by(user_id=person.id).all()
    accounts.end_session(session, actor=ada, session_id=row.id)


def end_by_themselves(session: Session, _ada: Actor, person: User) -> None:
    accounts.end_other_sessions(session, actor=to_actor(person), keep=None)


def end_all(session: Session, ada: Actor, person: User) -> None:
    users.sign_out_everywhere(session, actor=ada, user_id=person.id)


def expire(session: Session, _ada: Actor, person: User) -> None:
    session.query(UserSession).filter_by(user_id=person.id).update({"expires_at": clock.now() - timedelta(seconds=1)})


@pytest.mark.parametrize("end", [end_one, end_by_themselves, end_all, expire])
def test_the_socket_closes(web_server: WebServer, end: Callable[[Session, Actor, User], None]) -> None:
    email = web_server.add_person(f"{end.__name__}-{web_server.port}".replace("_", "-"))
    client = web_server.signed_in(email)
    with web_server.connect(client) as socket:
        run_page(socket)
        with web_server.database() as session:
            ada = to_actor(session.query(User).filter_by(email="ada@example.test").one())
            end(session, ada, session.query(User).filter_by(email=email).one())
        assert closed_with(socket) == SIGNED_OUT
    assert client.get("/").status_code == 401


def test_switching_off_over_rest_closes_sockets_and_ends_both_kinds_of_token(web_server: WebServer) -> None:
    email = web_server.add_person(f"fired-{web_server.port}")
    client, script = web_server.signed_in(email), web_server.client()
    jwt = headers_of(script, email)
    token = script.post("/api/auth/tokens", json={"name": "export"}, headers=jwt).json()["token"]
    personal = {"authorization": f"Bearer {token}"}
    me = script.get("/api/auth/me", headers=personal).json()
    with web_server.connect(client) as socket:
        run_page(socket)
        ada = headers_of(script, "ada@example.test")
        response = script.put(f"/api/users/{me['id']}", json={"is_active": False}, headers=ada)
        assert response.status_code == 200
        assert script.get("/api/auth/me", headers=jwt).status_code == 401
        assert script.get("/api/auth/me", headers=personal).status_code == 401
        assert client.get("/").status_code == 401
        assert closed_with(socket) == SIGNED_OUT


def test_no_token_gets_into_the_log(web_server: WebServer) -> None:
    client = web_server.client()
    client.get("/api/auth/me?x=rst_0123456789abcdefghij")
    assert "rst_0123456789" not in web_server.log.read_text()


def headers_of(client: httpx2.Client, email: str) -> dict[str, str]:
    token = client.post("/api/auth/token", data={"username": email, "password": PASSWORD}).json()["access_token"]
    return {"authorization": f"Bearer {token}"}
