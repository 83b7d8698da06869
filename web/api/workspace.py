"""What everybody shares, name, language and look: for administrators."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Response

from core.database import read_scope, session_scope
from core.schemas.workspace import WorkspaceResponse, WorkspaceUpdate
from core.services import people, workspace
from web.api.dependencies import CurrentActor
from web.api.versions import ExpectedVersion, tagged


def _administrators_only(actor: CurrentActor) -> None:
    """Before anything that was sent is looked at."""
    people.require_admin(actor)


router = APIRouter(prefix="/workspace", tags=["workspace"], dependencies=[Depends(_administrators_only)])


@router.get("")
def get_workspace(actor: CurrentActor, response: Response) -> WorkspaceResponse:
    with read_scope() as session:
        return tagged(response, workspace.get_workspace(session, actor=actor))


@router.put("")
def update_workspace(
    actor: CurrentActor, data: WorkspaceUpdate, response: Response, expected_version: ExpectedVersion
) -> WorkspaceResponse:
    """Any part of it; runs from now on, and mails that are written from now on, follow it."""
    with session_scope() as session:
        return tagged(
            response,
            workspace.update_workspace(session, actor=actor, data=data, expected_version=expected_version),
        )
