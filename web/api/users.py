"""The people who may use this installation: for administrators."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Depends, Response, status

from core.database import read_scope, session_scope
from core.schemas.accounts import SessionResponse, UserCreate, UserResponse
from core.schemas.people import LinkResult, Transfer, TransferResult, UserInvite, UserUpdate
from core.services import account_links, accounts, link_mails, ownership, people, users
from web.api.dependencies import CurrentActor, ListWindow, Search, counted
from web.api.versions import ExpectedVersion, tagged


def _administrators_only(actor: CurrentActor) -> None:
    """Before anything that was sent is looked at."""
    people.require_admin(actor)


router = APIRouter(prefix="/users", tags=["people"], dependencies=[Depends(_administrators_only)])


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


@router.post("/invitations", status_code=status.HTTP_201_CREATED)
def invite_user(actor: CurrentActor, data: UserInvite, response: Response) -> LinkResult:
    """Somebody new, who chooses the password with a link: mailed, or else in this answer to be handed over."""
    response.headers["cache-control"] = "no-store"
    with session_scope() as session:
        link = account_links.invite_user(session, actor=actor, data=data)
    return link_mails.send_link(link)


@router.get("/{user_id}")
def get_user(actor: CurrentActor, user_id: UUID, response: Response) -> UserResponse:
    with read_scope() as session:
        return tagged(response, users.get_user(session, actor=actor, user_id=user_id))


@router.put("/{user_id}")
def update_user(
    actor: CurrentActor, user_id: UUID, data: UserUpdate, response: Response, expected: ExpectedVersion
) -> UserResponse:
    """Any part of it. `is_active` false ends everything the person has open."""
    with session_scope() as session:
        changed = users.update_user(session, actor=actor, user_id=user_id, data=data, expected_version=expected)
    return tagged(response, changed)


@router.delete("/{user_id}", status_code=status.HTTP_204_NO_CONTENT)
def delete_user(actor: CurrentActor, user_id: UUID, expected: ExpectedVersion) -> None:
    """Refused for the last administrator and for people who own something."""
    with session_scope() as session:
        users.delete_user(session, actor=actor, user_id=user_id, expected_version=expected)


@router.post("/{user_id}/link", status_code=status.HTTP_201_CREATED)
def make_link(actor: CurrentActor, user_id: UUID, response: Response) -> LinkResult:
    """A new link to choose a password: the invitation once more, or a reset. The links before are worth nothing."""
    response.headers["cache-control"] = "no-store"
    with session_scope() as session:
        link = account_links.make_link(session, actor=actor, user_id=user_id)
    return link_mails.send_link(link)


@router.get("/{user_id}/sessions")
def list_user_sessions(
    actor: CurrentActor, user_id: UUID, window: ListWindow, response: Response
) -> list[SessionResponse]:
    """The browsers somebody is signed in with, last seen first."""
    with read_scope() as session:
        users.get_user(session, actor=actor, user_id=user_id)
        page = accounts.list_sessions(session, actor=actor, user_id=user_id, offset=window.offset, limit=window.limit)
    return counted(response, page)


@router.delete("/{user_id}/sessions", status_code=status.HTTP_204_NO_CONTENT)
def end_user_sessions(actor: CurrentActor, user_id: UUID) -> None:
    """Sign somebody out everywhere; their short-lived tokens end as well."""
    with session_scope() as session:
        users.sign_out_everywhere(session, actor=actor, user_id=user_id)


@router.post("/{user_id}/transfer")
def transfer_objects(actor: CurrentActor, user_id: UUID, data: Transfer) -> TransferResult:
    """Everything the person owns belongs to somebody else from now on."""
    with session_scope() as session:
        return ownership.transfer_objects(session, actor=actor, from_user=user_id, to_user=data.to)
