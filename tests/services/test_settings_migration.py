"""The settings of a report come to reports that were there before them, and leave them whole when they go."""

from __future__ import annotations

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import inspect

from core.database import get_engine, read_scope
from core.migrations import current_revision, migrate, newest_revision
from core.schemas.accounts import Actor
from core.services import scheduled_reports
from core.settings import ROOT
from tests.factories import make_query_report

NEW = {"tags", "keep_thread", "dark_chart", "link_days", "failure_subject", "failure_body"}


def back_to(revision: str) -> None:
    config = Config(str(ROOT / "alembic.ini"))
    config.set_main_option("script_location", str(ROOT / "migrations"))
    with get_engine().begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, revision)


@pytest.mark.usefixtures("database")
def test_reports_of_before_get_the_usual_settings(alice: Actor, source_url: str) -> None:
    report = make_query_report(alice, url=source_url, tags=["gone"], keep_thread=True, dark_chart=False, link_days=3)
    back_to("0004")
    assert not NEW & {column["name"] for column in inspect(get_engine()).get_columns("scheduled_reports")}
    migrate(get_engine())
    assert current_revision(get_engine()) == newest_revision()
    with read_scope() as session:
        found = scheduled_reports.get_scheduled_report(session, actor=alice, report_id=report.id)
        assert scheduled_reports.list_tags(session, actor=alice) == []
    assert (found.name, found.recipients) == (report.name, report.recipients)
    assert (found.tags, found.keep_thread, found.dark_chart, found.link_days) == ([], False, True, None)
    assert (found.failure_subject, found.failure_body) == (None, None)
