"""The sample can be taken away, writes to nobody real, and its password opens nothing that others can reach."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from sqlalchemy import select

from core.crypto import hash_password
from core.database import read_scope, session_scope
from core.errors import Conflict, DeliveryError
from core.models import DataSource, EmailConfiguration, ReportExecution, SavedQuery, ScheduledReport, User
from core.schemas.accounts import Actor
from core.schemas.email_config import EmailConfigCreate
from core.services import email_configurations, installation, sample, sample_reports, scheduled_reports
from core.services.demo_login import known_login_problem
from core.services.installation import DEMO_EMAIL, DEMO_PASSWORD
from core.services.people import to_actor
from tests.factories import make_email_config, make_saved_query

pytestmark = pytest.mark.usefixtures("database", "demo")
ELSEWHERE = {"smtp_host": "smtp.example.com", "smtp_port": 587, "use_tls": True, "from_email": "reports@example.com"}


@pytest.fixture
def demo(_any_database: str, source_file: Path) -> Actor:
    """The demo's person with the sample, on a database that is quickly made."""
    assert _any_database
    sample.sample_path().parent.mkdir(parents=True)
    shutil.copyfile(source_file, sample.sample_path())
    with session_scope() as session:
        person = User(email=DEMO_EMAIL, name="Demo", role="admin", password_hash=hash_password(DEMO_PASSWORD))
        session.add(person)
        session.flush()
        owner = to_actor(person)
        assert sample.load_sample(session, owner=owner)
    return owner


def remove() -> str:
    told: list[str] = []
    installation.remove_sample(progress=told.append)
    return "\n".join(told)


def sample_reports_of(session: object) -> list[ScheduledReport]:
    return list(session.scalars(select(ScheduledReport)))  # type: ignore[attr-defined]


def test_it_goes_whole_when_nobody_built_on_it(admin: Actor) -> None:
    told = remove()
    assert told.count("the report '") == 3
    assert told.count("the query '") == 5
    assert f"the account {DEMO_EMAIL}" in told
    assert not sample.sample_path().exists()
    with read_scope() as session:
        for model in (ScheduledReport, ReportExecution, SavedQuery, DataSource, EmailConfiguration):
            assert session.scalars(select(model)).all() == []
        assert session.scalars(select(User.id)).all() == [admin.id]
        assert not sample.is_welcome(session)
    with pytest.raises(Conflict, match="not here"):
        remove()


def test_it_stays_while_others_use_it(admin: Actor) -> None:
    with read_scope() as session:
        source_id = session.scalars(select(DataSource.id)).one()
    make_saved_query(admin, data_source_id=source_id, name="My own flights", sql="SELECT 1 AS one", parameters=[])
    with pytest.raises(Conflict, match="in use by the query 'My own flights'"):
        remove()
    with read_scope() as session:
        assert len(sample_reports_of(session)) == 3
    assert sample.sample_path().exists()


def test_the_last_administrator_stays() -> None:
    with pytest.raises(Conflict, match="only administrator.*create-admin"):
        remove()
    with read_scope() as session:
        assert len(sample_reports_of(session)) == 3


@pytest.mark.usefixtures("admin")
def test_a_person_who_owns_more_stays(demo: Actor) -> None:
    plain = {"name": "Mine", "kind": "sqlite", "url_encrypted": "x", "url_masked": "x", "key_id": ""}
    with session_scope() as session:
        session.add(DataSource(owner_id=demo.id, **plain))
    with pytest.raises(Conflict, match="at least one data source"):
        remove()


def test_a_real_mail_account_pauses_its_reports_with_the_reason(demo: Actor) -> None:
    make_email_config(demo, **ELSEWHERE)
    with read_scope() as session:
        reports = sample_reports_of(session)
        assert {(report.is_active, report.next_run_at) for report in reports} == {(False, None)}
        assert {report.paused_reason for report in reports} == {sample_reports.PAUSED}
        assert {run.status for run in session.scalars(select(ReportExecution))} == {"cancelled"}


def test_going_back_to_the_catcher_resumes_nothing(demo: Actor) -> None:
    with read_scope() as session:
        before = email_configurations.find_email_config(session, actor=demo)
    assert before is not None
    make_email_config(demo, **ELSEWHERE)
    make_email_config(demo, smtp_host=before.smtp_host, smtp_port=before.smtp_port, use_tls=False, smtp_username="")
    with read_scope() as session:
        assert not any(report.is_active for report in sample_reports_of(session))


def test_the_account_of_the_workspace_counts_once_the_own_one_is_gone(demo: Actor) -> None:
    data = EmailConfigCreate.model_validate(ELSEWHERE)
    with session_scope() as session:
        email_configurations.save_workspace_config(session, actor=demo, data=data)
        assert all(report.is_active for report in sample_reports_of(session))
        email_configurations.delete_email_config(session, actor=demo)
        assert not any(report.is_active for report in sample_reports_of(session))


def test_a_run_that_somebody_asks_for_is_refused_until_the_readers_are_real(demo: Actor) -> None:
    make_email_config(demo, **ELSEWHERE)
    with session_scope() as session:
        report = sample_reports_of(session)[0]
        scheduled_reports.set_active(session, actor=demo, report_id=report.id, is_active=True)
        ask = {"report_id": report.id, "host": "smtp.example.com", "port": 587}
        with pytest.raises(DeliveryError, match="dana@example.test, which does not exist"):
            sample_reports.refuse_sample_readers(session, recipients=report.recipients, **ask)
        sample_reports.refuse_sample_readers(session, recipients=["reader@example.com"], **ask)
        catcher = {**ask, "host": "127.0.0.1", "port": 1025}
        sample_reports.refuse_sample_readers(session, recipients=report.recipients, **catcher)


def test_a_known_password_keeps_an_open_server_from_starting(demo: Actor) -> None:
    with session_scope() as session:
        problem = known_login_problem(session, reaches="0.0.0.0:8501")
        assert problem is not None
        assert "0.0.0.0:8501" in problem
        assert DEMO_PASSWORD not in problem
        session.get_one(User, demo.id).password_hash = hash_password("another password")
        assert known_login_problem(session, reaches="0.0.0.0:8501") is None
