"""Files and previews belong to one person, and foreign HTML runs nothing."""

from __future__ import annotations

from datetime import timedelta
from email.message import EmailMessage
from urllib.parse import quote
from uuid import UUID, uuid4

import httpx2
import pytest

from core import clock
from core.mail.catcher import Outbox
from core.models import Dashboard, GeneratedFile, ReportExecution, ScheduledReport, User
from tests.fixtures_web import PASSWORD, WebServer

NAME = 'Ümsatz "2026" \N{EM DASH} Woche.csv'
CONTENT = b"region;amount\n" + b"North;100.50\n" * 2000
# A 1x1 picture.
PIXEL = bytes.fromhex("89504e470d0a1a0a0000000d4948445200000001000000010806000000")


@pytest.fixture
def execution_id(web_server: WebServer) -> UUID:
    return stored_run(web_server)


def stored_run(web_server: WebServer) -> UUID:
    """A finished run of Dana's with one CSV on the disk."""
    folder = web_server.data_dir / "exports" / "reports"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{uuid4()}.csv"
    path.write_bytes(CONTENT)
    with web_server.database() as session:
        dana = session.query(User).filter_by(email="dana@example.test").one()
        dashboard = Dashboard(owner_id=dana.id, name="Sales")
        session.add(dashboard)
        session.flush()
        report = _report(dana.id, dashboard.id)
        session.add(report)
        session.flush()
        run = _execution(report)
        session.add(run)
        session.flush()
        session.add(_file(run.id, f"reports/{path.name}"))
        return run.id


def _report(owner_id: UUID, dashboard_id: UUID) -> ScheduledReport:
    return ScheduledReport(
        owner_id=owner_id,
        dashboard_id=dashboard_id,
        name="Sales",
        schedule_config={"type": "daily", "time": "07:00", "timezone": "UTC"},
        recipients=["dana@example.test"],
        formats=["csv"],
        is_active=False,
    )


def _execution(report: ScheduledReport) -> ReportExecution:
    now = clock.now()
    return ReportExecution(
        scheduled_report_id=report.id,
        owner_id=report.owner_id,
        trigger="manual",
        status="success",
        scheduled_for=now,
        not_before=now,
        finished_at=now + timedelta(seconds=1),
        max_attempts=3,
        snapshot={"name": "Sales"},
    )


def _file(execution_id: UUID, path: str) -> GeneratedFile:
    return GeneratedFile(
        execution_id=execution_id,
        fence=1,
        format="csv",
        part=1,
        name=NAME,
        path=path,
        media_type="text/csv; charset=utf-8",
        size=len(CONTENT),
        sha256="0" * 64,
        rows_written=2000,
        rows_total=2000,
    )


def test_it_streams_a_file_as_it_is_under_its_own_name(dana: httpx2.Client, execution_id: UUID) -> None:
    response = dana.get(f"/files/{execution_id}/csv", headers={"accept-encoding": "gzip"})
    assert response.status_code == 200
    assert response.content == CONTENT
    assert response.headers["content-encoding"] == "identity"
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert response.headers["content-length"] == str(len(CONTENT))
    assert response.headers["x-content-type-options"] == "nosniff"
    disposition = response.headers["content-disposition"]
    assert disposition.startswith('attachment; filename="_msatz _2026_ _ Woche.csv"')
    assert f"filename*=UTF-8''{quote(NAME)}" in disposition


def test_it_answers_a_part_of_a_file(dana: httpx2.Client, execution_id: UUID) -> None:
    response = dana.get(f"/files/{execution_id}/csv", headers={"range": "bytes=7-12"})
    assert (response.status_code, response.content) == (206, CONTENT[7:13])


def test_it_gives_the_file_to_the_holder_of_a_token(web_server: WebServer, execution_id: UUID) -> None:
    form = {"username": "dana@example.test", "password": PASSWORD}
    token = web_server.client().post("/api/auth/token", data=form).json()["access_token"]
    headers = {"authorization": f"Bearer {token}"}
    for path in (f"/files/{execution_id}/csv", f"/api/executions/{execution_id}/files/csv"):
        assert web_server.client().get(path, headers=headers).content == CONTENT


@pytest.mark.parametrize("path", ["/files/{}/csv", "/api/executions/{}/files/csv", "/preview/execution/{}"])
def test_somebody_elses_file_looks_like_none(web_server: WebServer, execution_id: UUID, path: str) -> None:
    vic = web_server.signed_in("ada@example.test")
    foreign, missing = (vic.get(path.format(identity)) for identity in (execution_id, uuid4()))
    assert foreign.status_code == missing.status_code == 404
    assert foreign.text == missing.text


@pytest.mark.parametrize(
    "tail", ["excel", "csv?part=2", "csv?part=0", "csv?part=x", "csv?part=9999999999999", "..%2f..%2fsecret.key"]
)
def test_a_file_that_never_was_is_not_found(dana: httpx2.Client, execution_id: UUID, tail: str) -> None:
    assert dana.get(f"/files/{execution_id}/{tail}").status_code in (400, 404)
    assert dana.get(f"/files/nonsense/{tail}").status_code in (400, 404)


@pytest.fixture
def mail_id(web_server: WebServer) -> str:
    message = EmailMessage()
    message["Subject"] = "Sales"
    message.set_content("plain")
    message.add_alternative('<p>Hello</p><script>alert(1)</script><img src="cid:chart">', subtype="html")
    html = message.get_payload()[1]  # type: ignore[index]
    html.add_related(PIXEL, "image", "png", cid="<chart>")  # type: ignore[union-attr]
    message.add_attachment(CONTENT, maintype="text", subtype="html", filename="../evil.html")
    outbox = Outbox(web_server.data_dir / "outbox")
    return outbox.add(message.as_bytes(), sender="a@b.test", recipients=["c@d.test"], at=clock.now())


def test_it_shows_a_caught_mail_where_it_can_run_nothing(dana: httpx2.Client, mail_id: str) -> None:
    response = dana.get(f"/preview/outbox/{mail_id}")
    assert response.status_code == 200
    policy = response.headers["content-security-policy"]
    assert policy.startswith("sandbox; default-src 'none'")
    assert "allow-scripts" not in policy
    assert 'src="data:image/png;base64,' in response.text
    assert response.headers["x-frame-options"] == "SAMEORIGIN"


def test_it_hands_out_an_attachment_as_a_download_only(dana: httpx2.Client, mail_id: str) -> None:
    response = dana.get(f"/preview/outbox/{mail_id}/attachment/0")
    assert response.content == CONTENT
    assert response.headers["content-disposition"].startswith("attachment;")
    assert dana.get(f"/preview/outbox/{mail_id}/attachment/1").status_code == 404


@pytest.mark.parametrize("mail", ["nothing", "..%2f..%2fsecret.key", "20260101T000000000000-00000000"])
def test_a_mail_that_never_came_is_not_found(dana: httpx2.Client, mail: str) -> None:
    assert dana.get(f"/preview/outbox/{mail}").status_code in (400, 404)
    assert dana.get("/preview/mail/guessed").status_code == 404
