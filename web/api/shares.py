"""Lending queries, dashboards and reports to people."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from fastapi import APIRouter

from core.database import read_scope, session_scope
from core.schemas.sharing import ShareList, ShareResponse
from core.services import sharing
from web.api.dependencies import CurrentActor

router = APIRouter(tags=["sharing"])
_NOUNS: Final = {"saved-queries": "saved_query", "dashboards": "dashboard", "scheduled-reports": "scheduled_report"}


def _add(noun: str, object_type: str) -> None:
    path = f"/{noun}/{{object_id}}/shares"

    @router.get(path)
    def list_shares(actor: CurrentActor, object_id: UUID) -> list[ShareResponse]:
        """With whom it is shared."""
        with read_scope() as session:
            return sharing.list_shares(session, actor=actor, object_type=object_type, object_id=object_id)

    @router.put(path)
    def set_shares(actor: CurrentActor, object_id: UUID, data: ShareList) -> list[ShareResponse]:
        """Replace all of them; for the owner. Nobody named means nobody but the owner."""
        with session_scope() as session:
            return sharing.set_shares(
                session, actor=actor, object_type=object_type, object_id=object_id, shares=data.root
            )


for _noun, _object_type in _NOUNS.items():
    _add(_noun, _object_type)
