"""The people who may use this installation: for administrators."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response, status

from core.database import read_scope, session_scope
from core.schemas.accounts import UserCreate, UserResponse
from core.schemas.people import Transfer, TransferResult, UserUpdate
from core.services import ownership, people, users
from web.api.dependencies import CurrentActor, ListWindow, counted


def _administrators_only(actor: CurrentActor) -> None:
    """Before anything that was sent is looked at."""
    people.require_admin(actor)


router = APIRouter(prefix="/users", tags=["people"], dependencies=[Depends(_administrators_only)])
Search = Annotated[str, Query(max_length=200)]


@router.get("")
def list_users(actor: CurrentActor, window: ListWindow, response: Response, search: Search = "") -> list[UserResponse]:
    """By name; `search` looks in names and addresses."""
    with read_scope() as session:
        page = users.list_users(session, actor=actor, search=search, offset=window.offset, limit=window.limit)
    return counted(response, page)


@router.post("", status_code=status.HTTP_201_CREATED)
def create_user(actor: CurrentActor, data: UserCreate) -> UserResponse:
    with session_scope() as session:
        return users.create_user(session, actor=actor, data=data)


@router.get("/{user_id}")
def get_user(actor: CurrentActor, user_id: UUID) -> UserResponse:
    with read_scope() as session:
        return users.get_user(session, actor=actor, user_id=user_id)


@router.put("/{user_id}")
def update_user(actor: CurrentActor, user_id: UUID, data: UserUpdate) -> UserResponse:
    """Any part of it. `is_active` false ends everything the person has open."""
    with session_scope() as session:
        return users.update_user(session, actor=actor, user_id=user_id, data=data)


@router.delete("/{user_id}", status_code=status.HTTP_204_NO_CONTENT)
def delete_user(actor: CurrentActor, user_id: UUID) -> None:
    """Refused for the last administrator and for people who own something."""
    with session_scope() as session:
        users.delete_user(session, actor=actor, user_id=user_id)


@router.post("/{user_id}/transfer")
def transfer_objects(actor: CurrentActor, user_id: UUID, data: Transfer) -> TransferResult:
    """Everything the person owns belongs to somebody else from now on."""
    with session_scope() as session:
        return ownership.transfer_objects(session, actor=actor, from_user=user_id, to_user=data.to)
