"""Everything a run needs, read once: the frozen snapshot, the live data sources, the dates it is about."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import clock
from core.document.gather import fingerprints_of, previous_values
from core.document.model import Period, ReportHead
from core.errors import InvalidInput, NotFound, SecretUnreadable, SourceError
from core.mail.template_figures import Earlier
from core.mail.templates import Asked, asked_of
from core.models import ReportExecution, User
from core.periods import macro_dates, period_of, resolve_value
from core.schedule import describe
from core.schemas.schedule import ScheduleConfig
from core.services import workspace
from core.services.data_sources import open_by_id
from core.settings import get_settings
from core.sources.base import Query, Source

_WEEK: Final = 7


@dataclass(frozen=True, slots=True)
class PlannedQuery:
    """One query of the report, ready to run; `error` says why it cannot."""

    key: str
    title: str
    description: str
    presentation: Mapping[str, Any]
    parameters: Mapping[str, Any]
    previous_kpis: Mapping[str, Any] | None
    source: Source | None = None
    source_name: str = ""
    period_note: str = ""
    query: Query | None = None
    error: SourceError | None = None


@dataclass(frozen=True, slots=True)
class MailOptions:
    """How the mails of a report are made; a run of an older version has those that were the rule then."""

    keep_thread: bool = False
    dark_chart: bool = True
    link_days: int | None = None
    failure_subject: str | None = None
    failure_body: str | None = None


@dataclass(frozen=True, slots=True)
class RunPlan:
    """A run as plain values; no session is needed any more. `dates` are the date macros of the run.

    `asked` is what its texts want of the data beyond what every mail shows, None for all that could be asked for.
    """

    execution_id: uuid.UUID
    report_id: uuid.UUID
    owner_id: uuid.UUID
    fence: int
    head: ReportHead
    queries: tuple[PlannedQuery, ...]
    dates: Mapping[str, date]
    recipients: tuple[str, ...]
    cc: tuple[str, ...]
    bcc: tuple[str, ...]
    email_subject: str | None
    email_body: str | None
    is_dashboard: bool
    retention_days: int | None
    number: int = 1
    attempt: int = 1
    earlier: Earlier = Earlier()
    options: MailOptions = MailOptions()
    asked: Asked | None = Asked()

    @property
    def file_name(self) -> str | None:
        """The template of the files' names, when the report has its own."""
        return self.head.format_options.get("file_name") or None

    @property
    def everybody(self) -> list[tuple[str, str]]:
        """(address, role) of each person who gets a copy."""
        return [
            *((address, "to") for address in self.recipients),
            *((address, "cc") for address in self.cc),
            *((address, "bcc") for address in self.bcc),
        ]


def read_plan(session: Session, execution_id: uuid.UUID, *, fence: int, now: datetime) -> RunPlan:
    """The plan of a claimed execution; raises NotFound when it is gone."""
    row = session.get(ReportExecution, execution_id)
    owner = session.get(User, row.owner_id) if row else None
    if row is None or owner is None:
        raise NotFound("This execution does not exist any more.")
    return _plan(session, row, owner, fence=fence, now=now)


def plan_of_snapshot(
    session: Session, snapshot: Mapping[str, Any], *, owner: User, execution: ReportExecution, fence: int, now: datetime
) -> RunPlan:
    """The plan of a snapshot, of an execution that may not be stored at all (a preview)."""
    config = ScheduleConfig.model_validate(snapshot["schedule_config"])
    shared = workspace.find_workspace(session)
    zone = clock.zone(config.timezone)
    period = period_of(config, execution.scheduled_for, locale=shared.locale)
    dates = macro_dates(execution.scheduled_for, zone, period, shared.week_start)
    before = run_before(session, execution)
    previous = {section["section"]: previous_values(section["kpis"]) for section in before.kpis} if before else {}
    queries = tuple(
        _planned(session, frozen, number=number, snapshot=snapshot, owner_id=owner.id, dates=dates, previous=previous)
        for number, frozen in enumerate(snapshot["queries"], start=1)
    )
    number = _number(session, execution)
    earlier = _earlier(before, config, shared.locale)
    head = ReportHead(
        report_id=str(execution.scheduled_report_id),
        execution_id=str(execution.id),
        name=snapshot["name"],
        slug=snapshot["slug"],
        description=snapshot["description"],
        workspace=shared.name,
        owner_name=owner.name,
        owner_email=owner.email,
        cadence=describe(config),
        period=replace(period, note=_note_of(queries, period)),
        scheduled_for=execution.scheduled_for,
        timezone=config.timezone,
        trigger=execution.trigger,  # type: ignore[arg-type] # the column holds nothing else
        data_as_of=now,
        locale=shared.locale,
        base_url=get_settings().base_url,
        formats=tuple(snapshot["formats"]),
        format_options=dict(snapshot["format_options"]),
        brand=shared.brand,
        is_first=number == 1,
        compared_with=earlier.label,
        tags=tuple(snapshot.get("tags", ())),
    )
    texts = (snapshot["email_subject"], snapshot["email_body"], snapshot["format_options"].get("file_name"))
    return RunPlan(
        execution_id=execution.id,
        report_id=execution.scheduled_report_id,
        owner_id=owner.id,
        fence=fence,
        head=head,
        queries=queries,
        dates=dates,
        recipients=tuple(snapshot["recipients"]),
        cc=tuple(snapshot["cc"]),
        bcc=tuple(snapshot["bcc"]),
        email_subject=snapshot["email_subject"],
        email_body=snapshot["email_body"],
        is_dashboard=snapshot["is_dashboard"],
        retention_days=snapshot.get("retention_days"),
        options=_options(snapshot),
        number=number,
        attempt=max(1, execution.attempt or 1),
        earlier=earlier,
        asked=asked_of(texts),
    )


