"""What everybody shares: one row, made on first use."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.models import Workspace

# A fixed id: two processes that start together cannot make two workspaces.
_ID: Final = uuid.UUID("00000000-0000-4000-8000-000000000001")


@dataclass(frozen=True, slots=True)
class WorkspaceInfo:
    """`week_start` counts from 0, Monday."""

    name: str = "Rooster"
    locale: str = "en_GB"
    week_start: int = 0
    brand_color: str | None = None
    logo: bytes | None = None


def find_workspace(session: Session) -> WorkspaceInfo:
    """The workspace; the defaults when nothing was set yet."""
    row = session.scalar(select(Workspace).limit(1))
    if row is None:
        return WorkspaceInfo()
    return WorkspaceInfo(
        name=row.name, locale=row.locale, week_start=row.week_start, brand_color=row.brand_color, logo=row.logo
    )


def get_or_create(session: Session) -> Workspace:
    """The row itself, for services that write to it."""
    row = session.scalar(select(Workspace).limit(1))
    if row is None:
        row = Workspace(id=_ID)
        session.add(row)
        session.flush()
    return row
