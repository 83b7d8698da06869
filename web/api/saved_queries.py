"""Saved questions."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Response, status

from core.database import read_scope, session_scope
from core.schemas.content import Preview, PreviewRequest, SavedQueryCreate, SavedQueryResponse, SavedQueryUpdate
from core.schemas.drafts import DraftPreview
from core.services import saved_queries
from web.api.dependencies import CurrentActor, ListWindow, Search, counted
from web.api.versions import ExpectedVersion, tagged

router = APIRouter(prefix="/saved-queries", tags=["saved queries"])


@router.get("")
def list_saved_queries(
    actor: CurrentActor, window: ListWindow, response: Response, search: Search = ""
) -> list[SavedQueryResponse]:
    """`search` looks in names and descriptions."""
    with read_scope() as session:
        page = saved_queries.list_saved_queries(
            session, actor=actor, search=search, offset=window.offset, limit=window.limit
        )
    return counted(response, page)


@router.post("", status_code=status.HTTP_201_CREATED)
def create_saved_query(actor: CurrentActor, data: SavedQueryCreate, response: Response) -> SavedQueryResponse:
    with session_scope() as session:
        return tagged(response, saved_queries.create_saved_query(session, actor=actor, data=data))


@router.post("/preview")
def preview_draft(actor: CurrentActor, data: DraftPreview) -> Preview:
    """Run SQL that is not saved, for its first rows."""
    with read_scope() as session:
        prepared = saved_queries.prepare_draft(
            session,
            actor=actor,
            data_source_id=data.data_source_id,
            sql=data.sql,
            parameters=data.parameters,
            values=data.values,
            limit=data.limit,
            saved_query_id=data.saved_query_id,
        )
    return saved_queries.run_preview(prepared)


@router.get("/{saved_query_id}")
def get_saved_query(actor: CurrentActor, saved_query_id: UUID, response: Response) -> SavedQueryResponse:
    with read_scope() as session:
        return tagged(response, saved_queries.get_saved_query(session, actor=actor, saved_query_id=saved_query_id))


@router.put("/{saved_query_id}")
def update_saved_query(
    actor: CurrentActor, saved_query_id: UUID, data: SavedQueryUpdate, response: Response, expected: ExpectedVersion
) -> SavedQueryResponse:
    with session_scope() as session:
        changed = saved_queries.update_saved_query(
            session, actor=actor, saved_query_id=saved_query_id, data=data, expected_version=expected
        )
    return tagged(response, changed)


@router.delete("/{saved_query_id}", status_code=status.HTTP_204_NO_CONTENT)
def delete_saved_query(actor: CurrentActor, saved_query_id: UUID, expected: ExpectedVersion) -> None:
    with session_scope() as session:
        saved_queries.delete_saved_query(session, actor=actor, saved_query_id=saved_query_id, expected_version=expected)


@router.post("/{saved_query_id}/preview")
def preview_saved_query(actor: CurrentActor, saved_query_id: UUID, data: PreviewRequest) -> Preview:
    """Run it now, for its first rows."""
    with read_scope() as session:
        prepared = saved_queries.prepare_preview(session, actor=actor, saved_query_id=saved_query_id, request=data)
    return saved_queries.run_preview(prepared)
