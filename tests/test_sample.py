"""The sample: real flights, five fast queries, a dashboard, three reports, loaded once."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from core.database import read_scope, session_scope
from core.document.presentation import columns_of, kpi_specs, notices_of
from core.models import DataSource
from core.sampledata import build, day_of_2013
from core.schemas.accounts import Actor
from core.schemas.content import PreviewRequest
from core.services import (
    accounts,
    dashboards,
    data_sources,
    email_configurations,
    sample,
    saved_queries,
    scheduled_reports,
)


@pytest.fixture(scope="module")
def flights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sample") / "flights.db"
    told: list[str] = []
    build(path, progress=told.append)
    assert "Loading flights ..." in told
    return path


@pytest.fixture
def owner(_any_database: str, admin: Actor, flights: Path) -> Iterator[Actor]:
    assert _any_database
    target = sample.sample_path()
    target.parent.mkdir(parents=True)
    shutil.copyfile(flights, target)
    with session_scope() as session:
        assert sample.load_sample(session, owner=admin)
    yield admin
    target.unlink()


def test_the_tables_are_complete(flights: Path) -> None:
    with closing(sqlite3.connect(flights)) as connection:
        count = {
            table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in ("flights", "airlines", "airports", "planes")
        }
        first = connection.execute("SELECT flight_date, dep_time, time_hour FROM flights LIMIT 1").fetchone()
    assert count == {"flights": 336_776, "airlines": 16, "airports": 1458, "planes": 3322}
    assert first == ("2013-01-01", "05:17", "2013-01-01 10:00:00")


@pytest.mark.parametrize(
    ("day", "same"),
    [
        (date(2013, 6, 17), date(2013, 6, 17)),
        (date(2026, 6, 15), date(2013, 6, 17)),
        (date(2026, 12, 31), date(2013, 12, 19)),
        (date(2027, 1, 1), date(2013, 12, 20)),
        (date(2026, 1, 1), date(2013, 1, 10)),
    ],
)
def test_a_day_is_the_same_weekday_of_the_same_week_of_2013(day: date, same: date) -> None:
    assert day_of_2013(day) == same


def test_every_week_until_2040_is_seven_days_with_flights(flights: Path) -> None:
    with closing(sqlite3.connect(flights)) as connection:
        found = dict(connection.execute("SELECT day, day_2013 FROM sample_calendar"))
        flown = {row[0] for row in connection.execute("SELECT DISTINCT flight_date FROM flights")}
    monday = date(2012, 12, 31)
    while monday < date(2040, 12, 1):
        week = [found[(monday + timedelta(days=number)).isoformat()] for number in range(7)]
        assert len(set(week)) == 7
        assert flown.issuperset(week)
        monday += timedelta(days=7)


@pytest.mark.usefixtures("database")
def test_each_query_answers_and_its_presentation_fits(owner: Actor) -> None:
    with read_scope() as session:
        listed = saved_queries.list_saved_queries(session, actor=owner).items
        prepared = [
            saved_queries.prepare_preview(session, actor=owner, saved_query_id=query.id, request=PreviewRequest())
            for query in listed
        ]
    assert len(listed) == 5
    for query, work in zip(listed, prepared, strict=True):
        table = saved_queries.run_result(work)
        assert table.num_rows >= 2, query.name
        presentation = query.presentation.model_dump(exclude_none=True)
        columns = columns_of(table.schema, presentation)
        assert notices_of(columns, presentation) == ()
        assert len(kpi_specs(columns, presentation)) in (2, 4)


@pytest.mark.usefixtures("database")
def test_the_workspace_is_complete(owner: Actor) -> None:
    with read_scope() as session:
        reports = scheduled_reports.list_scheduled_reports(session, actor=owner, sort="name").items
        board = dashboards.list_dashboards(session, actor=owner).items[0]
        source = session.scalars(select(DataSource)).one()
        _, options = data_sources.open_by_id(session, source.id, owner_id=owner.id)
        account = email_configurations.find_email_config(session, actor=owner)
    assert [report.schedule_config.type for report in reports] == ["weekly", "monthly", "daily"]
    assert all(report.is_active and report.next_run_at and not report.warnings for report in reports)
    assert all(report.recipients == [sample.READER, owner.email] for report in reports)
    assert reports[0].formats == ["excel", "csv", "pdf", "html"]
    assert len(board.tiles) == 4
    assert options.period_note == "sample: the same {span} of 2013"
    assert account is not None
    assert (account.smtp_host, account.smtp_port, account.use_tls) == ("127.0.0.1", 1025, False)


@pytest.mark.usefixtures("sqlite_database")
def test_it_is_loaded_once_and_belongs_to_its_owner(owner: Actor, charlie: Actor) -> None:
    with session_scope() as session:
        assert not sample.load_sample(session, owner=owner)
        assert saved_queries.list_saved_queries(session, actor=charlie).total == 0
        assert scheduled_reports.list_scheduled_reports(session, actor=charlie).total == 0
        assert accounts.find_actor(session, user_id=owner.id)
