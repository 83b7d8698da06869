"""The socket of the pages: who gets one, as whom, and when it is closed."""

from __future__ import annotations

from datetime import timedelta

import httpx2
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection

from core import clock
from core.models import User
from tests.fixtures_web import WebServer, run_page

# The sweep looks every three seconds; this is only how long a broken one is waited for.
_PATIENCE_S = 30
SIGNED_OUT = 4401


def closed_with(connection: ClientConnection) -> int | None:
    try:
        while True:
            connection.recv(timeout=_PATIENCE_S)
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd else None


def test_it_refuses_a_socket_without_a_cookie(web_server: WebServer) -> None:
    with pytest.raises(InvalidStatus) as refused:
        web_server.connect()
    assert refused.value.response.status_code == 403


@pytest.mark.parametrize("cookie", ["rooster_session=", "rooster_session=guessed", "rooster_session", "a=b; =; \x22"])
def test_it_refuses_a_socket_with_a_made_up_cookie(web_server: WebServer, cookie: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        web_server.connect(headers={"Cookie": cookie})
    assert refused.value.response.status_code == 403


def test_it_refuses_a_socket_from_another_origin(web_server: WebServer, dana: httpx2.Client) -> None:
    with pytest.raises(InvalidStatus) as refused:
        web_server.connect(dana, headers={"Origin": "https://evil.example"})
    assert refused.value.response.status_code == 403


def test_it_refuses_a_bearer_token_as_a_key_to_the_pages(web_server: WebServer) -> None:
    form = {"username": "dana@example.test", "password": "correct horse battery"}
    token = web_server.client().post("/api/auth/token", data=form).json()["access_token"]
    authorization = {"Authorization": f"Bearer {token}"}
    with pytest.raises(InvalidStatus):
        web_server.connect(headers=authorization)
    assert web_server.client().get("/schedules", headers=authorization).status_code == 401


def test_it_ignores_identity_headers_of_the_client(web_server: WebServer) -> None:
    """Vic claims to be the administrator, in every spelling, and stays Vic."""
    vic = web_server.signed_in("vic@example.test")
    with web_server.connect(web_server.signed_in("ada@example.test")) as socket:
        assert "Ada" in str(run_page(socket))
    forged = {
        "X-App-User-Email": "ada@example.test",
        "x-app-user-name": "Ada",
        "X-App-User-Role": "admin",
        "X_App_Session": "1",
        "X-App-Session": "00000000-0000-0000-0000-000000000000",
    }
    with web_server.connect(vic, headers=forged) as socket:
        said = str(run_page(socket))
    assert "Vic" in said
    assert "Ada" not in said


def test_logging_out_closes_the_sockets_of_the_other_tabs(web_server: WebServer, dana: httpx2.Client) -> None:
    elsewhere = web_server.signed_in("dana@example.test")
    with web_server.connect(dana) as tab, web_server.connect(elsewhere) as other_browser:
        run_page(tab)
        response = dana.post("/logout", data={"csrf": dana.cookies["rooster_csrf"]})
        assert response.headers["location"] == "/login"
        assert closed_with(tab) == SIGNED_OUT
        assert run_page(other_browser), "another browser of the same person stays signed in"


def test_expiry_closes_the_socket(web_server: WebServer) -> None:
    email = web_server.add_person("expiring")
    client = web_server.signed_in(email)
    with web_server.connect(client) as socket:
        run_page(socket)
        web_server.change_sessions(email, expires_at=clock.now() - timedelta(seconds=1))
        assert closed_with(socket) == SIGNED_OUT
    with pytest.raises(InvalidStatus):
        web_server.connect(client)


def test_switching_a_person_off_closes_the_socket(web_server: WebServer) -> None:
    email = web_server.add_person("leaving")
    client = web_server.signed_in(email)
    with web_server.connect(client) as socket:
        run_page(socket)
        with web_server.database() as session:
            session.query(User).filter_by(email=email).update({"is_active": False})
        assert closed_with(socket) == SIGNED_OUT
    assert client.get("/").status_code == 401


def test_a_socket_that_the_browser_closes_leaves_nothing_behind(web_server: WebServer, dana: httpx2.Client) -> None:
    with web_server.connect(dana) as socket:
        run_page(socket)
    with web_server.connect(dana) as socket:
        assert run_page(socket)
    assert "Traceback" not in web_server.log.read_text()
