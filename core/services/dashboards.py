"""Dashboards: saved queries side by side, each tile with its chart and its values."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import Conflict
from core.models import Dashboard, DashboardTile, ScheduledReport
from core.schemas.accounts import Actor
from core.schemas.base import Page
from core.schemas.content import DashboardCreate, DashboardResponse, DashboardUpdate, TileInput, TileResponse
from core.services import audit
from core.services.common import changes, containing, owned, read_page, users_text
from core.services.parameters import check_values, stored
from core.services.saved_queries import find_own as find_own_query

_NOUN: Final = "dashboard"


def list_dashboards(
    session: Session, *, actor: Actor, search: str = "", offset: int = 0, limit: int = 50
) -> Page[DashboardResponse]:
    """One's own, by name."""
    query = select(Dashboard).where(Dashboard.owner_id == actor.id)
    if search:
        query = query.where(containing(search, Dashboard.name, Dashboard.description))
    return read_page(session, query, show=_show, order=(Dashboard.name, Dashboard.id), offset=offset, limit=limit)


def get_dashboard(session: Session, *, actor: Actor, dashboard_id: uuid.UUID) -> DashboardResponse:
    return _show(find_own(session, actor=actor, dashboard_id=dashboard_id))


def create_dashboard(session: Session, *, actor: Actor, data: DashboardCreate) -> DashboardResponse:
    """Raises NotFound for a query that is not the actor's, InvalidInput for values that do not fit it."""
    row = Dashboard(owner_id=actor.id, name=data.name, description=data.description)
    row.tiles = _tiles(session, actor, data.tiles)
    session.add(row)
    session.flush()
    _record(session, actor, "create", row)
    return _show(row)


def update_dashboard(
    session: Session, *, actor: Actor, dashboard_id: uuid.UUID, data: DashboardUpdate
) -> DashboardResponse:
    """Any part of it; `tiles` replaces all of them."""
    row = find_own(session, actor=actor, dashboard_id=dashboard_id)
    changed = changes(data)
    row.name = changed.get("name", row.name)
    row.description = changed.get("description", row.description)
    if data.tiles is not None:
        row.tiles = _tiles(session, actor, data.tiles)
    row.version += 1
    session.flush()
    _record(session, actor, "update", row, fields=sorted(changed))
    return _show(row)


def delete_dashboard(session: Session, *, actor: Actor, dashboard_id: uuid.UUID) -> None:
    """Raises Conflict that names the reports that send it."""
    row = find_own(session, actor=actor, dashboard_id=dashboard_id)
    sending = select(ScheduledReport).where(ScheduledReport.dashboard_id == row.id).order_by(ScheduledReport.name)
    reports = session.scalars(sending).all()
    if reports:
        used_by = users_text(actor, [("report", reports)])
        raise Conflict(f"'{row.name}' is used by {used_by}. Change or delete those first.")
    _record(session, actor, "delete", row)
    session.delete(row)
    session.flush()


def find_own(session: Session, *, actor: Actor, dashboard_id: uuid.UUID) -> Dashboard:
    row: Dashboard = owned(session, Dashboard, actor=actor, object_id=dashboard_id, noun=_NOUN)
    return row


def _tiles(session: Session, actor: Actor, tiles: Sequence[TileInput]) -> list[DashboardTile]:
    return [_tile(session, actor, tile, position=number) for number, tile in enumerate(tiles)]


def _tile(session: Session, actor: Actor, tile: TileInput, *, position: int) -> DashboardTile:
    query = find_own_query(session, actor=actor, saved_query_id=tile.saved_query_id)
    return DashboardTile(
        saved_query=query,
        position=position,
        title=tile.title,
        chart=tile.chart,
        x=tile.x,
        y=tile.y,
        parameters=check_values(tile.parameters, stored(query.parameters)),
    )


def _show(row: Dashboard) -> DashboardResponse:
    return DashboardResponse(
        id=row.id,
        user_id=row.owner_id,
        name=row.name,
        description=row.description,
        tiles=[_show_tile(tile) for tile in row.tiles],
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def _show_tile(tile: DashboardTile) -> TileResponse:
    return TileResponse.model_validate(
        {
            "id": tile.id,
            "saved_query_id": tile.saved_query_id,
            "saved_query_name": tile.saved_query.name,
            "title": tile.title,
            "chart": tile.chart,
            "x": tile.x,
            "y": tile.y,
            "parameters": tile.parameters,
        }
    )


def _record(session: Session, actor: Actor, action: str, row: Dashboard, **detail: Any) -> None:
    audit.record(
        session,
        actor=actor,
        action=action,
        object_type="dashboard",
        object_id=row.id,
        object_name=row.name,
        detail=detail,
    )
