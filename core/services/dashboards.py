"""Dashboards: saved queries side by side, each tile with its chart and its values."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from core.errors import Conflict
from core.models import Dashboard, DashboardTile, SavedQuery, ScheduledReport
from core.schemas.accounts import Actor
from core.schemas.base import Access, Page
from core.schemas.content import DashboardCreate, DashboardResponse, DashboardUpdate, TileInput, TileResponse
from core.services import audit, sharing
from core.services.common import changes, check_version, containing, read_page, users_text
from core.services.parameters import check_values, stored
from core.services.people import require_editor

# Two queries for any number of dashboards.
_WITH_TILES: Final = selectinload(Dashboard.tiles).joinedload(DashboardTile.saved_query)


def list_dashboards(
    session: Session, *, actor: Actor, search: str = "", offset: int = 0, limit: int = 50
) -> Page[DashboardResponse]:
    """One's own and those one may read, by name."""
    query = select(Dashboard).where(sharing.visible(Dashboard, actor)).options(_WITH_TILES)
    if search:
        query = query.where(containing(search, Dashboard.name, Dashboard.description))
    access = sharing.access_of(session, Dashboard, actor)
    order = (Dashboard.name, Dashboard.id)
    return read_page(session, query, show=lambda row: _show(row, access(row)), order=order, offset=offset, limit=limit)


def get_dashboard(session: Session, *, actor: Actor, dashboard_id: uuid.UUID) -> DashboardResponse:
    row = _find(session, actor, dashboard_id)
    return _show(row, sharing.access_of(session, Dashboard, actor)(row))


def create_dashboard(session: Session, *, actor: Actor, data: DashboardCreate) -> DashboardResponse:
    """Raises NotFound for a query that is not the actor's, InvalidInput for values that do not fit it."""
    require_editor(actor)
    row = Dashboard(owner_id=actor.id, name=data.name, description=data.description)
    row.tiles = _tiles(session, actor, row, data.tiles)
    session.add(row)
    session.flush()
    _record(session, actor, "create", row)
    return _show(row, "owner")


def update_dashboard(
    session: Session,
    *,
    actor: Actor,
    dashboard_id: uuid.UUID,
    data: DashboardUpdate,
    expected_version: int | None = None,
) -> DashboardResponse:
    """Any part of it; `tiles` replaces all of them."""
    row = _find(session, actor, dashboard_id, level="edit")
    check_version(row, expected_version)
    changed = changes(data)
    row.name = changed.get("name", row.name)
    row.description = changed.get("description", row.description)
    if data.tiles is not None:
        row.tiles = _tiles(session, actor, row, data.tiles)
    row.version += 1
    session.flush()
    _record(session, actor, "update", row, fields=sorted(changed))
    return _show(row, sharing.access_of(session, Dashboard, actor)(row))


def delete_dashboard(
    session: Session, *, actor: Actor, dashboard_id: uuid.UUID, expected_version: int | None = None
) -> None:
    """Raises Conflict that names the reports that send it."""
    row = _find(session, actor, dashboard_id, level="owner")
    check_version(row, expected_version)
    sending = select(ScheduledReport).where(ScheduledReport.dashboard_id == row.id).order_by(ScheduledReport.name)
    reports = session.scalars(sending).all()
    if reports:
        used_by = users_text(actor, [("report", reports)])
        raise Conflict(f"'{row.name}' is used by {used_by}. Change or delete those first.")
    _record(session, actor, "delete", row)
    sharing.forget_shares(session, row)
    session.delete(row)
    session.flush()


def _find(session: Session, actor: Actor, dashboard_id: uuid.UUID, *, level: Access = "read") -> Dashboard:
    if level != "read":
        require_editor(actor)
    row: Dashboard = sharing.require(session, Dashboard, actor=actor, object_id=dashboard_id, level=level)
    return row


def _tiles(session: Session, actor: Actor, board: Dashboard, tiles: Sequence[TileInput]) -> list[DashboardTile]:
    return [_tile(session, actor, board, tile, position=number) for number, tile in enumerate(tiles)]


def _tile(session: Session, actor: Actor, board: Dashboard, tile: TileInput, *, position: int) -> DashboardTile:
    query: SavedQuery = sharing.require_part(
        session,
        SavedQuery,
        actor=actor,
        object_id=tile.saved_query_id,
        owner_id=board.owner_id,
        whole="dashboard",
    )
    return DashboardTile(
        saved_query=query,
        position=position,
        title=tile.title,
        chart=tile.chart,
        x=tile.x,
        y=tile.y,
        parameters=check_values(tile.parameters, stored(query.parameters)),
    )


def _show(row: Dashboard, access: Access) -> DashboardResponse:
    return DashboardResponse(
        id=row.id,
        user_id=row.owner_id,
        name=row.name,
        description=row.description,
        tiles=[_show_tile(tile) for tile in row.tiles],
        created_at=row.created_at,
        updated_at=row.updated_at,
        access=access,
        version=row.version,
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
