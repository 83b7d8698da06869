"""Rooster behind a real nginx with HTTPS, at a name of its own and below a path."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID, uuid4

import httpx2
import pytest
from playwright.sync_api import Browser, expect

from core.models import AuditEntry, UserSession
from tests.fixtures_proxy import CLIENT, NAME, Proxy, nginx
from tests.fixtures_web import HTML, PASSWORD, WebServer, serve
from tests.fixtures_worker import free_port
from tests.web.test_files_and_previews import CONTENT, stored_run

pytestmark = [pytest.mark.browser]
_PATIENCE_MS = 60_000


@dataclass(frozen=True, slots=True)
class Site:
    """`url` is what people type, without a slash at its end."""

    server: WebServer
    proxy: Proxy
    url: str
    execution_id: UUID


@pytest.fixture(scope="module", params=[("", "streamlit"), ("/reports", "streamlit"), ("/intern/reports", "uvicorn")])
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    base_path, launcher = request.param
    port, plain_port = free_port(), free_port()
    url = f"https://{NAME}:{port}{base_path}"
    variables = {"ROOSTER_BASE_URL": url, "ROOSTER_TRUSTED_PROXIES": "127.0.0.1"}
    folder = tmp_path_factory.mktemp("proxy")
    with (
        serve(folder, launcher, variables) as server,
        nginx(folder, port=port, plain_port=plain_port, upstream=server.port, base_path=base_path) as proxy,
    ):
        server.add_person("dana")
        yield Site(server, proxy, url, stored_run(server))


def sign_in(site: Site, client: httpx2.Client) -> httpx2.Response:
    form = client.get(f"{site.url}/login", params={"next": f"{site.server.base_path}/schedules"}, headers=HTML)
    token, target = (re.search(rf'name="{name}" value="([^"]+)"', form.text) for name in ("csrf", "next"))
    assert token, form.text
    assert target, form.text
    data = {"csrf": token[1], "next": target[1], "email": "dana@example.test", "password": PASSWORD}
    return client.post(f"{site.url}/login", data=data)


def test_signing_in_leads_on_and_sets_cookies_for_here_alone(site: Site) -> None:
    with site.proxy.client() as client:
        answer = sign_in(site, client)
        assert (answer.status_code, answer.headers["location"]) == (303, f"{site.server.base_path}/schedules")
        cookie = next(c for c in answer.headers.get_list("set-cookie") if c.startswith("rooster_session="))
        assert {"Secure", "HttpOnly", "SameSite=lax", f"Path={site.server.base_path or '/'}"} <= set(cookie.split("; "))
        assert client.get(f"{site.url}/api/auth/me").json()["email"] == "dana@example.test"


def test_a_stranger_is_led_to_the_login_and_back(site: Site) -> None:
    with site.proxy.client() as client:
        answer = client.get(f"{site.url}/history", headers=HTML)
        assert answer.status_code == 303
        assert answer.headers["location"] == (
            f"{site.server.base_path}/login?next={site.server.base_path.replace('/', '%2F')}%2Fhistory"
        )
        assert client.get(f"{site.url}/api/executions").status_code == 401
        assert client.get(f"{site.url}/_stcore/host-config").status_code == 401
        assert client.get(f"{site.url}/api/health").status_code in (200, 503)


def test_plain_http_leads_to_https_and_browsers_remember(site: Site) -> None:
    with site.proxy.client() as client:
        answer = client.get(f"http://{NAME}:{site.proxy.plain_port}/reports/login?next=x")
        assert (answer.status_code, answer.headers["location"]) == (308, f"{site.proxy.url}/reports/login?next=x")
        assert client.get(f"{site.url}/login").headers["strict-transport-security"].startswith("max-age=")


def test_a_file_comes_through_as_it_is(site: Site) -> None:
    with site.proxy.client() as client:
        sign_in(site, client)
        run = client.get(f"{site.url}/api/executions/{site.execution_id}").json()
        address = run["generated_files"]["csv"]["url"]
        assert address == f"{site.server.base_path}/files/{site.execution_id}/csv"
        answer = client.get(f"{site.proxy.url}{address}")
        assert (answer.status_code, answer.content) == (200, CONTENT)
        assert answer.headers["content-disposition"].startswith("attachment;")


def test_sessions_and_audit_hold_the_address_that_the_proxy_saw(site: Site) -> None:
    """What the client itself claims stands further left and does not count."""
    with site.proxy.client() as client:
        client.headers["x-forwarded-for"] = "198.51.100.99"
        sign_in(site, client)
    with site.server.database() as session:
        assert CLIENT in {row.ip for row in session.query(UserSession)}
        assert CLIENT in {row.ip for row in session.query(AuditEntry)}
        assert "198.51.100.99" not in {row.ip for row in session.query(UserSession)}
        assert "198.51.100.99" not in {row.ip for row in session.query(AuditEntry)}


def test_pages_live_on_their_socket_and_lead_to_each_other(site: Site, browser: Browser) -> None:
    context = browser.new_context(ignore_https_errors=True)
    context.set_default_timeout(_PATIENCE_MS)
    page = context.new_page()
    sockets: list[str] = []
    page.on("websocket", lambda socket: sockets.append(socket.url))
    page.goto(f"{site.url}/execution?id={site.execution_id}")
    page.get_by_label("E-mail address").fill("dana@example.test")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    link = page.locator(f'a[href$="/files/{site.execution_id}/csv"]').first
    expect(link).to_be_visible(timeout=_PATIENCE_MS)
    assert page.url == f"{site.url}/execution?id={site.execution_id}"
    assert sockets == [f"{site.url.replace('https', 'wss')}/_stcore/stream"]
    with page.expect_download() as download:
        link.evaluate("link => { link.target = '_self'; link.click() }")
    assert download.value.path().read_bytes() == CONTENT
    page.get_by_role("link", name="Schedules").click()
    expect(page).to_have_url(f"{site.url}/schedules", timeout=_PATIENCE_MS)
    page.reload()
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(f"{site.url}/login", timeout=_PATIENCE_MS)
    context.close()


def test_the_documentation_of_the_api_finds_its_parts(site: Site, browser: Browser) -> None:
    context = browser.new_context(ignore_https_errors=True)
    context.set_default_timeout(_PATIENCE_MS)
    page = context.new_page()
    page.goto(f"{site.url}/api/docs")
    page.get_by_label("E-mail address").fill("dana@example.test")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{site.url}/", timeout=_PATIENCE_MS)
    page.goto(f"{site.url}/api/docs")
    expect(page.get_by_text("/scheduled-reports", exact=True).first).to_be_visible(timeout=_PATIENCE_MS)
    context.close()


def test_beside_the_base_path_there_is_nothing(site: Site) -> None:
    if not site.server.base_path:
        return
    with httpx2.Client(base_url=f"http://127.0.0.1:{site.server.port}") as client:
        assert client.get("/login").status_code == 404
        assert client.get("/").headers["location"] == f"{site.server.base_path}/"
        assert client.get(f"/api/executions/{uuid4()}").status_code == 404


@pytest.mark.parametrize("launcher", ["streamlit", "uvicorn"])
def test_a_forged_address_from_a_peer_that_is_no_proxy_is_ignored(
    tmp_path_factory: pytest.TempPathFactory, launcher: str
) -> None:
    """By default no peer is believed, on this machine neither, whatever starts the server."""
    with serve(tmp_path_factory.mktemp("forged"), launcher) as server:
        server.add_person("dana")
        client = server.client()
        client.headers |= {"x-forwarded-for": "198.51.100.99", "x-forwarded-proto": "https"}
        token = client.post("/api/auth/token", data={"username": "dana@example.test", "password": PASSWORD})
        assert token.status_code == 200
        with server.database() as session:
            assert {row.ip for row in session.query(AuditEntry)} == {"127.0.0.1"}
