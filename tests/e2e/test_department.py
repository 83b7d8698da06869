"""A department's installation: PostgreSQL, Redis, its own mail server, everything set up over REST."""

from __future__ import annotations

import csv
import io
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import httpx2
import psycopg
import pytest
from playwright.sync_api import Browser, expect
from psycopg import sql

from tests.e2e.installation import PASSWORD, Installation, finished, installed, made
from tests.fixtures_postgres import PostgresServer
from tests.fixtures_smtp import PASSWORD as MAIL_PASSWORD
from tests.fixtures_smtp import USER, SmtpServer
from tests.fixtures_web import log_in
from tests.fixtures_worker import until

ADMIN: Final = "grace.hopper@example.test"
READERS: Final = ["ann@example.test", "ben@example.test"]
ROWS: Final = [("2026-01-05", "North", 100), ("2026-01-06", "South", 250), ("2026-01-07", "West", 75)]
REGIONS: Final = {"North": 100, "South": 250, "West": 75}
PATIENCE_MS: Final = 60_000


@dataclass
class Department:
    """The installation, its administrator's REST client and the mail server."""

    installation: Installation
    api: httpx2.Client
    mail: SmtpServer


@pytest.fixture(scope="module")
def sales_url(postgres_server: PostgresServer) -> Iterator[str]:
    """The department's own database, for a role that may only read."""
    name = f"reader_{secrets.token_hex(6)}"
    with postgres_server.database() as url, psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE sales (day date, region text, amount integer)")
        with connection.cursor() as cursor:
            cursor.executemany("INSERT INTO sales VALUES (%s, %s, %s)", ROWS)
        role = sql.Identifier(name)
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD 'only-reading'").format(role))
        connection.execute(sql.SQL("GRANT SELECT ON sales TO {}").format(role))
        yield postgres_server.url(url.rpartition("/")[2], user=name, password="only-reading")
        connection.execute(sql.SQL("DROP OWNED BY {}").format(role))
        connection.execute(sql.SQL("DROP ROLE {}").format(role))


@pytest.fixture(scope="module")
def department(
    tmp_path_factory: pytest.TempPathFactory,
    servers: dict[str, str],
    smtp_module_server: Callable[..., SmtpServer],
) -> Iterator[Department]:
    mail = smtp_module_server(mode="starttls", auth=True)
    variables = {
        **servers,
        "ROOSTER_ADMIN_EMAIL": ADMIN,
        "ROOSTER_ADMIN_PASSWORD": PASSWORD,
        "ROOSTER_SAMPLE": "0",
        "ROOSTER_MAIL_CATCHER": "0",
        # What an administrator does with the certificate of the house's own authority.
        "SSL_CERT_FILE": str(mail.ca_file),
    }
    with installed(tmp_path_factory.mktemp("department"), variables) as installation:
        with installation.signed_in(ADMIN) as api:
            yield Department(installation, api, mail)


@pytest.fixture(scope="module")
def account(department: Department) -> dict[str, Any]:
    """The mail account: STARTTLS and a log-in."""
    server = department.mail
    body = {
        "smtp_host": server.host,
        "smtp_port": server.port,
        "use_tls": True,
        "smtp_username": USER,
        "smtp_password": MAIL_PASSWORD,
        "from_email": "reports@example.test",
        "from_name": "Sales reports",
    }
    return made(department.api, "/api/email-config", body)


@pytest.fixture(scope="module")
def query(department: Department, sales_url: str) -> dict[str, Any]:
    source = made(department.api, "/api/data-sources", {"name": "Sales", "url": sales_url})
    test = department.api.post(f"/api/data-sources/{source['id']}/test").json()
    assert test["ok"], test["detail"]
    body = {
        "name": "Sales by region",
        "data_source_id": source["id"],
        "sql": "SELECT region, sum(amount) AS amount FROM sales WHERE day >= :since GROUP BY region ORDER BY region",
        "parameters": [{"name": "since", "type": "date", "default": "2026-01-01"}],
    }
    return made(department.api, "/api/saved-queries", body)


