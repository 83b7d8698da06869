"""Saved queries: SQL with typed parameters and a way to be shown."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from core.document.values import parse_format
from core.errors import Conflict, InvalidInput
from core.models import Dashboard, DashboardTile, SavedQuery
from core.schemas.accounts import Actor
from core.schemas.base import Access, Page
from core.schemas.content import (
    DataSourceResponse,
    ParameterValue,
    Presentation,
    PreviewRequest,
    QueryParameter,
    SavedQueryCreate,
    SavedQueryResponse,
    SavedQueryUpdate,
    TileResponse,
)
from core.services import audit, previews, sharing
from core.services.common import (
    changes,
    check_version,
    containing,
    merged,
    read_page,
    reports_of_queries,
    users_text,
)
from core.services.data_sources import find_usable, show_source
from core.services.parameters import check_parameters, stored
from core.services.people import require_editor
from core.services.previews import PreparedPreview, run_preview, run_result
from core.services.tile_charts import tile_presentation

__all__ = [
    "PreparedPreview",
    "create_saved_query",
    "delete_saved_query",
    "get_saved_query",
    "get_source_of",
    "list_saved_queries",
    "prepare_draft",
    "prepare_preview",
    "run_preview",
    "run_result",
    "update_saved_query",
]


def list_saved_queries(
    session: Session, *, actor: Actor, search: str = "", offset: int = 0, limit: int = 50
) -> Page[SavedQueryResponse]:
    """One's own and those one may read, by name."""
    query = select(SavedQuery).where(sharing.visible(SavedQuery, actor)).options(joinedload(SavedQuery.data_source))
    if search:
        query = query.where(containing(search, SavedQuery.name, SavedQuery.description))
    access = sharing.access_of(session, SavedQuery, actor)
    order = (SavedQuery.name, SavedQuery.id)
    return read_page(session, query, show=lambda row: _show(row, access(row)), order=order, offset=offset, limit=limit)


def get_saved_query(session: Session, *, actor: Actor, saved_query_id: uuid.UUID) -> SavedQueryResponse:
    row = _find(session, actor, saved_query_id)
    return _show(row, sharing.access_of(session, SavedQuery, actor)(row))


def get_source_of(session: Session, *, actor: Actor, saved_query_id: uuid.UUID) -> DataSourceResponse:
    """The source behind a query that one may read, without its address, whether or not one may ask it oneself."""
    return show_source(_find(session, actor, saved_query_id).data_source, actor)


def create_saved_query(session: Session, *, actor: Actor, data: SavedQueryCreate) -> SavedQueryResponse:
    """Raises InvalidInput when SQL, parameters or formats do not fit, NotFound for a source out of reach."""
    require_editor(actor)
    find_usable(session, user_id=actor.id, data_source_id=data.data_source_id)
    row = SavedQuery(owner_id=actor.id, **_checked(data))
    session.add(row)
    session.flush()
    _record(session, actor, "create", row)
    return _show(row, "owner")


def update_saved_query(
    session: Session,
    *,
    actor: Actor,
    saved_query_id: uuid.UUID,
    data: SavedQueryUpdate,
    expected_version: int | None = None,
) -> SavedQueryResponse:
    """Any part of it; the whole is checked as a new one would be. Another source must be open to actor and owner."""
    row = _find(session, actor, saved_query_id, level="edit")
    check_version(row, expected_version)
    changed = changes(data)
    names = ("name", "description", "data_source_id", "sql", "parameters", "presentation")
    whole = merged(SavedQueryCreate, {name: getattr(row, name) for name in names}, changed)
    if whole.data_source_id != row.data_source_id:
        for user_id in {actor.id, row.owner_id}:
            find_usable(session, user_id=user_id, data_source_id=whole.data_source_id)
    for name, value in _checked(whole).items():
        setattr(row, name, value)
    row.version += 1
    session.flush()
    session.refresh(row, ["data_source"])
    _record(session, actor, "update", row, fields=sorted(changed))
    return _show(row, sharing.access_of(session, SavedQuery, actor)(row))


def delete_saved_query(
    session: Session, *, actor: Actor, saved_query_id: uuid.UUID, expected_version: int | None = None
) -> None:
    """Raises Conflict that names the dashboards and reports that use it."""
    row = _find(session, actor, saved_query_id, level="owner")
    check_version(row, expected_version)
    holding = select(DashboardTile.dashboard_id).where(DashboardTile.saved_query_id == row.id)
    dashboards = session.scalars(select(Dashboard).where(Dashboard.id.in_(holding)).order_by(Dashboard.name)).all()
    reports = reports_of_queries(session, select(SavedQuery.id).where(SavedQuery.id == row.id))
    if dashboards or reports:
        used_by = users_text(actor, [("dashboard", dashboards), ("report", reports)])
        raise Conflict(f"'{row.name}' is used by {used_by}. Change or delete those first.")
    _record(session, actor, "delete", row)
    sharing.forget_shares(session, row)
    session.delete(row)
    session.flush()


