"""The sample's log-in stands on the login page where it is safe, and nowhere else."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from core.crypto import hash_password
from core.database import session_scope
from core.models import User
from core.services.installation import DEMO_EMAIL, DEMO_PASSWORD
from core.settings import get_settings

pytestmark = pytest.mark.usefixtures("sqlite_database")


def add_demo(password: str = DEMO_PASSWORD) -> None:
    with session_scope() as session:
        session.add(User(email=DEMO_EMAIL, name="Demo", role="admin", password_hash=hash_password(password)))


def login_page(*, host: str = "localhost:8501", client: str = "127.0.0.1") -> str:
    from web import parts

    app = Starlette(routes=parts.routes(), middleware=parts.middleware())
    with TestClient(app, base_url=f"http://{host}", client=(client, 50_000)) as browser:
        return browser.get("/login").text


@pytest.mark.parametrize("host", ["localhost:8501", "127.0.0.1:8501", "[::1]:8501"])
def test_it_is_shown_on_ones_own_machine(host: str) -> None:
    add_demo()
    text = login_page(host=host)
    assert DEMO_EMAIL in text
    assert DEMO_PASSWORD in text


def test_it_is_not_shown_once_the_password_was_changed() -> None:
    add_demo("another password")
    assert DEMO_EMAIL not in login_page()


def test_it_is_not_shown_without_the_sample() -> None:
    text = login_page()
    assert DEMO_EMAIL not in text
    assert "create-admin" in text


@pytest.mark.parametrize(
    ("host", "client"), [("reports.example.com", "127.0.0.1"), ("localhost:8501", "10.0.0.5"), ("10.0.0.1", "10.0.0.5")]
)
def test_it_is_not_shown_to_other_machines(host: str, client: str) -> None:
    add_demo()
    assert DEMO_PASSWORD not in login_page(host=host, client=client)


def test_it_is_not_shown_by_a_server_that_others_can_reach(monkeypatch: pytest.MonkeyPatch) -> None:
    add_demo()
    monkeypatch.setenv("ROOSTER_HOST", "0.0.0.0")  # noqa: S104 - nothing listens there
    get_settings.cache_clear()
    assert DEMO_PASSWORD not in login_page()


@pytest.mark.parametrize(("client", "status"), [("127.0.0.1", 200), ("::1", 200), ("10.0.0.5", 401)])
def test_it_opens_nothing_for_other_machines(client: str, status: int) -> None:
    from web import parts

    add_demo()
    app = Starlette(routes=parts.routes(), middleware=parts.middleware())
    form = {"username": DEMO_EMAIL.upper(), "password": DEMO_PASSWORD}
    with TestClient(app, client=(client, 50_000)) as browser:
        answer = browser.post("/api/auth/token", data=form)
    assert answer.status_code == status
    if status != 200:
        assert "works on its own machine only" in answer.json()["detail"]
