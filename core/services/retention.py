"""What is deleted, and when: executions and files past their time, files nobody knows, sessions that ended."""

from __future__ import annotations

import logging
import uuid
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import delete, not_, or_, select
from sqlalchemy.orm import Session

from core import clock
from core.database import read_scope, session_scope
from core.models import Delivery, GeneratedFile, LoginAttempt, ReportExecution, ScheduledReport, UserSession
from core.services import storage
from core.services.download_links import promised
from core.settings import get_settings
from core.states import FINISHED_STATUSES

# A file this young may belong to a run that has not been committed yet.
ORPHAN_AGE: Final = timedelta(hours=24)
BATCH: Final = 500

log = logging.getLogger("rooster.retention")


@dataclass(frozen=True, slots=True)
class CleanedUp:
    """How much one clean-up removed."""

    executions: int
    files: int
    orphans: int


def clean_up() -> CleanedUp:
    """Delete what is past its time. Rows first, then files: a row never promises a file that is gone."""
    files = _expire_files()
    executions = _delete_executions()
    with session_scope() as session:
        _forget_sessions(session)
    found = CleanedUp(executions=executions, files=files, orphans=_remove_orphans())
    log.info("Cleaned up %d executions, %d files, %d orphans", found.executions, found.files, found.orphans)
    return found


def remove_files_of_report(report_id: uuid.UUID) -> None:
    """After a report was deleted: its folder goes as well."""
    storage.remove_tree(storage.report_folder(report_id))


def _expire_files() -> int:
    """Files past their time whose execution is over, whose mails need them no more, and that no link promises."""
    needed = select(Delivery.execution_id).where(
        Delivery.status.in_(("pending", "sending", "uncertain")), Delivery.execution_id.is_not(None)
    )
    now = clock.now()
    with session_scope() as session:
        rows = session.scalars(
            select(GeneratedFile)
            .where(
                GeneratedFile.expires_at < now,
                GeneratedFile.deleted_at.is_(None),
                GeneratedFile.execution_id.not_in(needed),
                or_(GeneratedFile.linked_until.is_(None), not_(promised(now))),
            )
            .limit(BATCH)
        ).all()
        found = [(storage.resolve(row.path), row.fence) for row in rows]
        for row in rows:
            row.deleted_at = now
    for path, fence in found:
        folder = path.parent
        for gone in (path, *storage.mail_zips(folder, fence), *storage.written_letters(folder, fence)):
            gone.unlink(missing_ok=True)
    return len(found)


def _delete_executions() -> int:
    """Executions past the retention of their report, their rows and their folder; not while a link promises a file."""
    linked = select(GeneratedFile.execution_id).where(promised(clock.now()))
    with session_scope() as session:
        rows = session.execute(
            select(
                ReportExecution.id,
                ReportExecution.scheduled_report_id,
                ScheduledReport.retention_days,
                ReportExecution.finished_at,
            )
            .join(ScheduledReport, ScheduledReport.id == ReportExecution.scheduled_report_id)
            .where(
                ReportExecution.status.in_(FINISHED_STATUSES),
                ReportExecution.status != "uncertain",
                ReportExecution.id.not_in(linked),
                ReportExecution.finished_at < clock.now() - timedelta(days=1),
            )
            .order_by(ReportExecution.finished_at)
            .limit(BATCH)
        ).all()
        over = [
            (row.id, row.scheduled_report_id)
            for row in rows
            if row.finished_at < clock.now() - timedelta(days=row.retention_days or get_settings().retention_days)
        ]
        session.execute(delete(ReportExecution).where(ReportExecution.id.in_([gone for gone, _report in over])))
    for execution_id, report_id in over:
        storage.remove_tree(storage.execution_folder(report_id, execution_id))
    return len(over)


def _forget_sessions(session: Session) -> None:
    session.execute(delete(UserSession).where(UserSession.expires_at < clock.now() - timedelta(days=7)))
    session.execute(delete(LoginAttempt).where(LoginAttempt.window_start < clock.now() - timedelta(days=1)))


def _remove_orphans() -> int:
    """Folders of executions that no row knows, once they are old enough to be nobody's work in progress."""
    root = get_settings().storage_path / "reports"
    if not root.is_dir():
        return 0
    with read_scope() as session:
        known = {str(execution_id) for execution_id in session.scalars(select(ReportExecution.id))}
    orphans = [folder for folder in root.glob("*/*") if folder.name not in known and _is_old(folder)]
    for folder in orphans:
        storage.remove_tree(folder)
    return len(orphans)


def _is_old(folder: Path) -> bool:
    return folder.is_dir() and folder.stat().st_mtime < (clock.now() - ORPHAN_AGE).timestamp()
