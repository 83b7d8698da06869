"""Databases that are asked."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Response, status

from core.database import read_scope, session_scope
from core.schemas.content import DataSourceCreate, DataSourceResponse, DataSourceUpdate, SourceTable, SourceTest
from core.schemas.drafts import UrlTest
from core.services import data_sources
from web.api.dependencies import CurrentActor, ListWindow, Search, counted
from web.api.versions import ExpectedVersion, tagged

router = APIRouter(prefix="/data-sources", tags=["data sources"])


@router.get("")
def list_data_sources(
    actor: CurrentActor, window: ListWindow, response: Response, search: Search = ""
) -> list[DataSourceResponse]:
    """One's own, and those that others share; `search` looks in names."""
    with read_scope() as session:
        page = data_sources.list_data_sources(
            session, actor=actor, search=search, offset=window.offset, limit=window.limit
        )
    return counted(response, page)


@router.post("", status_code=status.HTTP_201_CREATED)
def create_data_source(actor: CurrentActor, data: DataSourceCreate, response: Response) -> DataSourceResponse:
    with session_scope() as session:
        return tagged(response, data_sources.create_data_source(session, actor=actor, data=data))


@router.post("/test")
def run_url_test(actor: CurrentActor, data: UrlTest) -> SourceTest:
    """Connect to a URL that is not saved, and ask for one row."""
    with read_scope() as session:
        prepared = data_sources.prepare_url_test(session, actor=actor, url=data.url, data_source_id=data.data_source_id)
    return data_sources.run_test(prepared)


@router.get("/{data_source_id}")
def get_data_source(actor: CurrentActor, data_source_id: UUID, response: Response) -> DataSourceResponse:
    with read_scope() as session:
        return tagged(response, data_sources.get_data_source(session, actor=actor, data_source_id=data_source_id))


@router.put("/{data_source_id}")
def update_data_source(
    actor: CurrentActor, data_source_id: UUID, data: DataSourceUpdate, response: Response, expected: ExpectedVersion
) -> DataSourceResponse:
    """Any part of it; the URL keeps its password where the masked one is sent back."""
    with session_scope() as session:
        changed = data_sources.update_data_source(
            session, actor=actor, data_source_id=data_source_id, data=data, expected_version=expected
        )
    return tagged(response, changed)


@router.delete("/{data_source_id}", status_code=status.HTTP_204_NO_CONTENT)
def delete_data_source(actor: CurrentActor, data_source_id: UUID, expected: ExpectedVersion) -> None:
    with session_scope() as session:
        data_sources.delete_data_source(session, actor=actor, data_source_id=data_source_id, expected_version=expected)


@router.get("/{data_source_id}/tables")
def list_tables(actor: CurrentActor, data_source_id: UUID) -> list[SourceTable]:
    """Its tables and views with their columns."""
    with read_scope() as session:
        prepared = data_sources.prepare_tables(session, actor=actor, data_source_id=data_source_id)
    return data_sources.run_tables(prepared)


@router.post("/{data_source_id}/test")
def run_data_source_test(actor: CurrentActor, data_source_id: UUID) -> SourceTest:
    """Connect and ask for one row."""
    with read_scope() as session:
        prepared = data_sources.prepare_test(session, actor=actor, data_source_id=data_source_id)
    result = data_sources.run_test(prepared)
    with session_scope() as session:
        data_sources.record_test(session, actor=actor, data_source_id=data_source_id, result=result)
    return result