@pytest.fixture(scope="module")
def report(department: Department, account: dict[str, Any], query: dict[str, Any]) -> dict[str, Any]:
    assert account["has_password"]
    body = {
        "name": "Regions",
        "saved_query_id": query["id"],
        "schedule_config": {"type": "weekly", "time": "07:00", "day_of_week": 0, "timezone": "Europe/Berlin"},
        "recipients": READERS,
        "formats": ["excel", "csv", "pdf"],
    }
    return made(department.api, "/api/scheduled-reports", body)


@pytest.fixture(scope="module")
def execution(department: Department, report: dict[str, Any]) -> dict[str, Any]:
    """One run by hand, to its end."""
    return run(department, report)


def run(department: Department, report: dict[str, Any]) -> dict[str, Any]:
    answer = department.api.post(f"/api/scheduled-reports/{report['id']}/run")
    assert answer.status_code == 202, answer.text
    return finished(department.api, answer.json()["execution_id"])


def mails_to(server: SmtpServer, address: str) -> list[Any]:
    return [mail.message for mail in server.received if mail.recipients == [address]]


def regions_in(text: str) -> dict[str, int]:
    rows = csv.reader(io.StringIO(text.lstrip("\ufeff")))
    next(rows)
    return {region: int(amount) for region, amount in rows}


def test_everybody_may_ask_for_its_health_and_a_worker_lives(department: Department) -> None:
    answer = httpx2.get(f"{department.installation.url}/api/health", timeout=30)
    assert answer.status_code == 200
    health = answer.json()
    assert (health["status"], health["database"], health["queue"]) == ("ok", "ok", "ok")
    assert health["worker"]["alive"] is True


def test_the_account_is_tested_step_by_step_over_starttls(department: Department, account: dict[str, Any]) -> None:
    result = department.api.post("/api/email-config/test").json()
    assert result["success"] is True, result["steps"]
    assert [step["name"] for step in result["steps"]] == ["Connect", "Encryption", "Log in", "Size limit", "Send"]
    assert any(account["from_email"] in str(mail["From"]) for mail in mails_to(department.mail, ADMIN))
    assert USER in department.mail.logins


def test_a_run_reaches_each_reader_and_its_file_holds_the_rows(
    department: Department, execution: dict[str, Any]
) -> None:
    assert (execution["status"], execution["trigger"], execution["row_count"]) == ("success", "manual", len(REGIONS))
    assert sorted(execution["sent_to"]) == READERS
    assert all(mails_to(department.mail, reader) for reader in READERS)
    assert [delivery["smtp_code"] for delivery in execution["deliveries"]] == [250, 250]
    file = department.api.get(f"/api/executions/{execution['id']}/files/csv")
    assert file.headers["content-type"].startswith("text/csv")
    assert len(file.content) == execution["generated_files"]["csv"]["size"]
    assert regions_in(file.text) == REGIONS


def test_the_mail_of_a_run_can_be_looked_at_and_runs_nothing(department: Department, execution: dict[str, Any]) -> None:
    # Pictures of mails are for the pages, so they take a session and no token.
    with httpx2.Client(base_url=department.installation.url, timeout=60) as browser:
        assert log_in(browser, ADMIN).status_code == 303
        answer = browser.get(f"/preview/execution/{execution['id']}")
    assert answer.status_code == 200
    assert "Regions" in answer.text
    assert "South" in answer.text
    assert answer.headers["content-security-policy"].startswith("sandbox; default-src 'none'")


def test_a_resend_is_one_more_mail_with_the_same_files(department: Department, execution: dict[str, Any]) -> None:
    reader = READERS[1]
    before = mails_to(department.mail, reader)
    answer = department.api.post(f"/api/executions/{execution['id']}/resend", json={"recipients": [reader]})
    assert answer.status_code == 200, answer.text
    until(lambda: len(mails_to(department.mail, reader)) > len(before), what="the mail to come again")
    assert finished(department.api, execution["id"])["status"] == "success"
    again = mails_to(department.mail, reader)[-1]
    assert again["Message-ID"] != before[0]["Message-ID"]
    files = [[part.get_payload(decode=True) for part in mail.iter_attachments()] for mail in (before[0], again)]
    assert files[0] == files[1]
    assert len(files[0]) == 3