def prepare_preview(
    session: Session,
    *,
    actor: Actor,
    saved_query_id: uuid.UUID,
    request: PreviewRequest,
    tile: TileResponse | None = None,
) -> PreparedPreview:
    """Run it with `run_preview` or `run_result` after the session has ended; it reads with its owner's rights.

    With a `tile` the chart is that of the tile.
    """
    row = _find(session, actor, saved_query_id)
    shown_as = row.presentation
    if tile is not None:
        shown_as = tile_presentation(shown_as, chart=tile.chart, x=tile.x, y=tile.y)
    return previews.prepare(
        session,
        actor=actor,
        owner_id=row.owner_id,
        data_source_id=row.data_source_id,
        sql=row.sql,
        parameters=stored(row.parameters),
        values=request.parameters,
        limit=request.limit,
        presentation=shown_as,
    )


def prepare_draft(
    session: Session,
    *,
    actor: Actor,
    data_source_id: uuid.UUID,
    sql: str,
    parameters: Sequence[QueryParameter],
    values: Mapping[str, ParameterValue],
    limit: int = 100,
    saved_query_id: uuid.UUID | None = None,
    presentation: Presentation | None = None,
) -> PreparedPreview:
    """The same for SQL that is not saved yet; for a query that one may edit, with its owner's rights."""
    require_editor(actor)
    return previews.prepare(
        session,
        actor=actor,
        owner_id=_rights_for_draft(session, actor, data_source_id, saved_query_id),
        data_source_id=data_source_id,
        sql=sql,
        parameters=parameters,
        values=values,
        limit=limit,
        presentation=presentation.model_dump(exclude_none=True) if presentation else None,
    )


def _find(session: Session, actor: Actor, saved_query_id: uuid.UUID, *, level: Access = "read") -> SavedQuery:
    if level != "read":
        require_editor(actor)
    row: SavedQuery = sharing.require(session, SavedQuery, actor=actor, object_id=saved_query_id, level=level)
    return row


def _rights_for_draft(
    session: Session, actor: Actor, data_source_id: uuid.UUID, saved_query_id: uuid.UUID | None
) -> uuid.UUID:
    """Who may edit a query may save any SQL for its source, and so may try it out as well."""
    if saved_query_id is not None:
        row = _find(session, actor, saved_query_id, level="edit")
        if row.data_source_id == data_source_id:
            return row.owner_id
    find_usable(session, user_id=actor.id, data_source_id=data_source_id)
    return actor.id


def _checked(data: SavedQueryCreate) -> dict[str, Any]:
    """The columns of a row, once everything is in order."""
    parameters = check_parameters(data.sql, data.parameters)
    _check_formats(data.presentation)
    return {
        "name": data.name,
        "description": data.description,
        "data_source_id": data.data_source_id,
        "sql": data.sql,
        "parameters": [parameter.model_dump() for parameter in parameters],
        "presentation": data.presentation.model_dump(exclude_none=True),
    }


def _check_formats(presentation: Presentation) -> None:
    named = [(name, column.format) for name, column in presentation.columns.items()]
    named += [(kpi.label, kpi.format) for kpi in presentation.kpis or []]
    for name, format in named:
        if format is None:
            continue
        try:
            parse_format(format)
        except InvalidInput as error:
            raise InvalidInput(f"'{name}': {error.message}", field="presentation") from None


def _show(row: SavedQuery, access: Access) -> SavedQueryResponse:
    return SavedQueryResponse(
        id=row.id,
        user_id=row.owner_id,
        name=row.name,
        description=row.description,
        data_source_id=row.data_source_id,
        data_source_name=row.data_source.name,
        sql=row.sql,
        parameters=stored(row.parameters),
        presentation=Presentation.model_validate(row.presentation),
        created_at=row.created_at,
        updated_at=row.updated_at,
        access=access,
        version=row.version,
    )


def _record(session: Session, actor: Actor, action: str, row: SavedQuery, **detail: Any) -> None:
    audit.record(
        session,
        actor=actor,
        action=action,
        object_type="saved_query",
        object_id=row.id,
        object_name=row.name,
        detail=detail,
    )
