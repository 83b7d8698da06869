"""The REST API behind the real wall, on a real database, called over ASGI."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from core.mail.headers import PRIVATE_HEADER
from core.mail.outbox import Outbox
from core.schemas.accounts import Actor
from core.services import accounts
from core.settings import get_settings

ClientOf = Callable[[Actor | None], TestClient]


@pytest.fixture
def client_of(_any_database: str) -> Iterator[ClientOf]:
    """Makes the client of a person, or of nobody."""
    # Imported late: the queue of this process is made with the settings of the first test.
    from web import parts

    app = Starlette(routes=parts.routes(), middleware=parts.middleware())
    with ExitStack() as stack:

        def of(actor: Actor | None) -> TestClient:
            headers = {"authorization": f"Bearer {accounts.issue_token(actor).access_token}"} if actor else {}
            return stack.enter_context(TestClient(app, headers=headers, follow_redirects=False))

        yield of


@pytest.fixture
def api(client_of: ClientOf, alice: Actor) -> TestClient:
    """Alice's client."""
    return client_of(alice)


@pytest.fixture
def stranger(client_of: ClientOf, charlie: Actor) -> TestClient:
    return client_of(charlie)


@pytest.fixture
def nobody(client_of: ClientOf) -> TestClient:
    return client_of(None)


@pytest.fixture
def source(api: TestClient, source_url: str) -> dict[str, Any]:
    return made(api, "/api/data-sources", {"name": "Shop", "url": source_url})


@pytest.fixture
def query(api: TestClient, source: dict[str, Any]) -> dict[str, Any]:
    body = {
        "name": "Sales",
        "data_source_id": source["id"],
        "sql": "SELECT day, region, amount FROM sales WHERE region = :region ORDER BY day",
        "parameters": [{"name": "region", "type": "text", "default": "North"}],
    }
    return made(api, "/api/saved-queries", body)


@pytest.fixture
def dashboard(api: TestClient, query: dict[str, Any]) -> dict[str, Any]:
    tile = {"saved_query_id": query["id"], "title": "Revenue", "chart": "line", "x": "day", "y": "amount"}
    return made(api, "/api/dashboards", {"name": "Overview", "description": "", "tiles": [tile]})


@pytest.fixture
def report_body(query: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": "Weekly sales",
        "saved_query_id": query["id"],
        "schedule_config": {"type": "weekly", "time": "07:00", "day_of_week": 0},
        "recipients": ["dana@example.test"],
        "formats": ["csv"],
    }


@pytest.fixture
def report(api: TestClient, report_body: dict[str, Any]) -> dict[str, Any]:
    return made(api, "/api/scheduled-reports", report_body)


@pytest.fixture
def execution_id(api: TestClient, report: dict[str, Any]) -> str:
    """A run that waits in the queue: no worker is there in these tests."""
    return str(api.post(f"/api/scheduled-reports/{report['id']}/run").json()["execution_id"])


def made(client: TestClient, path: str, body: dict[str, Any]) -> dict[str, Any]:
    response = client.post(path, json=body)
    assert response.status_code == 201, response.text
    found: dict[str, Any] = response.json()
    return found


def caught(subject: str, *, to: str = "dana@example.test", private: bool = False) -> str:
    """A mail in the outbox, with a file; its id."""
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = subject, "reports@example.test", to
    if private:
        message[PRIVATE_HEADER] = "yes"
    message.set_content("The figures are attached.")
    message.add_alternative("<p>The figures are attached.</p>", subtype="html")
    message.add_attachment(b"a;b", maintype="text", subtype="csv", filename="sales.csv")
    at = datetime(2026, 1, 5, 7, 0, tzinfo=UTC)
    outbox = Outbox(get_settings().outbox_path)
    return outbox.add(message.as_bytes(), sender="reports@example.test", recipients=[to, "bcc@example.test"], at=at)
