"""Links to files that are too large for a mail: signed, good for some days, without an account, withdrawn by the owner.

A token names a file of a run and its end. Only with the file's row beside it does it open anything.
"""

from __future__ import annotations

import struct
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final, Literal

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from core import clock
from core.document.model import ReportHead
from core.errors import Conflict
from core.models import GeneratedFile
from core.schemas.accounts import Actor
from core.schemas.executions import ExecutionDetail
from core.services import audit, ledger, storage
from core.services.executions import StoredFile, detail_of, find_execution
from core.services.keys import key_ring
from core.settings import get_settings
from core.text import plural

Missing = Literal["unknown", "expired", "revoked", "deleted"]

_PURPOSE: Final = "file link"
# The run, the end in seconds, fence, part; the format follows.
_FIXED: Final = struct.Struct(">16sIIH")


@dataclass(frozen=True, slots=True)
class LinkEnd:
    """The instant after which links open nothing, and how the mail says it."""

    instant: datetime
    words: str


def link_end(head: ReportHead, *, now: datetime, days: int) -> LinkEnd:
    """Links work to the end of their last day in the report's zone, so that a date is promise enough."""
    # Not at the top: the worker only asks whether links still work, and languages take 4 MiB.
    from core.document.locales import date_text

    zone = clock.zone(head.timezone)
    last = now.astimezone(zone).date() + timedelta(days=days)
    midnight = datetime.combine(last + timedelta(days=1), time.min, zone).astimezone(UTC)
    return LinkEnd(midnight, f"the end of {date_text(last, head.locale)} ({head.timezone})")


def link_to(execution_id: uuid.UUID, *, fence: int, format: str, part: int, until: datetime) -> str:
    """The address of one file."""
    payload = _FIXED.pack(execution_id.bytes, int(until.timestamp()), fence, part) + format.encode()
    return f"{get_settings().base_url}/d/{key_ring().sign(_PURPOSE, payload)}"


def open_link(session: Session, token: str) -> StoredFile | Missing:
    """The file behind a link, or why there is none. Reads only."""
    payload = key_ring().signed(_PURPOSE, token)
    if payload is None:
        return "unknown"
    execution, end, fence, part = _FIXED.unpack_from(payload)
    file = session.scalar(
        select(GeneratedFile).where(
            GeneratedFile.execution_id == uuid.UUID(bytes=execution),
            GeneratedFile.fence == fence,
            GeneratedFile.format == payload[_FIXED.size :].decode(),
            GeneratedFile.part == part,
        )
    )
    return _opened(file, end=end)


def _opened(file: GeneratedFile | None, *, end: int) -> StoredFile | Missing:
    if file is not None and file.link_revoked_at is not None:
        return "revoked"
    if clock.now().timestamp() >= end:
        return "expired"
    if file is None or file.linked_until is None or file.deleted_at is not None:
        return "deleted"
    path = storage.resolve(file.path)
    if not path.is_file():
        return "deleted"
    return StoredFile(path, file.name, file.media_type, file.size)


def revoke_links(session: Session, *, actor: Actor, execution_id: uuid.UUID) -> ExecutionDetail:
    """From now on the links in the mails of a run open nothing; raises Conflict when none does anyway."""
    row = find_execution(session, actor, execution_id, level="edit")
    now = clock.now()
    live = [file for file in row.files if file.has_live_link(now)]
    if not live:
        raise Conflict("No link of this run works any more, or it never had one; there is nothing to withdraw.")
    for file in live:
        file.link_revoked_at = now
    ledger.note(session, "links revoked", execution_id=row.id, fence=row.fence, by=actor.email)
    audit.record(
        session,
        actor=actor,
        action="revoke_links",
        object_type="execution",
        object_id=row.id,
        object_name=row.snapshot.get("name", ""),
        detail={"files": [file.name for file in live]},
    )
    session.flush()
    return detail_of(session, row)


def promised(now: datetime) -> ColumnElement[bool]:
    """Files that a mail still promises."""
    return and_(GeneratedFile.linked_until > now, GeneratedFile.link_revoked_at.is_(None))


def dead_link_problem(files: Sequence[GeneratedFile], now: datetime) -> str | None:
    """Why a mail with links must not leave (again); None when all that it links to is there."""
    dead = [file for file in files if file.linked_until is not None and not file.has_live_link(now)]
    if not dead:
        return None
    links = plural(len(dead), "file")
    return f"The links of this mail to {links} work no more. Run the report again to send new ones."
