"""Send test and resend over REST: a real run, a real mail server, no worker."""

from __future__ import annotations

from typing import Any

from starlette.testclient import TestClient

from core.schemas.accounts import Actor
from tests.fixtures_smtp import SmtpServer


def account_of(server: SmtpServer) -> dict[str, Any]:
    return {
        "smtp_host": server.host,
        "smtp_port": server.port,
        "use_tls": False,
        "from_email": "reports@example.test",
        "from_name": "Reports",
    }


def test_it_runs_at_once_and_writes_to_the_caller_alone(
    api: TestClient, alice: Actor, report_body: dict[str, Any], smtp_server: Any
) -> None:
    server = smtp_server(mode="plain")
    assert api.post("/api/email-config", json=account_of(server)).status_code == 201
    everybody = {"recipients": ["r@example.test"], "cc": ["c@example.test"], "bcc": ["b@example.test"]}
    report = api.post("/api/scheduled-reports", json={**report_body, **everybody}).json()
    response = api.post(f"/api/scheduled-reports/{report['id']}/test")
    assert response.status_code == 200
    assert set(response.json()) == {"success", "detail", "execution"}
    assert response.json()["success"] is True, response.json()["detail"]
    assert [mail.recipients for mail in server.received] == [[alice.email]]
    assert "[Test]" in str(server.received[0].message["Subject"])
    execution = response.json()["execution"]
    assert (execution["trigger"], execution["status"], execution["row_count"]) == ("test", "success", 25)
    file = execution["generated_files"]["csv"]
    assert {"name", "size", "sha256", "url"} <= set(file)
    for address in (file["url"], f"/api/executions/{execution['id']}/files/csv"):
        content = api.get(address).content
        assert len(content) == file["size"]
    after = api.get(f"/api/scheduled-reports/{report['id']}").json()
    assert (after["next_run_at"], after["last_run_at"]) == (report["next_run_at"], None)


def test_a_test_without_a_mail_account_says_which_page_to_open(api: TestClient, report: dict[str, Any]) -> None:
    response = api.post(f"/api/scheduled-reports/{report['id']}/test")
    assert response.status_code == 200
    assert response.json()["success"] is False
    assert "E-mail settings" in response.json()["detail"]
