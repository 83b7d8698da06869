"""What a browser gets from which nobody has signed in."""

from __future__ import annotations

import re

import httpx2
import pytest

from tests.fixtures_web import HTML, WebServer

CLOSED = (
    "/",
    "/schedules",
    "/metrics",
    "/_stcore/health",
    "/_stcore/host-config",
    "/_stcore/metrics",
    "/_stcore/agent/mcp",
    "/media/abc.png",
    "/component/x/y.js",
    "/app/static/logo.svg",
    "/static/",
    "/static/js/../../index.html",
    "/files/0b7e0a1c-9b7a-4a5c-8f3e-6a3b4a2f9c11/excel",
    "/preview/mail/abc",
    "/preview/outbox/abc",
    "/preview/execution/0b7e0a1c-9b7a-4a5c-8f3e-6a3b4a2f9c11",
    "/auth/login",
    "/oauth2callback",
    "/logout",
    "/d",
    "/d/",
    "/d/abc/def",
    "/d/a.b",
    "/u",
    "/u/",
    "/u/abc/def",
)
API = (
    "/api",
    "/api/",
    "/api/auth/me",
    "/api/docs",
    "/api/openapi.json",
    "/api/executions",
    "/api/health/",
    "/api/nothing",
)
TRICKS = (
    "//login",
    "/login/",
    "/LOGIN",
    "/Login",
    "/%2e%2e/login",
    "/login/..",
    "/login/../schedules",
    "/login%2f..%2fschedules",
    "/login;x=1",
    "/login/other.css",
    "/api//health",
    "/API/health",
    "/api/health/../auth/me",
    "/static/js/..%2f..%2findex.js",
)


@pytest.mark.parametrize("path", [*CLOSED, *TRICKS])
def test_it_answers_401_in_plain_text_to_a_script(web_server: WebServer, path: str) -> None:
    status, media_type, body = web_server.raw_get(path)
    assert status == 401
    assert media_type.startswith("application/json" if path.startswith("/api/") else "text/plain")
    assert len(body) < 200


@pytest.mark.parametrize("path", API)
def test_it_answers_the_api_in_json(web_server: WebServer, path: str) -> None:
    response = web_server.client().get(path)
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == "Bearer"
    assert list(response.json()) == ["detail"]


@pytest.mark.parametrize("method", ["PUT", "DELETE", "POST", "PATCH"])
@pytest.mark.parametrize("path", ["/_stcore/upload_file/a/b", "/_stcore/agent/mcp", "/schedules", "/static/js/a.js"])
def test_it_refuses_to_change_anything(web_server: WebServer, method: str, path: str) -> None:
    assert web_server.client().request(method, path, content=b"x").status_code == 401


def test_it_sends_a_navigation_to_the_login_page_and_back(web_server: WebServer) -> None:
    response = web_server.client().get("/schedules?id=7&tab=a%26b", headers=HTML)
    assert response.status_code == 303
    assert response.headers["location"] == "/login?next=%2Fschedules%3Fid%3D7%26tab%3Da%2526b"


def test_it_leads_a_reader_of_the_documentation_to_the_login_page(web_server: WebServer) -> None:
    response = web_server.client().get("/api/docs", headers=HTML)
    assert response.status_code == 303
    assert web_server.client().get("/api/auth/me", headers=HTML).status_code == 401


@pytest.mark.parametrize("name", ["style.css", "logo.svg", "favicon.svg", "inter.woff2"])
def test_it_serves_what_the_login_page_needs(web_server: WebServer, name: str) -> None:
    assert web_server.client().get(f"/login/{name}").status_code == 200


def test_it_serves_the_bundles_of_the_framework(web_server: WebServer, dana: httpx2.Client) -> None:
    page = dana.get("/").text
    bundle = re.search(r'src="\.(/static/js/[^"]+)"', page)
    assert bundle
    response = web_server.client().get(bundle.group(1))
    assert response.status_code == 200
    assert "immutable" in response.headers["cache-control"]


@pytest.mark.parametrize("path", ["/static/js/x.js", "/static/css/none.css", "/static/media/logo.svg"])
def test_it_has_no_page_under_the_name_of_a_bundle_that_does_not_exist(
    web_server: WebServer, dana: httpx2.Client, path: str
) -> None:
    for client in (web_server.client(), dana):
        response = client.get(path, headers=HTML)
        assert (response.status_code, response.text) == (404, "Nothing is here.")


@pytest.mark.parametrize("path", ["/api/email-config/presets", "/api/health"])
def test_it_lets_everybody_ask_what_is_public(web_server: WebServer, path: str) -> None:
    assert web_server.client().get(path).status_code in (200, 503)


@pytest.mark.parametrize("path", ["/d/abc", "/u/abc"])
def test_a_broken_link_of_a_mail_is_explained_without_a_login(web_server: WebServer, path: str) -> None:
    response = web_server.client().get(path, headers=HTML)
    assert response.status_code == 404
    assert "This link is not complete" in response.text
    assert "set-cookie" not in response.headers


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_a_link_to_a_file_is_only_read(web_server: WebServer, method: str) -> None:
    assert web_server.client().request(method, "/d/abc", content=b"x").status_code == 401
