"""The sample workspace: a source, queries, a dashboard and reports that work at once, mail kept on this machine."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock
from core.models import DataSource
from core.schemas.accounts import Actor
from core.schemas.content import DashboardCreate, DataSourceCreate, SavedQueryCreate
from core.schemas.email_config import EmailConfigCreate
from core.schemas.scheduled_reports import ScheduledReportCreate
from core.services import (
    audit,
    dashboards,
    data_sources,
    email_configurations,
    executions,
    saved_queries,
    scheduled_reports,
    workspace,
)
from core.services.sample_content import DASHBOARD, QUERIES, REPORTS
from core.settings import get_settings

READER: Final = "dana@example.test"
# The weekly one, in all formats.
FIRST_TO_RUN: Final = 1
_SENDER: Final = "reports@rooster.test"
WORKSPACE_NAME: Final = "Rooster Demo"


def sample_path() -> Path:
    """Where core.sampledata puts the database."""
    return get_settings().data_path / "sample" / "flights.db"


def is_loaded(session: Session) -> bool:
    return workspace.get_or_create(session).sample_loaded_at is not None


def is_welcome(session: Session) -> bool:
    """At a very first start: nobody has set up anything yet."""
    return not is_loaded(session) and session.scalar(select(DataSource.id).limit(1)) is None


def load_sample(session: Session, *, owner: Actor) -> bool:
    """Give the sample to a person, once; False when it is there already. The file must exist.

    Its mail goes to the local catcher, when that is on; a mail account of the owner is left as it is.
    """
    if is_loaded(session):
        return False
    source_id = _source(session, owner)
    queries = {fields["name"]: _query(session, owner, source_id, fields) for fields in QUERIES}
    board_id = _dashboard(session, owner, queries)
    _mail_account(session, owner)
    reports = [_report(session, owner, fields, queries=queries, board_id=board_id) for fields in REPORTS]
    # One run at once, so that the first mail waits in the outbox when the first visitor comes.
    executions.request_run(session, actor=owner, report_id=reports[FIRST_TO_RUN])
    row = workspace.get_or_create(session)
    row.name, row.sample_loaded_at = WORKSPACE_NAME, clock.now()
    audit.record(
        session, actor=owner, action="load_sample", object_type="workspace", object_id=row.id, object_name=row.name
    )
    session.flush()
    return True


def _source(session: Session, owner: Actor) -> uuid.UUID:
    data = DataSourceCreate(name="NYC flights 2013", url=f"sqlite:///{sample_path()}", shared=True)
    made = data_sources.create_data_source(session, actor=owner, data=data)
    row = session.get_one(DataSource, made.id)
    # Its reports say that their dates are those of 2013.
    row.options = {**row.options, "sample": True}
    session.flush()
    return made.id


def _query(session: Session, owner: Actor, source_id: uuid.UUID, fields: dict[str, Any]) -> uuid.UUID:
    data = SavedQueryCreate.model_validate({**fields, "data_source_id": source_id})
    return saved_queries.create_saved_query(session, actor=owner, data=data).id


def _dashboard(session: Session, owner: Actor, queries: dict[str, uuid.UUID]) -> uuid.UUID:
    tiles = [
        {**{key: value for key, value in tile.items() if key != "query"}, "saved_query_id": queries[tile["query"]]}
        for tile in DASHBOARD["tiles"]
    ]
    data = DashboardCreate.model_validate({**DASHBOARD, "tiles": tiles})
    return dashboards.create_dashboard(session, actor=owner, data=data).id


def _report(
    session: Session, owner: Actor, fields: dict[str, Any], *, queries: dict[str, uuid.UUID], board_id: uuid.UUID
) -> uuid.UUID:
    plain = {key: value for key, value in fields.items() if key not in ("query", "dashboard")}
    subject = {"saved_query_id": queries[fields["query"]]} if "query" in fields else {"dashboard_id": board_id}
    data = ScheduledReportCreate.model_validate({**plain, **subject, "recipients": [READER, owner.email]})
    return scheduled_reports.create_scheduled_report(session, actor=owner, data=data).id


def _mail_account(session: Session, owner: Actor) -> None:
    settings = get_settings()
    if not settings.mail_catcher or email_configurations.find_email_config(session, actor=owner):
        return
    data = EmailConfigCreate(
        smtp_host="127.0.0.1",
        smtp_port=settings.mail_catcher_port,
        use_tls=False,
        from_email=_SENDER,
        from_name=WORKSPACE_NAME,
    )
    email_configurations.save_email_config(session, actor=owner, data=data)
