"""Numbers for a monitoring system, for administrators."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from core import clock
from core.database import session_scope
from core.models import Delivery, ReportExecution, ScheduledReport
from core.schemas.accounts import Actor
from core.services import workers
from tests.api.conftest import ClientOf
from tests.factories import make_data_source, make_report, make_saved_query

pytestmark = pytest.mark.usefixtures("database")
LINE = re.compile(r'[a-z_]+(?:\{[a-z]+="[^"]*"\})? (?:NaN|-?[0-9.e+-]+)')


@pytest.fixture
def numbers(client_of: ClientOf, admin: Actor) -> TestClient:
    return client_of(admin)


def values(client: TestClient) -> dict[str, str]:
    answer = client.get("/api/metrics")
    assert answer.status_code == 200, answer.text
    return dict(line.rsplit(" ", 1) for line in answer.text.splitlines() if not line.startswith("#"))


def add_run(actor: Actor, source_url: str, **over: object) -> None:
    query = make_saved_query(actor, data_source_id=make_data_source(actor, url=source_url).id)
    report = make_report(actor, saved_query_id=query.id)
    now = clock.now()
    fields = {
        "scheduled_report_id": report.id,
        "owner_id": actor.id,
        "trigger": "schedule",
        "status": "success",
        "scheduled_for": now - timedelta(minutes=10),
        "not_before": now - timedelta(minutes=10),
        "started_at": now - timedelta(minutes=9, seconds=30),
        "execution_time_ms": 2500,
        **over,
    }
    with session_scope() as session:
        run = ReportExecution(**fields)
        session.add(run)
        session.flush()
        for address, status in (("a@example.test", "sent"), ("b@example.test", "bounced"), ("c@example.test", "sent")):
            mail = {"recipient": address, "status": status if status != "bounced" else "failed"}
            session.add(Delivery(execution_id=run.id, message_id=address, not_before=now, give_up_at=now, **mail))
        assert session.scalars(select(ScheduledReport)).one()


def test_it_is_text_that_prometheus_reads(numbers: TestClient) -> None:
    answer = numbers.get("/api/metrics")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    lines = answer.text.splitlines()
    assert [line for line in lines if not line.startswith("# ") and not LINE.fullmatch(line)] == []
    named = {line.split()[2] for line in lines if line.startswith("# TYPE")}
    assert named == {line.split()[2] for line in lines if line.startswith("# HELP")}


def test_it_is_for_administrators(client_of: ClientOf, alice: Actor) -> None:
    assert client_of(alice).get("/api/metrics").status_code == 403
    assert client_of(None).get("/api/metrics").status_code == 401


def test_nothing_yet_is_zero_and_unknown_times_are_no_number(numbers: TestClient) -> None:
    found = values(numbers)
    assert found['rooster_runs_last_day{outcome="failed"}'] == "0"
    assert found["rooster_workers_alive"] == "0"
    assert found['rooster_run_lateness_seconds{quantile="0.5"}'] == "NaN"
    assert found["rooster_run_lateness_seconds_count"] == "0"


def test_runs_and_mails_are_counted_by_outcome(numbers: TestClient, admin: Actor, source_url: str) -> None:
    add_run(admin, source_url)
    found = values(numbers)
    assert found['rooster_runs_last_day{outcome="success"}'] == "1"
    assert found['rooster_deliveries_last_day{outcome="sent"}'] == "2"
    assert found['rooster_deliveries_last_day{outcome="failed"}'] == "1"
    assert found['rooster_run_lateness_seconds{quantile="0.95"}'] == "30"
    assert found['rooster_run_duration_seconds{quantile="1"}'] == "2.5"


def test_what_waits_is_the_depth_of_the_queue(numbers: TestClient, admin: Actor, source_url: str) -> None:
    add_run(admin, source_url, status="queued", started_at=None, execution_time_ms=None)
    assert values(numbers)['rooster_queue_depth{state="queued"}'] == "1"


def test_a_worker_that_lives_is_counted(numbers: TestClient) -> None:
    with session_scope() as session:
        workers.beat(session, identity="elsewhere|boot|17|start", slots=2, version="0.1")
    found = values(numbers)
    assert found["rooster_workers_alive"] == "1"
    assert float(found["rooster_worker_heartbeat_age_seconds"]) < 60
