"""Tokens, and who one is."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.security import OAuth2PasswordRequestForm

from core.database import read_scope, session_scope
from core.errors import LoginFailed
from core.schemas.accounts import TokenResponse, UserResponse
from core.services import accounts
from web import identity
from web.api.dependencies import CurrentActor, Problem

public = APIRouter(prefix="/auth", tags=["auth"])
router = APIRouter(prefix="/auth", tags=["auth"])


@public.post("/token", responses={401: {"model": Problem}, 429: {"model": Problem}})
def create_token(request: Request, form: Annotated[OAuth2PasswordRequestForm, Depends()]) -> TokenResponse:
    """A bearer token for an e-mail address (as `username`) and a password."""
    with session_scope() as session:
        user = accounts.authenticate(
            session, email=form.username, password=form.password, ip=identity.client_ip(request.scope)
        )
        actor = accounts.find_actor(session, user_id=user.id)
    if actor is None:
        raise LoginFailed("This account is switched off.")
    return accounts.issue_token(actor)


@router.get("/me")
def get_me(actor: CurrentActor) -> UserResponse:
    """The current user."""
    with read_scope() as session:
        return accounts.get_user(session, actor=actor, user_id=actor.id)
