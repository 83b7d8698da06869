"""Tokens, and who one is."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response, status
from fastapi.security import OAuth2PasswordRequestForm

from core.database import read_scope, session_scope
from core.errors import LoginFailed
from core.schemas.accounts import PasswordChange, ProfileUpdate, SessionResponse, TokenResponse, UserResponse
from core.schemas.people import ApiTokenCreate, ApiTokenCreated, ApiTokenResponse
from core.services import accounts, api_tokens
from core.services.demo_login import refuse_from_elsewhere
from web import identity
from web.api.dependencies import CurrentActor, ListWindow, Problem, counted
from web.api.versions import ExpectedVersion, tagged

public = APIRouter(prefix="/auth", tags=["auth"])
router = APIRouter(prefix="/auth", tags=["auth"])


@public.post("/token", responses={401: {"model": Problem}, 429: {"model": Problem}})
def create_token(request: Request, form: Annotated[OAuth2PasswordRequestForm, Depends()]) -> TokenResponse:
    """A bearer token for an e-mail address (as `username`) and a password."""
    ip = identity.client_ip(request.scope)
    refuse_from_elsewhere(email=form.username, password=form.password, ip=ip)
    with session_scope() as session:
        user = accounts.authenticate(session, email=form.username, password=form.password, ip=ip)
        actor = accounts.find_actor(session, user_id=user.id)
    if actor is None:
        raise LoginFailed("This account is switched off.")
    return accounts.issue_token(actor)


@router.get("/me")
def get_me(actor: CurrentActor, response: Response) -> UserResponse:
    """The current user."""
    with read_scope() as session:
        return tagged(response, accounts.get_user(session, actor=actor, user_id=actor.id))


@router.put("/me")
def update_me(actor: CurrentActor, data: ProfileUpdate, response: Response, expected: ExpectedVersion) -> UserResponse:
    """One's own name and time zone."""
    with session_scope() as session:
        changed = accounts.update_profile(session, actor=actor, data=data, expected_version=expected)
    return tagged(response, changed)


@router.post("/password", status_code=status.HTTP_204_NO_CONTENT)
def change_password(actor: CurrentActor, data: PasswordChange) -> None:
    """A new password for oneself. Every browser is signed out, and the tokens of `/auth/token` end."""
    with session_scope() as session:
        accounts.change_password(session, actor=actor, data=data)


@router.get("/sessions")
def list_sessions(actor: CurrentActor, window: ListWindow, response: Response) -> list[SessionResponse]:
    """The browsers one is signed in with, last seen first."""
    with read_scope() as session:
        page = accounts.list_sessions(session, actor=actor, offset=window.offset, limit=window.limit)
    return counted(response, page)


@router.delete("/sessions/{session_id}", status_code=status.HTTP_204_NO_CONTENT)
def end_session(actor: CurrentActor, session_id: UUID) -> None:
    """Sign a browser out: one's own, or anybody's for an administrator."""
    with session_scope() as session:
        accounts.end_session(session, actor=actor, session_id=session_id)


@router.get("/tokens")
def list_tokens(actor: CurrentActor, window: ListWindow, response: Response) -> list[ApiTokenResponse]:
    """One's own personal tokens, newest first."""
    with read_scope() as session:
        page = api_tokens.list_tokens(session, actor=actor, offset=window.offset, limit=window.limit)
    return counted(response, page)


@router.post("/tokens", status_code=status.HTTP_201_CREATED)
def create_personal_token(actor: CurrentActor, data: ApiTokenCreate, response: Response) -> ApiTokenCreated:
    """The only answer that holds the token."""
    response.headers["cache-control"] = "no-store"
    with session_scope() as session:
        return api_tokens.create_token(session, actor=actor, data=data)


@router.delete("/tokens/{token_id}", status_code=status.HTTP_204_NO_CONTENT)
def revoke_token(actor: CurrentActor, token_id: UUID) -> None:
    """It is worth nothing from now on."""
    with session_scope() as session:
        api_tokens.revoke_token(session, actor=actor, token_id=token_id)
