"""What everybody shares: one row, made on first use."""

from __future__ import annotations

import base64
import uuid
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.document.model import Brand
from core.models import Workspace
from core.schemas.accounts import Actor
from core.schemas.workspace import WorkspaceResponse, WorkspaceUpdate
from core.services import audit
from core.services.common import changes, check_present
from core.services.people import require_admin
from core.text import fingerprint

# A fixed id: two processes that start together cannot make two workspaces.
_ID: Final = uuid.UUID("00000000-0000-4000-8000-000000000001")
_FIELDS: Final = ("name", "locale", "week_start", "brand_color", "logo")


@dataclass(frozen=True, slots=True)
class WorkspaceInfo:
    """`week_start` counts from 0, Monday."""

    name: str = "Rooster"
    locale: str = "en_GB"
    week_start: int = 0
    brand_color: str | None = None
    logo: bytes | None = field(default=None, repr=False)

    @property
    def brand(self) -> Brand:
        return Brand(self.brand_color, self.logo)


def find_workspace(session: Session) -> WorkspaceInfo:
    """The workspace; the defaults when nothing was set yet."""
    row = session.scalar(select(Workspace).limit(1))
    if row is None:
        return WorkspaceInfo()
    return WorkspaceInfo(**{name: getattr(row, name) for name in _FIELDS})


def get_or_create(session: Session) -> Workspace:
    """The row itself, for services that write to it."""
    row = session.scalar(select(Workspace).limit(1))
    if row is None:
        row = Workspace(id=_ID)
        session.add(row)
        session.flush()
    return row


def get_workspace(session: Session, *, actor: Actor) -> WorkspaceResponse:
    """For administrators; raises Forbidden."""
    require_admin(actor)
    row = session.scalar(select(Workspace).limit(1))
    return _show(row if row is not None else _unsaved())


def update_workspace(
    session: Session, *, actor: Actor, data: WorkspaceUpdate, expected_version: int | None = None
) -> WorkspaceResponse:
    """Any part of it, for administrators; raises Forbidden, InvalidInput for a logo that cannot be used, and Stale."""
    require_admin(actor)
    changed = changes(data, nullable=("brand_color", "logo"))
    if changed.get("logo"):
        # Not at the top: everybody asks for the name of the workspace, and pictures are heavy.
        from core.services.logos import read_logo

        changed["logo"] = read_logo(changed["logo"])
    elif "logo" in changed:
        changed["logo"] = None
    row = get_or_create(session)
    session.refresh(row, with_for_update=True)
    check_present(_version(row), expected_version, what="The workspace")
    for name, value in changed.items():
        setattr(row, name, value)
    session.flush()
    audit.record(
        session,
        actor=actor,
        action="update",
        object_type="workspace",
        object_id=row.id,
        object_name=row.name,
        detail={"fields": sorted(changed)},
    )
    return _show(row)


def _unsaved() -> Workspace:
    """As it is before anything was set; never stored."""
    plain: dict[str, Any] = {name: getattr(WorkspaceInfo(), name) for name in _FIELDS}
    return Workspace(id=_ID, **plain)


def _version(row: Workspace) -> int:
    return fingerprint(*(getattr(row, name) for name in _FIELDS))


def _show(row: Workspace) -> WorkspaceResponse:
    return WorkspaceResponse(
        id=row.id,
        name=row.name,
        locale=row.locale,
        week_start=row.week_start,
        brand_color=row.brand_color,
        logo=base64.b64encode(row.logo).decode() if row.logo else None,
        updated_at=row.updated_at,
        version=_version(row),
    )
