"""The checklist that people would go through by hand, over REST against running processes.

Web, consumer, PostgreSQL, Redis, and a mail server with TLS and a log-in. Each of the five groups tells its result.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from core import clock
from core.models import EmailConfiguration, ScheduledReport
from tests.e2e.checklist import FORMATS, READER, ZONE, House, daily, endings, instant, make_shop, surroundings
from tests.e2e.installation import PASSWORD, finished, installed, made
from tests.fixtures_smtp import PASSWORD as MAIL_PASSWORD
from tests.fixtures_smtp import USER, Behaviour, SmtpServer
from tests.fixtures_worker import until

ME: Final = "grace@example.test"
REFUSED: Final = "nobody@example.test"
ENDINGS: Final = {"xlsx", "csv", "pdf"}


@pytest.fixture(scope="module")
def house(
    tmp_path_factory: pytest.TempPathFactory,
    servers: dict[str, str],
    smtp_module_server: Callable[..., SmtpServer],
) -> Iterator[House]:
    no_such = Behaviour(rcpt={REFUSED: "550 5.1.1 No such user here"})
    mail = smtp_module_server(mode="starttls", auth=True, behaviour=no_such)
    variables = {
        **servers,
        "ROOSTER_ADMIN_EMAIL": ME,
        "ROOSTER_ADMIN_PASSWORD": PASSWORD,
        "ROOSTER_SAMPLE": "0",
        "ROOSTER_MAIL_CATCHER": "0",
        "SSL_CERT_FILE": str(mail.ca_file),
    }
    with installed(tmp_path_factory.mktemp("checklist"), variables) as installation:
        with installation.signed_in(ME) as api:
            house = House(installation, api, mail)
            assert surroundings(house).startswith("postgresql ok, redis ok, a worker")
            yield house


@pytest.fixture(scope="class", autouse=True)
def _told(request: pytest.FixtureRequest, house: House) -> Iterator[None]:
    """One line for each group, on what it ran and how it went."""
    before = request.session.testsfailed
    yield
    checks = sum(1 for item in request.session.items if getattr(item, "cls", None) is request.cls)
    failed = request.session.testsfailed - before
    group = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", request.cls.__name__.removeprefix("Test")).lower()
    line = f"checklist, {group}: {checks - failed} of {checks} hold, {surroundings(house)}"
    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        print(f"\n{line}")  # noqa: T201 - the result belongs into the log of the tests


@pytest.fixture(scope="module")
def config(house: House) -> dict[str, Any]:
    body = {
        "smtp_host": house.mail.host,
        "smtp_port": house.mail.port,
        "use_tls": True,
        "use_ssl": False,
        "smtp_username": USER,
        "smtp_password": MAIL_PASSWORD,
        "from_email": "reports@example.test",
        "from_name": "Reports",
    }
    return made(house.api, "/api/email-config", body)


@pytest.fixture(scope="module")
def query(house: House, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    url = f"sqlite:///{make_shop(tmp_path_factory)}"
    source = made(house.api, "/api/data-sources", {"name": "Shop", "url": url})
    body = {"name": "Sales", "data_source_id": source["id"], "sql": "SELECT region, amount FROM sales ORDER BY region"}
    return made(house.api, "/api/saved-queries", body)


@pytest.fixture(scope="module")
def report(house: House, config: dict[str, Any], query: dict[str, Any]) -> dict[str, Any]:
    assert config["has_password"]
    return made(house.api, "/api/scheduled-reports", daily(query))


@pytest.fixture(scope="module")
def tested(house: House, report: dict[str, Any]) -> dict[str, Any]:
    """The answer of one POST .../test."""
    answer = house.api.post(f"/api/scheduled-reports/{report['id']}/test")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.fixture(scope="module")
def overdue(house: House, query: dict[str, Any], config: dict[str, Any]) -> tuple[dict[str, Any], datetime]:
    """A report whose next run lies a minute back, and that instant."""
    assert config["has_password"]
    report = made(house.api, "/api/scheduled-reports", daily(query, name="Overdue"))
    slot = (clock.now() - timedelta(minutes=1)).replace(microsecond=0)
    with house.installation.database() as session:
        wanted = ScheduledReport.id == UUID(report["id"])
        session.execute(update(ScheduledReport).where(wanted).values(next_run_at=slot))
    return report, slot


@pytest.fixture(scope="module")
def run(house: House, overdue: tuple[dict[str, Any], datetime]) -> dict[str, Any]:
    """What the clock of the worker made of it, within its minute."""
    address = f"/api/scheduled-reports/{overdue[0]['id']}/executions"
    [row] = until(lambda: house.api.get(address).json(), seconds=120, what="the clock to find the overdue report")
    return finished(house.api, row["id"])


class TestEmailConfiguration:
    def test_it_is_created(self, config: dict[str, Any]) -> None:
        assert (config["smtp_username"], config["use_tls"]) == (USER, True)

    def test_it_is_retrieved_without_its_password(self, house: House, config: dict[str, Any]) -> None:
        answer = house.api.get("/api/email-config")
        assert answer.status_code == 200
        assert answer.json()["id"] == config["id"]
        assert MAIL_PASSWORD not in answer.text

    def test_a_test_mail_is_sent_and_received(self, house: House, config: dict[str, Any]) -> None:
        result = house.api.post("/api/email-config/test").json()
        assert result["success"] is True, result["steps"]
        assert all(step["ok"] for step in result["steps"])
        assert any(config["from_email"] in str(mail["From"]) for mail in house.mails_to(ME))

    def test_the_password_is_encrypted_in_the_database(self, house: House, config: dict[str, Any]) -> None:
        with house.installation.database() as session:
            row = session.scalars(select(EmailConfiguration)).one()
            sealed = row.smtp_password_encrypted
            assert str(row.id) == config["id"]
        assert sealed
        assert MAIL_PASSWORD not in sealed


class TestScheduledReports:
    def test_a_daily_report_is_created_and_its_next_run_is_right(self, report: dict[str, Any]) -> None:
        created, upcoming = instant(report["created_at"]), instant(report["next_run_at"]).astimezone(ZoneInfo(ZONE))
        assert (upcoming.hour, upcoming.minute, upcoming.second) == (8, 0, 0)
        # Between two mornings there may lie a change of the clocks.
        assert timedelta() < upcoming - created <= timedelta(hours=25)

    def test_it_is_listed(self, house: House, report: dict[str, Any]) -> None:
        answer = house.api.get("/api/scheduled-reports")
        assert report["id"] in [listed["id"] for listed in answer.json()]
        assert int(answer.headers["x-total-count"]) >= 1

    def test_its_details_hold_its_executions(
        self, house: House, report: dict[str, Any], tested: dict[str, Any]
    ) -> None:
        details = house.api.get(f"/api/scheduled-reports/{report['id']}").json()
        assert details["name"] == "Daily Sales Report"
        assert tested["execution"]["id"] in [run["id"] for run in details["executions"]]


class TestManualExecution:
    def test_a_test_succeeds(self, tested: dict[str, Any]) -> None:
        assert tested["success"] is True, tested["detail"]

    def test_excel_csv_and_pdf_are_made(self, house: House, tested: dict[str, Any]) -> None:
        files = tested["execution"]["generated_files"]
        assert sorted(files) == sorted(FORMATS)
        begins = {"excel": b"PK", "csv": b"", "pdf": b"%PDF"}
        for key, file in files.items():
            content = house.api.get(f"/api/executions/{tested['execution']['id']}/files/{key}").content
            assert len(content) == file["size"] > 0
            assert content.startswith(begins[key])

    def test_the_mail_arrives_with_the_files_attached(self, house: House, tested: dict[str, Any]) -> None:
        assert tested["execution"]["sent_to"] == [ME]
        [mail] = [mail for mail in house.mails_to(ME) if "Daily Sales Report" in str(mail["Subject"])]
        assert endings(mail) == ENDINGS
        assert str(mail["Subject"]).startswith("[Test] Daily Sales Report - ")

    def test_there_is_a_record_of_it(self, house: House, report: dict[str, Any], tested: dict[str, Any]) -> None:
        runs = house.api.get(f"/api/scheduled-reports/{report['id']}/executions").json()
        [found] = [run for run in runs if run["id"] == tested["execution"]["id"]]
        assert (found["trigger"], found["status"], found["row_count"]) == ("test", "success", 2)


class TestAutomatedExecution:
    def test_the_task_is_executed(self, run: dict[str, Any], overdue: tuple[dict[str, Any], datetime]) -> None:
        assert (run["trigger"], run["status"]) == ("schedule", "success")
        assert instant(run["scheduled_for"]) == overdue[1]

    def test_the_mail_is_sent(self, house: House, run: dict[str, Any]) -> None:
        assert run["sent_to"] == [READER]
        assert run["deliveries"][0]["message_id"] in [str(mail["Message-ID"]) for mail in house.mails_to(READER)]

    def test_the_next_run_moves_on(
        self, house: House, run: dict[str, Any], overdue: tuple[dict[str, Any], datetime]
    ) -> None:
        report = house.api.get(f"/api/scheduled-reports/{overdue[0]['id']}").json()
        assert instant(report["next_run_at"]) > clock.now()
        assert instant(report["last_run_at"]) >= overdue[1]
        assert report["last_execution"]["id"] == run["id"]


class TestEdgeCases:
    @pytest.mark.parametrize(
        "change",
        [
            pytest.param({"schedule_config": {"type": "daily", "time": "25:00"}}, id="a time that does not exist"),
            pytest.param({"schedule_config": {"type": "hourly", "time": "08:00"}}, id="an unknown kind"),
            pytest.param({"schedule_config": {"type": "weekly", "time": "08:00"}}, id="no weekday"),
            pytest.param({"recipients": []}, id="no recipients"),
            pytest.param({"recipients": ["not an address"]}, id="an invalid address"),
        ],
    )
    def test_it_refuses(self, house: House, query: dict[str, Any], change: dict[str, Any]) -> None:
        answer = house.api.post("/api/scheduled-reports", json=daily(query, **change))
        assert answer.status_code == 422
        assert next(iter(change)) in answer.json()["detail"][0]["loc"]

    def test_a_query_or_a_dashboard_that_does_not_exist_is_not_found(self, house: House, query: dict[str, Any]) -> None:
        for field in ("saved_query_id", "dashboard_id"):
            body = {name: value for name, value in daily(query).items() if name != "saved_query_id"}
            answer = house.api.post("/api/scheduled-reports", json={**body, field: str(uuid4())})
            assert answer.status_code == 404
            assert isinstance(answer.json()["detail"], str)

    def test_a_query_that_a_report_uses_stays(self, house: House, report: dict[str, Any]) -> None:
        answer = house.api.delete(f"/api/saved-queries/{report['saved_query_id']}")
        assert answer.status_code == 409
        assert "Daily Sales Report" in answer.json()["detail"]

    @pytest.mark.usefixtures("config")
    def test_a_table_that_is_gone_fails_the_run_in_words(self, house: House, query: dict[str, Any]) -> None:
        broken = {"name": "Broken", "data_source_id": query["data_source_id"], "sql": "SELECT * FROM gone"}
        gone = made(house.api, "/api/saved-queries", broken)
        report = made(house.api, "/api/scheduled-reports", daily(gone, name="Broken"))
        ended = self._run(house, report)
        assert (ended["status"], ended["error_class"]) == ("failed", "query")
        assert "gone" in ended["error_message"]
        assert instant(report["next_run_at"]) > clock.now()

    @pytest.mark.usefixtures("config")
    def test_an_error_of_the_mail_server_marks_the_run_as_failed(self, house: House, query: dict[str, Any]) -> None:
        report = made(house.api, "/api/scheduled-reports", daily(query, name="Refused", recipients=[REFUSED]))
        ended = self._run(house, report)
        assert ended["status"] == "failed"
        [mail] = ended["deliveries"]
        assert (mail["status"], mail["smtp_code"]) == ("failed", 550)
        assert "No such user here" in mail["smtp_response"]

    @staticmethod
    def _run(house: House, report: dict[str, Any]) -> dict[str, Any]:
        return finished(house.api, house.api.post(f"/api/scheduled-reports/{report['id']}/run").json()["execution_id"])
