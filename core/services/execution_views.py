"""Rows of the ledger as people and clients see them."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from core import clock
from core.models import Attempt, Delivery, GeneratedFile, ReportExecution
from core.schemas.executions import (
    AttemptResponse,
    DeliveryResponse,
    ExecutionDetail,
    ExecutionResponse,
    FileResponse,
)
from core.services.notices import KIND
from core.settings import get_settings


def execution_view(row: ReportExecution) -> ExecutionResponse:
    """An execution with its files and deliveries; both must be loaded, or each row costs two queries."""
    return ExecutionResponse.model_validate(_values(row))


def execution_detail(row: ReportExecution, attempts: Sequence[Attempt]) -> ExecutionDetail:
    return ExecutionDetail.model_validate({**_values(row), "attempts": [_attempt(attempt) for attempt in attempts]})


def _values(row: ReportExecution) -> dict[str, Any]:
    columns = (
        "id",
        "scheduled_report_id",
        "trigger",
        "status",
        "scheduled_for",
        "created_at",
        "started_at",
        "finished_at",
        "attempt",
        "max_attempts",
        "execution_time_ms",
        "row_count",
        "progress",
        "cancel_requested",
        "tiles",
        "error_class",
        "error_message",
    )
    mails = [mail for mail in row.deliveries if mail.kind != KIND]
    return {
        **{name: getattr(row, name) for name in columns},
        "report_name": row.snapshot.get("name", ""),
        "generated_files": _files(row.id, row.files),
        "links_until": max((end for file in row.files if (end := _linked_until(file))), default=None),
        "sent_to": list(dict.fromkeys(mail.recipient for mail in mails if mail.status == "sent")),
        "deliveries": [_delivery(mail) for mail in mails],
    }


def _files(execution_id: uuid.UUID, rows: Iterable[GeneratedFile]) -> dict[str, FileResponse]:
    by_format: dict[str, list[GeneratedFile]] = defaultdict(list)
    for row in rows:
        if row.deleted_at is None:
            by_format[row.format].append(row)
    return {key: _file(execution_id, parts) for key, parts in by_format.items()}


def _file(execution_id: uuid.UUID, parts: list[GeneratedFile]) -> FileResponse:
    first, *others = sorted(parts, key=lambda part: part.part)
    url = f"{get_settings().base_path}/files/{execution_id}/{first.format}"
    return FileResponse(
        name=first.name,
        size=first.size,
        sha256=first.sha256,
        url=url,
        linked_until=_linked_until(first),
        rows_written=first.rows_written,
        rows_total=first.rows_total,
        parts=[
            {
                "part": part.part,
                "name": part.name,
                "size": part.size,
                "sha256": part.sha256,
                "url": f"{url}?part={part.part}",
                "linked_until": _as_text(_linked_until(part)),
            }
            for part in others
        ],
    )


def _linked_until(file: GeneratedFile) -> datetime | None:
    """How long the link in the mails works; None when there is none that does."""
    return file.linked_until if file.has_live_link(clock.now()) else None


def _as_text(instant: datetime | None) -> str | None:
    return clock.iso(instant) if instant is not None else None


def _delivery(mail: Delivery) -> DeliveryResponse:
    columns = (
        "id",
        "recipient",
        "role",
        "status",
        "smtp_code",
        "smtp_response",
        "error_class",
        "error_message",
        "message_id",
        "sent_at",
    )
    return DeliveryResponse.model_validate(
        {**{name: getattr(mail, name) for name in columns}, "attempts": mail.attempt}
    )


def _attempt(attempt: Attempt) -> AttemptResponse:
    return AttemptResponse(at=attempt.at, event=attempt.event, worker=attempt.worker, detail=attempt.detail)
