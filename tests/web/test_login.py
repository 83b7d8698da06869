"""Signing in and out with the form."""

from __future__ import annotations

import re

import httpx2
import pytest

from tests.fixtures_web import HTML, PASSWORD, WebServer, log_in


def cookie_flags(response: httpx2.Response, name: str) -> str:
    return next(value for value in response.headers.get_list("set-cookie") if value.startswith(f"{name}="))


def test_it_signs_in_and_returns_to_the_page_that_was_asked_for(web_server: WebServer) -> None:
    client = web_server.client()
    asked = client.get("/schedules?id=7", headers=HTML)
    target = httpx2.URL(asked.headers["location"]).params["next"]
    response = log_in(client, "DANA@example.test", target=target)
    assert (response.status_code, response.headers["location"]) == (303, "/schedules?id=7")
    assert client.get("/schedules?id=7", headers=HTML).status_code == 200
    assert client.get("/login?next=/queries").headers["location"] == "/queries"


def test_its_cookie_cannot_be_read_by_scripts_or_sent_by_other_sites(web_server: WebServer) -> None:
    response = log_in(web_server.client(), "dana@example.test")
    flags = cookie_flags(response, "rooster_session").lower()
    assert "httponly" in flags
    assert "samesite=lax" in flags
    assert "max-age=43200" in flags
    assert "secure" not in flags, "the base URL of this server is plain http"
    assert "samesite=strict" in cookie_flags(response, "rooster_csrf").lower()


def test_it_says_the_same_for_a_wrong_password_and_an_unknown_person(web_server: WebServer) -> None:
    texts = set()
    for email in ("vic@example.test", "nobody@example.test"):
        response = log_in(web_server.client(), email, "wrong password")
        assert response.status_code == 401
        assert "rooster_session" not in response.cookies
        texts.add(re.search(r'role="alert"[^>]*>([^<]+)<', response.text).group(1))  # type: ignore[union-attr]
    assert texts == {"The e-mail address or the password is wrong."}


def test_it_refuses_a_form_of_another_site(web_server: WebServer) -> None:
    client = web_server.client()
    data = {"email": "dana@example.test", "password": PASSWORD, "next": "/"}
    assert client.post("/login", data=data).status_code == 403
    client.get("/login")
    assert client.post("/login", data={**data, "csrf": "guessed"}).status_code == 403
    assert "rooster_session" not in client.cookies


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https://evil.example/",
        "javascript:alert(1)",
        "/\t/evil.example",
        "/\n/evil.example",
        " /schedules",
        "schedules",
        "/login",
        "/logout",
        "/api/auth/me",
        "",
    ],
)
def test_it_follows_no_trap_after_the_login(web_server: WebServer, target: str) -> None:
    email = "dana@example.test"
    assert log_in(web_server.client(), email, target=target).headers["location"] == "/"


def test_it_shows_what_was_typed_as_text(web_server: WebServer) -> None:
    response = log_in(web_server.client(), '"><script>alert(1)</script>', "wrong")
    assert "<script" not in response.text
    policy = response.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert response.headers["x-frame-options"] == "DENY"


def test_it_pauses_after_ten_failures_and_says_for_how_long(web_server: WebServer) -> None:
    email = web_server.add_person("guessed")
    for _ in range(10):
        log_in(web_server.client(), email, "wrong")
    response = log_in(web_server.client(), email)
    web_server.forget_failures()
    assert response.status_code == 429
    assert re.search(r"Try again in \d+ minutes?\.", response.text)
    assert int(response.headers["retry-after"]) > 0
    assert f'value="{email}"' in response.text


def test_it_gives_a_new_session_at_each_login(web_server: WebServer, dana: httpx2.Client) -> None:
    before = dana.cookies["rooster_session"]
    dana.cookies.set("rooster_login", "kept", path="/login")
    form = {"csrf": _login_token(web_server, dana), "email": "dana@example.test", "password": PASSWORD, "next": "/"}
    assert dana.post("/login", data=form).status_code == 303
    assert dana.cookies["rooster_session"] != before
    stale = web_server.client()
    stale.cookies.set("rooster_session", before)
    assert stale.get("/").status_code == 401


def test_it_signs_out_by_the_form_alone(dana: httpx2.Client) -> None:
    page = dana.get("/logout", headers=HTML)
    assert dana.get("/", headers=HTML).status_code == 200, "a link ends no session"
    assert dana.post("/logout", data={"csrf": "guessed"}).status_code == 403
    token = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert token
    kept = dana.cookies["rooster_session"]
    response = dana.post("/logout", data={"csrf": token.group(1)})
    assert (response.status_code, response.headers["location"]) == (303, "/login")
    assert "rooster_session" not in dana.cookies
    dana.cookies.set("rooster_session", kept)
    assert dana.get("/", headers=HTML).status_code == 303, "the old cookie is worth nothing"


def test_it_refuses_a_huge_form_before_reading_it(web_server: WebServer) -> None:
    response = web_server.client().post("/login", content=b"x" * 20_000)
    assert response.status_code == 413


def _login_token(web_server: WebServer, client: httpx2.Client) -> str:
    """The token that belongs to the cookie `rooster_login=kept`, as the form of nobody shows it."""
    page = web_server.client().get("/login", headers={"cookie": "rooster_login=kept"})
    found = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert found
    assert client.cookies
    return found.group(1)
