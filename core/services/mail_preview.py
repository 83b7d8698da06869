"""A mail as it would look, before anything is sent; and a mail as it was sent."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import uuid
from dataclasses import dataclass, replace
from datetime import datetime
from email.message import EmailMessage
from typing import Any, Final

from sqlalchemy.orm import Session

from core import clock
from core.document.model import ReportDocument
from core.errors import NotFound
from core.mail.message import DrawnCharts, Sender, build_report_message, draw_charts
from core.mail.pictures import without_dark
from core.mail.template_figures import Earlier
from core.models import Dashboard, ReportExecution, SavedQuery, ScheduledReport, User
from core.schedule import next_run
from core.schemas.accounts import Actor
from core.schemas.scheduled_reports import ScheduledReportCreate
from core.services import letters, run_words, sharing
from core.services.executions import find_execution
from core.services.known_names import known_of
from core.services.run_data import gather
from core.services.run_plan import RunPlan, plan_of_snapshot
from core.services.snapshots import freeze

# Enough to look real, little enough to answer while somebody waits.
PREVIEW_ROWS: Final = 20_000
PREVIEW_SECONDS: Final = 20
_CID: Final = re.compile(r"cid:([A-Za-z0-9._-]+)")


@dataclass(frozen=True, slots=True)
class MailPreview:
    """The three faces of one mail; the pictures stand inside the HTML."""

    subject: str
    html: str
    text: str


@dataclass(frozen=True, slots=True)
class PreparedPreview:
    """What a preview needs of the database; `upcoming` is the next planned run."""

    plan: RunPlan
    recipient: str
    known: Earlier = Earlier()
    upcoming: datetime | None = None


@dataclass(frozen=True, slots=True)
class GatheredPreview:
    """What the queries gave, with its charts; `key` tells whether it still fits (see `data_key`)."""

    key: str
    document: ReportDocument
    charts: DrawnCharts


def words_key(prepared: PreparedPreview, gathered: GatheredPreview) -> str:
    """The same for two previews that would render the same mail."""
    plan = prepared.plan
    words = (
        (plan.head.name, plan.head.cadence, plan.head.formats, plan.email_subject, plan.email_body),
        (plan.head.locale, plan.head.brand, plan.head.tags, plan.options),
    )
    facts = (gathered.key, gathered.document.head.execution_id, words, plan.recipients, plan.cc, plan.head.period)
    return hashlib.sha256(repr(facts).encode()).hexdigest()


def prepare_mail_preview(
    session: Session, *, actor: Actor, data: ScheduledReportCreate, report_id: uuid.UUID | None = None
) -> PreparedPreview:
    """Everything for `run_mail_preview`; raises NotFound for a query or dashboard of somebody else.

    With the id of a report its figures are compared with those of its last run.
    """
    if report_id is not None:
        sharing.require(session, ScheduledReport, actor=actor, object_id=report_id)
    query = _part(session, SavedQuery, data.saved_query_id, actor)
    dashboard = _part(session, Dashboard, data.dashboard_id, actor)
    # It reads with the rights of the person whose mail it would be.
    owner = session.get(User, (query or dashboard).owner_id)
    assert owner is not None, "an owner is a person"
    report = ScheduledReport(
        id=report_id or uuid.uuid4(),
        owner_id=owner.id,
        saved_query=query,
        dashboard=dashboard,
        time_limit_s=None,
        retention_days=None,
        **data.model_dump(exclude={"saved_query_id", "dashboard_id", "schedule_config"}),
        schedule_config=data.schedule_config.model_dump(mode="json", exclude_none=True),
    )
    now = clock.now()
    execution = ReportExecution(
        id=uuid.uuid4(), scheduled_report_id=report.id, trigger="manual", scheduled_for=now, snapshot={}
    )
    plan = plan_of_snapshot(session, freeze(report), owner=owner, execution=execution, fence=0, now=now)
    return PreparedPreview(
        _limited(plan), data.recipients[0], known_of(session, query or dashboard), next_run(data.schedule_config, now)
    )


def run_mail_preview(prepared: PreparedPreview) -> MailPreview:
    """Run the queries, at most for some seconds, and render the mail; raises SourceError, TemplateError."""
    return render_mail_preview(prepared, gather_mail_preview(prepared))


def gather_mail_preview(prepared: PreparedPreview) -> GatheredPreview:
    """Run the queries, at most for some seconds; raises SourceError. The result serves any words and readers."""
    document = gather(prepared.plan, {}, lambda _planned, _rows: None)
    return GatheredPreview(data_key(prepared), document, draw_charts(document))


def render_mail_preview(prepared: PreparedPreview, gathered: GatheredPreview) -> MailPreview:
    """The mail of what was gathered before, in the words and for the readers of now; raises TemplateError."""
    plan = replace(prepared.plan, head=replace(prepared.plan.head, data_as_of=gathered.document.head.data_as_of))
    document = replace(gathered.document, head=plan.head)
    words = run_words.fill_in(plan, document, [prepared.recipient])[0]
    message = build_report_message(
        document,
        sender=Sender(plan.head.owner_email, plan.head.workspace),
        recipient=prepared.recipient,
        to=plan.recipients,
        cc=plan.cc,
        subject=words.subject,
        body_markdown=words.body,
        message_id="<preview@rooster.invalid>",
        date=clock.now(),
        charts=gathered.charts if plan.options.dark_chart else without_dark(gathered.charts),
    )
    return MailPreview(str(message["Subject"]), html_of(message), body_of(message, "plain"))


def data_key(prepared: PreparedPreview) -> str:
    """The same for two previews whose queries would return the same rows at the same time."""
    facts = [
        (
            planned.title,
            planned.source_name,
            planned.query.sql if planned.query else str(planned.error),
            sorted((name, str(value)) for name, value in planned.parameters.items()),
            json.dumps(planned.presentation, sort_keys=True, default=str),
        )
        for planned in prepared.plan.queries
    ]
    return hashlib.sha256(repr((prepared.plan.head.timezone, facts)).encode()).hexdigest()


def mail_of_execution(session: Session, *, actor: Actor, execution_id: uuid.UUID) -> str:
    """The HTML that the first reader of a run got; NotFound when there was no mail or it is gone."""
    row = find_execution(session, actor, execution_id)
    for mail in row.deliveries:
        path = letters.letter_path(row.scheduled_report_id, row.id, row.fence, mail.recipient)
        if path.exists():
            return html_of(letters.read_letter(path))
    raise NotFound("This execution has no mail to show.")


def html_of(message: EmailMessage) -> str:
    """The HTML part with its pictures inside: a page has no parts to refer to."""
    pictures = {
        str(part.get("Content-ID", "")).strip("<> "): (part.get_content_type(), part.get_payload(decode=True))
        for part in message.walk()
        if part.get("Content-ID")
    }

    def inside(match: re.Match[str]) -> str:
        media_type, content = pictures.get(match[1], ("", b""))
        encoded = base64.b64encode(content if isinstance(content, bytes) else b"").decode()
        return f"data:{media_type};base64,{encoded}"

    return _CID.sub(inside, body_of(message, "html"))


def body_of(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()) if part is not None else ""


def _limited(plan: RunPlan) -> RunPlan:
    queries = tuple(
        replace(
            planned,
            query=replace(planned.query, max_rows=PREVIEW_ROWS, timeout_s=PREVIEW_SECONDS, truncate=True)
            if planned.query is not None
            else None,
        )
        for planned in plan.queries
    )
    # The words change while the rows stay, so all that they could ask for is worked out.
    return replace(plan, queries=queries, asked=None)


def _part(session: Session, model: type[Any], object_id: uuid.UUID | None, actor: Actor) -> Any:
    return sharing.require(session, model, actor=actor, object_id=object_id) if object_id else None
