"""Lending data sources, queries, dashboards and reports to people."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from fastapi import APIRouter, Response

from core.database import read_scope, session_scope
from core.schemas.sharing import ShareList, ShareResponse
from core.services import sharing
from web.api.dependencies import CurrentActor
from web.api.versions import ExpectedVersion

router = APIRouter(tags=["sharing"])
_NOUNS: Final = {
    "saved-queries": "saved_query",
    "dashboards": "dashboard",
    "scheduled-reports": "scheduled_report",
    "data-sources": "data_source",
}


def _add(noun: str, object_type: str) -> None:
    path = f"/{noun}/{{object_id}}/shares"

    @router.get(path)
    def list_shares(actor: CurrentActor, object_id: UUID, response: Response) -> list[ShareResponse]:
        """With whom it is shared."""
        with read_scope() as session:
            found = sharing.list_shares(session, actor=actor, object_type=object_type, object_id=object_id)
        return _tagged(response, found)

    @router.put(path)
    def set_shares(
        actor: CurrentActor, object_id: UUID, data: ShareList, response: Response, expected: ExpectedVersion
    ) -> list[ShareResponse]:
        """Replace all of them; for the owner. Nobody named means nobody but the owner.

        The level is `use` for a data source, else `read` or `edit`.
        """
        with session_scope() as session:
            changed = sharing.set_shares(
                session,
                actor=actor,
                object_type=object_type,
                object_id=object_id,
                shares=data.root,
                expected_version=expected,
            )
        return _tagged(response, changed)


def _tagged(response: Response, shares: list[ShareResponse]) -> list[ShareResponse]:
    response.headers["etag"] = f'"{sharing.version_of(shares)}"'
    return shares


for _noun, _object_type in _NOUNS.items():
    _add(_noun, _object_type)