def test_send_test_writes_to_the_administrator_alone(department: Department, report: dict[str, Any]) -> None:
    result = department.api.post(f"/api/scheduled-reports/{report['id']}/test").json()
    assert result["success"] is True, result["detail"]
    assert result["execution"]["sent_to"] == [ADMIN]
    subjects = [str(mail["Subject"]) for mail in mails_to(department.mail, ADMIN)]
    assert any("[Test]" in subject for subject in subjects)


def test_a_run_that_takes_too_long_is_cancelled_and_sends_nothing(
    department: Department, query: dict[str, Any], report: dict[str, Any]
) -> None:
    fields = ("data_source_id",)
    slow = {"name": "Slow", "sql": "SELECT pg_sleep(120)", **{name: query[name] for name in fields}}
    slow_query = made(department.api, "/api/saved-queries", slow)
    same = {name: report[name] for name in ("schedule_config", "formats")}
    body = {"name": "Slow", "saved_query_id": slow_query["id"], "recipients": ["never@example.test"], **same}
    slow_report = made(department.api, "/api/scheduled-reports", body)
    execution_id = department.api.post(f"/api/scheduled-reports/{slow_report['id']}/run").json()["execution_id"]
    address = f"/api/executions/{execution_id}"
    until(lambda: department.api.get(address).json()["status"] == "running", what="the run to start")
    assert department.api.post(f"{address}/cancel").json()["cancel_requested"] is True
    assert finished(department.api, execution_id)["status"] == "cancelled"
    assert mails_to(department.mail, "never@example.test") == []


def test_each_tile_of_a_dashboard_is_a_csv_of_its_own(
    department: Department, query: dict[str, Any], report: dict[str, Any]
) -> None:
    tiles = [
        {"saved_query_id": query["id"], "title": "As a table", "chart": "table"},
        {"saved_query_id": query["id"], "title": "As bars", "chart": "bar", "x": "region", "y": "amount"},
    ]
    board = made(department.api, "/api/dashboards", {"name": "Both", "description": "", "tiles": tiles})
    body = {
        "name": "Both ways",
        "dashboard_id": board["id"],
        "schedule_config": report["schedule_config"],
        "recipients": READERS[:1],
        "formats": ["csv"],
    }
    ended = run(department, made(department.api, "/api/scheduled-reports", body))
    assert ended["status"] == "success", ended["error_message"]
    [second] = ended["generated_files"]["csv"]["parts"]
    address = f"/api/executions/{ended['id']}/files/csv"
    for answer in (department.api.get(address), department.api.get(f"{address}?part=2")):
        assert answer.status_code == 200
        assert regions_in(answer.text) == REGIONS
    assert department.api.get(second["url"]).status_code == 200
    assert department.api.get(f"{address}?part=3").status_code == 404


@pytest.mark.browser
def test_the_administrator_finds_the_run_in_the_history(
    browser: Browser, department: Department, execution: dict[str, Any]
) -> None:
    page = browser.new_page(base_url=department.installation.url)
    page.set_default_timeout(PATIENCE_MS)
    page.goto(f"/history?report={execution['scheduled_report_id']}")
    page.get_by_label("E-mail address").fill(ADMIN)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    row = page.locator(f"[class*='st-key-row-'][class*='{execution['id']}']")
    expect(row.get_by_text("Success")).to_be_visible(timeout=PATIENCE_MS)
    expect(row.get_by_text("2 people")).to_be_visible()
    row.get_by_role("link", name="Regions").click()
    expect(page.get_by_role("link", name="csv")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_role("link", name="Outbox")).to_have_count(0)
    page.close()
