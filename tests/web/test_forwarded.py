"""What a proxy says is believed from the proxies of the settings, and dropped from everybody else."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from core.errors import SettingsError
from core.settings import get_settings, load_settings
from web.below import OnlyBelow
from web.forwarded import Forwarded, came_through_a_proxy

pytestmark = pytest.mark.usefixtures("settings")
SAID = {"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "reports.example.com"}


def trust(monkeypatch: pytest.MonkeyPatch, proxies: str) -> None:
    monkeypatch.setenv("ROOSTER_TRUSTED_PROXIES", proxies)
    get_settings.cache_clear()


def seen(headers: dict[str, str], *, peer: str = "10.0.0.5") -> dict[str, Any]:
    """What a route behind it sees of a request from this peer."""

    async def show(request: Request) -> JSONResponse:
        return JSONResponse(
            {
                "client": request.client.host if request.client else "",
                "url": str(request.url),
                "headers": sorted(name for name in request.headers if "forwarded" in name or name == "x-real-ip"),
                "came_through": came_through_a_proxy(request.scope),
            }
        )

    app = Starlette(routes=[Route("/", show)], middleware=[Middleware(Forwarded)])
    with TestClient(app, base_url="http://inside:8501", client=(peer, 50_000)) as browser:
        answer: dict[str, Any] = browser.get("/", headers=headers).json()
    return answer


def test_by_default_nobody_is_believed() -> None:
    found = seen({**SAID, "Forwarded": "for=203.0.113.7", "X-Real-IP": "203.0.113.7"})
    assert found == {"client": "10.0.0.5", "url": "http://inside:8501/", "headers": [], "came_through": True}


def test_a_trusted_proxy_tells_client_scheme_and_host(monkeypatch: pytest.MonkeyPatch) -> None:
    trust(monkeypatch, "192.0.2.1, 10.0.0.0/24")
    found = seen(SAID)
    assert (found["client"], found["url"], found["headers"]) == ("203.0.113.7", "https://reports.example.com/", [])


def test_a_peer_that_is_not_listed_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    trust(monkeypatch, "10.0.0.0/24")
    assert seen(SAID, peer="10.0.1.5")["client"] == "10.0.1.5"


@pytest.mark.parametrize(
    ("chain", "client"),
    [
        ("198.51.100.1, 203.0.113.7", "203.0.113.7"),  # the client itself wrote the first one
        ("198.51.100.1, 203.0.113.7, 10.0.0.9", "203.0.113.7"),
        ("10.0.0.9, 10.0.0.8", "10.0.0.9"),
        ("203.0.113.7:4711", "203.0.113.7"),
        ("[2001:db8::7]:4711", "2001:db8::7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("203.0.113.7, nonsense", "10.0.0.5"),
        ("", "10.0.0.5"),
    ],
)
def test_the_client_is_the_last_one_that_no_trusted_proxy_is(
    monkeypatch: pytest.MonkeyPatch, chain: str, client: str
) -> None:
    trust(monkeypatch, "10.0.0.0/24")
    assert seen({"X-Forwarded-For": chain})["client"] == client


def test_a_scheme_that_is_none_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    trust(monkeypatch, "10.0.0.5")
    assert seen({"X-Forwarded-Proto": "javascript"})["url"] == "http://inside:8501/"


@pytest.mark.parametrize("value", ["proxy.internal", "10.0.0.1/24", "10.0.0.0/33", "all"])
def test_something_else_than_addresses_is_refused(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("ROOSTER_TRUSTED_PROXIES", value)
    with pytest.raises(SettingsError, match="ROOSTER_TRUSTED_PROXIES is wrong: use addresses or networks"):
        load_settings()


@pytest.mark.parametrize(
    ("path", "status", "location"),
    [
        ("/", 307, "/reports/"),
        ("/reports", 307, "/reports/"),
        ("/login", 404, None),
        ("/reportsx/login", 404, None),
        ("/reports/", 200, None),
        ("/reports/login", 200, None),
    ],
)
def test_nothing_is_served_beside_the_base_path(
    monkeypatch: pytest.MonkeyPatch, path: str, status: int, location: str | None
) -> None:
    monkeypatch.setenv("ROOSTER_BASE_URL", "https://intern.example.com/reports/")
    get_settings.cache_clear()

    async def show(_request: Request) -> JSONResponse:
        return JSONResponse({})

    app = Starlette(routes=[Route("/{rest:path}", show)], middleware=[Middleware(OnlyBelow)])
    with TestClient(app, follow_redirects=False) as browser:
        answer = browser.get(path)
    assert (answer.status_code, answer.headers.get("location")) == (status, location)


@pytest.mark.parametrize(
    "address", ["https://a.test/x?y", "https://a.test/x//y", "https://a.test/<x>", "https://a.test/../x"]
)
def test_a_base_path_is_plain(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("ROOSTER_BASE_URL", address)
    with pytest.raises(SettingsError, match="ROOSTER_BASE_URL is wrong"):
        load_settings()
