"""What a scheduled report must keep to before it is stored."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.errors import LimitReached, TemplateError
from core.mail.template_failure import failure_samples
from core.mail.template_figures import expected_values
from core.mail.template_kinds import FAILURES
from core.mail.templates import TemplateKind, check_template, sample_variables
from core.models import Dashboard, SavedQuery, ScheduledReport, User
from core.periods import resolve_value
from core.schemas.accounts import Actor
from core.schemas.content import QueryParameter
from core.schemas.file_names import FILE_NAME
from core.schemas.schedule import ScheduleConfig
from core.schemas.scheduled_reports import ScheduledReportCreate
from core.services import sharing
from core.services.known_names import known_of
from core.services.parameters import check_values, dates_of_now, stored
from core.settings import get_settings


def with_zone(config: ScheduleConfig, *, actor: Actor) -> ScheduleConfig:
    """A schedule that names no zone runs in its owner's."""
    if "timezone" in config.model_fields_set:
        return config
    return config.model_copy(update={"timezone": actor.timezone})


def checked_columns(
    session: Session, *, actor: Actor, owner_id: uuid.UUID, data: ScheduledReportCreate
) -> dict[str, Any]:
    """The columns of a report's row but its dates; raises NotFound or InvalidInput."""
    parameters = _parameters_in(_subject_of(session, actor, owner_id, data))
    return {
        "name": data.name,
        "description": data.description,
        "dashboard_id": data.dashboard_id,
        "saved_query_id": data.saved_query_id,
        "parameters": check_values(data.parameters, parameters.values()),
        "schedule_config": data.schedule_config.model_dump(exclude_none=True),
        "recipients": data.recipients,
        "cc": data.cc,
        "bcc": data.bcc,
        "formats": data.formats,
        "format_options": data.format_options,
        "email_subject": data.email_subject or None,
        "email_body": data.email_body or None,
        "tags": data.tags,
        "keep_thread": data.keep_thread,
        "dark_chart": data.dark_chart,
        "link_days": data.link_days,
        "failure_subject": data.failure_subject or None,
        "failure_body": data.failure_body or None,
        "is_active": data.is_active,
    }


def check_templates(session: Session, *, actor: Actor, owner_id: uuid.UUID, data: ScheduledReportCreate) -> None:
    """All its texts say only what exists and can be filled in; raises TemplateError."""
    subject = _subject_of(session, actor, owner_id, data)
    parameters = _parameters_in(subject)
    dates = dates_of_now(session, actor=actor)
    values = {
        name: resolve_value(data.parameters.get(name, parameter.default), parameter.type, dates)
        for name, parameter in parameters.items()
    }
    variables = sample_variables(values, data=expected_values(known_of(session, subject)))
    failure = failure_samples(variables)
    written: tuple[tuple[str, TemplateKind, str | None], ...] = (
        ("email_subject", "subject", data.email_subject),
        ("email_body", "body", data.email_body),
        (f"format_options.{FILE_NAME}", "filename", data.format_options.get(FILE_NAME)),
        ("failure_subject", "failure_subject", data.failure_subject),
        ("failure_body", "failure_body", data.failure_body),
    )
    for field, kind, text in written:
        if text:
            _check_template(text, kind, failure if kind in FAILURES else variables, field=field)


def _check_template(text: str, kind: TemplateKind, variables: Mapping[str, Any], *, field: str) -> None:
    try:
        check_template(text, kind=kind, variables=variables)
    except TemplateError as error:
        raise TemplateError(error.message, field=field) from error


def refuse_over_limit(session: Session, *, owner_id: uuid.UUID) -> None:
    """Raises LimitReached when one more active report would be too many."""
    # Two requests at once wait for each other here, so the limit holds.
    session.execute(select(User.id).where(User.id == owner_id).with_for_update())
    most = get_settings().max_reports_per_user
    mine = (ScheduledReport.owner_id == owner_id, ScheduledReport.is_active)
    if (session.scalar(select(func.count(ScheduledReport.id)).where(*mine)) or 0) >= most:
        raise LimitReached(
            f"You have {most} active reports, which is the limit (ROOSTER_MAX_REPORTS_PER_USER). Pause or delete one "
            "first."
        )


def _subject_of(
    session: Session, actor: Actor, owner_id: uuid.UUID, data: ScheduledReportCreate
) -> SavedQuery | Dashboard:
    """What the report is made of."""
    model, object_id = (SavedQuery, data.saved_query_id) if data.saved_query_id else (Dashboard, data.dashboard_id)
    assert object_id is not None, "the schema demands one of the two"
    subject: SavedQuery | Dashboard = sharing.require_part(
        session, model, actor=actor, object_id=object_id, owner_id=owner_id, whole="scheduled report"
    )
    return subject


def _parameters_in(subject: SavedQuery | Dashboard) -> dict[str, QueryParameter]:
    """The parameters of the query, or of all tiles of the dashboard, by name; the first of a name wins."""
    queries = [tile.saved_query for tile in subject.tiles] if isinstance(subject, Dashboard) else [subject]
    found: dict[str, QueryParameter] = {}
    for query in queries:
        for parameter in stored(query.parameters):
            found.setdefault(parameter.name, parameter)
    return found
