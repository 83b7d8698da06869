"""Saved queries: SQL with typed parameters and a way to be shown."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.document.values import parse_format
from core.errors import Conflict, InvalidInput
from core.models import Dashboard, DashboardTile, SavedQuery
from core.schemas.accounts import Actor
from core.schemas.base import Page
from core.schemas.content import (
    ParameterValue,
    Presentation,
    PreviewRequest,
    QueryParameter,
    SavedQueryCreate,
    SavedQueryResponse,
    SavedQueryUpdate,
)
from core.services import audit, previews
from core.services.common import changes, containing, merged, owned, read_page, reports_of_queries, users_text
from core.services.data_sources import find_usable
from core.services.parameters import check_parameters, stored
from core.services.previews import PreparedPreview, run_preview, run_result

__all__ = [
    "PreparedPreview",
    "create_saved_query",
    "delete_saved_query",
    "get_saved_query",
    "list_saved_queries",
    "prepare_draft",
    "prepare_preview",
    "run_preview",
    "run_result",
    "update_saved_query",
]

_NOUN: Final = "saved query"


def list_saved_queries(
    session: Session, *, actor: Actor, search: str = "", offset: int = 0, limit: int = 50
) -> Page[SavedQueryResponse]:
    """One's own, by name."""
    query = select(SavedQuery).where(SavedQuery.owner_id == actor.id)
    if search:
        query = query.where(containing(search, SavedQuery.name, SavedQuery.description))
    return read_page(session, query, show=_show, order=(SavedQuery.name, SavedQuery.id), offset=offset, limit=limit)


def get_saved_query(session: Session, *, actor: Actor, saved_query_id: uuid.UUID) -> SavedQueryResponse:
    return _show(find_own(session, actor=actor, saved_query_id=saved_query_id))


def create_saved_query(session: Session, *, actor: Actor, data: SavedQueryCreate) -> SavedQueryResponse:
    """Raises InvalidInput when SQL, parameters or formats do not fit, NotFound for a source out of reach."""
    row = SavedQuery(owner_id=actor.id, **_checked(session, actor, data))
    session.add(row)
    session.flush()
    _record(session, actor, "create", row)
    return _show(row)


def update_saved_query(
    session: Session, *, actor: Actor, saved_query_id: uuid.UUID, data: SavedQueryUpdate
) -> SavedQueryResponse:
    """Any part of it; the whole is checked as a new one would be."""
    row = find_own(session, actor=actor, saved_query_id=saved_query_id)
    changed = changes(data)
    names = ("name", "description", "data_source_id", "sql", "parameters", "presentation")
    whole = merged(SavedQueryCreate, {name: getattr(row, name) for name in names}, changed)
    for name, value in _checked(session, actor, whole).items():
        setattr(row, name, value)
    row.version += 1
    session.flush()
    session.refresh(row, ["data_source"])
    _record(session, actor, "update", row, fields=sorted(changed))
    return _show(row)


def delete_saved_query(session: Session, *, actor: Actor, saved_query_id: uuid.UUID) -> None:
    """Raises Conflict that names the dashboards and reports that use it."""
    row = find_own(session, actor=actor, saved_query_id=saved_query_id)
    holding = select(DashboardTile.dashboard_id).where(DashboardTile.saved_query_id == row.id)
    dashboards = session.scalars(select(Dashboard).where(Dashboard.id.in_(holding)).order_by(Dashboard.name)).all()
    reports = reports_of_queries(session, select(SavedQuery.id).where(SavedQuery.id == row.id))
    if dashboards or reports:
        used_by = users_text(actor, [("dashboard", dashboards), ("report", reports)])
        raise Conflict(f"'{row.name}' is used by {used_by}. Change or delete those first.")
    _record(session, actor, "delete", row)
    session.delete(row)
    session.flush()


def prepare_preview(
    session: Session, *, actor: Actor, saved_query_id: uuid.UUID, request: PreviewRequest
) -> PreparedPreview:
    """Run it with `run_preview` or `run_result` after the session has ended."""
    row = find_own(session, actor=actor, saved_query_id=saved_query_id)
    return previews.prepare(
        session,
        actor=actor,
        data_source_id=row.data_source_id,
        sql=row.sql,
        parameters=stored(row.parameters),
        values=request.parameters,
        limit=request.limit,
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
) -> PreparedPreview:
    """The same for SQL that is not saved yet."""
    return previews.prepare(
        session,
        actor=actor,
        data_source_id=data_source_id,
        sql=sql,
        parameters=parameters,
        values=values,
        limit=limit,
    )


def find_own(session: Session, *, actor: Actor, saved_query_id: uuid.UUID) -> SavedQuery:
    row: SavedQuery = owned(session, SavedQuery, actor=actor, object_id=saved_query_id, noun=_NOUN)
    return row


def _checked(session: Session, actor: Actor, data: SavedQueryCreate) -> dict[str, Any]:
    """The columns of a row, once everything is in order."""
    find_usable(session, actor=actor, data_source_id=data.data_source_id)
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


def _show(row: SavedQuery) -> SavedQueryResponse:
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
