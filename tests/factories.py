"""Things for tests, made through the services as a person would; `**over` replaces any field."""

from __future__ import annotations

import uuid
from typing import Any

from core.database import session_scope
from core.schemas.accounts import Actor
from core.schemas.content import (
    DashboardCreate,
    DashboardResponse,
    DataSourceCreate,
    DataSourceResponse,
    SavedQueryCreate,
    SavedQueryResponse,
)
from core.schemas.email_config import EmailConfigCreate, EmailConfigResponse
from core.schemas.scheduled_reports import ScheduledReportCreate, ScheduledReportResponse
from core.services import dashboards, data_sources, email_configurations, saved_queries, scheduled_reports

SQL = "SELECT region, sum(amount) AS amount FROM sales WHERE day >= :since GROUP BY region ORDER BY region"
SINCE = {"name": "since", "type": "date", "default": "2026-01-05"}


def make_data_source(actor: Actor, *, url: str, **over: Any) -> DataSourceResponse:
    """`url` is the fixture `source_url`: the shop with its table `sales`."""
    data = DataSourceCreate.model_validate({"name": "Shop", "url": url, **over})
    with session_scope() as session:
        return data_sources.create_data_source(session, actor=actor, data=data)


def make_saved_query(actor: Actor, *, data_source_id: uuid.UUID, **over: Any) -> SavedQueryResponse:
    """Sales by region since a day: four rows."""
    plain = {"name": "Sales by region", "data_source_id": data_source_id, "sql": SQL, "parameters": [SINCE]}
    data = SavedQueryCreate.model_validate({**plain, **over})
    with session_scope() as session:
        return saved_queries.create_saved_query(session, actor=actor, data=data)


def make_dashboard(actor: Actor, *, saved_query_ids: list[uuid.UUID], **over: Any) -> DashboardResponse:
    """A tile for each query."""
    tiles = [{"saved_query_id": query_id} for query_id in saved_query_ids]
    data = DashboardCreate.model_validate({"name": "Shop at a glance", "tiles": tiles, **over})
    with session_scope() as session:
        return dashboards.create_dashboard(session, actor=actor, data=data)


def report_fields(**over: Any) -> dict[str, Any]:
    """The fields of a daily report, without the query or dashboard it is about."""
    return {
        "name": "Daily sales",
        "schedule_config": {"type": "daily", "time": "07:00", "timezone": "Europe/Berlin"},
        "recipients": ["dana@example.test"],
        "formats": ["csv"],
        **over,
    }


def make_report(actor: Actor, **over: Any) -> ScheduledReportResponse:
    """A daily report; give `saved_query_id` or `dashboard_id`."""
    data = ScheduledReportCreate.model_validate(report_fields(**over))
    with session_scope() as session:
        return scheduled_reports.create_scheduled_report(session, actor=actor, data=data)


def make_query_report(actor: Actor, *, url: str, **over: Any) -> ScheduledReportResponse:
    """A report with a query and a source of its own."""
    source = make_data_source(actor, url=url)
    query = make_saved_query(actor, data_source_id=source.id)
    return make_report(actor, saved_query_id=query.id, **over)


def mail_account_fields(**over: Any) -> dict[str, Any]:
    """An account on a plain server of this machine; give `smtp_port` to reach a real one."""
    return {
        "smtp_host": "127.0.0.1",
        "smtp_port": 2525,
        "use_tls": False,
        "from_email": "reports@example.test",
        "from_name": "Reports",
        **over,
    }


def make_email_config(actor: Actor, **over: Any) -> EmailConfigResponse:
    data = EmailConfigCreate.model_validate(mail_account_fields(**over))
    with session_scope() as session:
        return email_configurations.save_email_config(session, actor=actor, data=data)
