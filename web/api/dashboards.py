"""Dashboards: tiles of saved queries."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Response, status

from core.database import read_scope, session_scope
from core.schemas.content import DashboardCreate, DashboardResponse, DashboardUpdate
from core.services import dashboards
from web.api.dependencies import CurrentActor, ListWindow, Search, counted
from web.api.versions import ExpectedVersion, tagged

router = APIRouter(prefix="/dashboards", tags=["dashboards"])


@router.get("")
def list_dashboards(
    actor: CurrentActor, window: ListWindow, response: Response, search: Search = ""
) -> list[DashboardResponse]:
    """`search` looks in names and descriptions."""
    with read_scope() as session:
        page = dashboards.list_dashboards(session, actor=actor, search=search, offset=window.offset, limit=window.limit)
    return counted(response, page)


@router.post("", status_code=status.HTTP_201_CREATED)
def create_dashboard(actor: CurrentActor, data: DashboardCreate, response: Response) -> DashboardResponse:
    with session_scope() as session:
        return tagged(response, dashboards.create_dashboard(session, actor=actor, data=data))


@router.get("/{dashboard_id}")
def get_dashboard(actor: CurrentActor, dashboard_id: UUID, response: Response) -> DashboardResponse:
    with read_scope() as session:
        return tagged(response, dashboards.get_dashboard(session, actor=actor, dashboard_id=dashboard_id))


@router.put("/{dashboard_id}")
def update_dashboard(
    actor: CurrentActor, dashboard_id: UUID, data: DashboardUpdate, response: Response, expected: ExpectedVersion
) -> DashboardResponse:
    with session_scope() as session:
        changed = dashboards.update_dashboard(
            session, actor=actor, dashboard_id=dashboard_id, data=data, expected_version=expected
        )
    return tagged(response, changed)


@router.delete("/{dashboard_id}", status_code=status.HTTP_204_NO_CONTENT)
def delete_dashboard(actor: CurrentActor, dashboard_id: UUID, expected: ExpectedVersion) -> None:
    with session_scope() as session:
        dashboards.delete_dashboard(session, actor=actor, dashboard_id=dashboard_id, expected_version=expected)