def _options(snapshot: Mapping[str, Any]) -> MailOptions:
    known = {field.name for field in fields(MailOptions)}
    return MailOptions(**{name: value for name, value in snapshot.items() if name in known})


def _plan(session: Session, row: ReportExecution, owner: User, *, fence: int, now: datetime) -> RunPlan:
    return plan_of_snapshot(session, row.snapshot, owner=owner, execution=row, fence=fence, now=now)


def _planned(
    session: Session,
    frozen: Mapping[str, Any],
    *,
    number: int,
    snapshot: Mapping[str, Any],
    owner_id: uuid.UUID,
    dates: Mapping[str, date],
    previous: Mapping[str, Mapping[str, Any]],
) -> PlannedQuery:
    planned = PlannedQuery(
        key=f"q{number}",
        title=frozen["title"],
        description=frozen["description"],
        presentation=frozen["presentation"],
        parameters={},
        previous_kpis=previous.get(f"q{number}"),
    )
    try:
        values = _values(frozen, snapshot["parameters"], dates)
        source, options = open_by_id(session, uuid.UUID(frozen["data_source_id"]), owner_id=owner_id)
    except SourceError as error:
        return replace(planned, error=error)
    except (SecretUnreadable, InvalidInput) as error:
        error_class = "missing_source" if isinstance(error, SecretUnreadable) else "invalid"
        return replace(planned, error=SourceError(error.message, error_class=error_class))
    query = Query(sql=frozen["sql"], parameters=values, max_rows=get_settings().max_rows, timeout_s=options.timeout_s)
    return replace(
        planned,
        parameters=values,
        source=source,
        source_name=options.name,
        period_note=options.period_note,
        query=query,
    )


def _values(frozen: Mapping[str, Any], chosen: Mapping[str, Any], dates: Mapping[str, date]) -> dict[str, Any]:
    """Each parameter's value: the schedule's, else the tile's, else the query's default; macros become dates."""
    given = {**frozen["values"], **chosen}
    return {
        parameter["name"]: resolve_value(
            given.get(parameter["name"], parameter.get("default")), parameter["type"], dates
        )
        for parameter in frozen["parameters"]
    }


def run_before(session: Session, execution: ReportExecution) -> ReportExecution | None:
    """The report's last run before this one that got as far as having figures."""
    query = (
        select(ReportExecution)
        .where(
            ReportExecution.scheduled_report_id == execution.scheduled_report_id,
            ReportExecution.trigger != "test",
            ReportExecution.id != execution.id,
            ReportExecution.scheduled_for < execution.scheduled_for,
            ReportExecution.status.in_(("delivering", "success", "partial", "uncertain")),
        )
        .order_by(ReportExecution.scheduled_for.desc())
        .limit(1)
    )
    return session.scalar(query)


def _note_of(queries: Sequence[PlannedQuery], period: Period) -> str:
    """The note of the first source that has one; `{span}` in it is the kind of period."""
    note = next((planned.period_note for planned in queries if planned.period_note), "")
    days = (period.end - period.start).days
    return note.format(span="day" if days == 0 else "week" if days < _WEEK else "month")


def _earlier(before: ReportExecution | None, config: ScheduleConfig, locale: str) -> Earlier:
    if before is None:
        return Earlier()
    label = period_of(config, before.scheduled_for, locale=locale).label
    return Earlier(before.row_count, fingerprints_of(before.kpis), label)


def _number(session: Session, execution: ReportExecution) -> int:
    """This run's place among the report's runs; tests are none."""
    query = select(func.count(ReportExecution.id)).where(
        ReportExecution.scheduled_report_id == execution.scheduled_report_id,
        ReportExecution.trigger != "test",
        ReportExecution.id != execution.id,
        ReportExecution.scheduled_for <= execution.scheduled_for,
    )
    return 1 + (session.scalar(query) or 0)
