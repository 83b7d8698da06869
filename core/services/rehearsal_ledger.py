"""Asks the database once for all that a run asks for, in a transaction that is rolled back.

SQLAlchemy turns each kind of statement into SQL at its first use, a tenth of a small run's time, and keeps it with
the engine. The children of a warm server inherit the engine; its connections they must not share.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from sqlalchemy.orm import Session

from core import clock
from core.database import DatabaseUnavailable, get_engine, session_scope
from core.document.model import ReportDocument
from core.models import DataSource, EmailConfiguration, ReportExecution, SavedQuery, ScheduledReport, User
from core.services import ledger, runner, storage
from core.services.keys import key_ring
from core.services.run_data import FinishedFile
from core.services.run_mail import Letter, Post
from core.services.snapshots import freeze

_NOBODY: Final = "rehearsal@example.com"
_FENCE: Final = 1

log = logging.getLogger("rooster.worker")


class _Over(Exception):
    """Ends the transaction without a trace."""


def rehearse_ledger(document: ReportDocument, files: Sequence[FinishedFile], *, source_url: str) -> None:
    """The statements of a run with this document and these files, in the order of a run."""
    try:
        with session_scope() as session:
            _run(session, _claimed(session, source_url=source_url), document, files)
            raise _Over
    except _Over:
        pass
    except DatabaseUnavailable as error:
        log.warning("The database could not be asked ahead of the first run: %s", error.orig)
    finally:
        get_engine().dispose()


def _run(session: Session, execution_id: uuid.UUID, document: ReportDocument, files: Sequence[FinishedFile]) -> None:
    session.expunge_all()
    began = clock.now()
    runner.scheduled_instant(session, execution_id)
    ledger.start(session, execution_id, _FENCE, at=began)
    ready = runner.prepare(session, execution_id, _FENCE, began=began)
    folder = storage.execution_folder(ready.plan.report_id, execution_id)
    moved = [replace(file, written=replace(file.written, path=folder / file.written.path.name)) for file in files]
    letter = Letter(_NOBODY, "to", f"<{execution_id}@rooster.invalid>", folder)
    runner.commit(session, ready, document, moved, Post([letter], {}))
    session.flush()


def _claimed(session: Session, *, source_url: str) -> uuid.UUID:
    """A run that waits to be started, with all that belongs to it."""
    owner = User(email=f"{uuid.uuid4()}@rooster.invalid", name="", password_hash="")
    session.add(owner)
    session.flush()
    ring = key_ring()
    source = DataSource(
        owner_id=owner.id,
        name="",
        kind="sqlite",
        url_encrypted=ring.seal(source_url),
        url_masked="",
        key_id=ring.key_id,
    )
    account = EmailConfiguration(
        owner_id=owner.id, smtp_host="localhost", smtp_port=25, use_tls=False, auth="none", from_email=_NOBODY
    )
    session.add_all([source, account])
    session.flush()
    query = SavedQuery(owner_id=owner.id, name="Rehearsal", data_source_id=source.id, sql="SELECT 1")
    report = ScheduledReport(
        owner_id=owner.id,
        name="Rehearsal",
        saved_query=query,
        schedule_config={"type": "daily", "time": "07:00", "timezone": "UTC"},
        recipients=[_NOBODY],
        formats=["csv"],
        is_active=False,
    )
    session.add_all([query, report])
    session.flush()
    return _execution(session, report)


def _execution(session: Session, report: ScheduledReport) -> uuid.UUID:
    now = clock.now()
    row = ReportExecution(
        scheduled_report_id=report.id,
        owner_id=report.owner_id,
        trigger="schedule",
        scheduled_for=now,
        not_before=now,
        status="running",
        fence=_FENCE,
        snapshot=freeze(report),
    )
    session.add(row)
    session.flush()
    return row.id
