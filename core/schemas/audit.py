"""The log of who did what."""

from __future__ import annotations

from typing import Any

from core.schemas.base import Id, Instant, Output


class AuditEntryResponse(Output):
    id: Id
    at: Instant
    actor_id: Id | None
    action: str
    object_type: str
    object_id: Id | None
    object_name: str
    detail: dict[str, Any]
    ip: str
