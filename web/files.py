"""Generated files: streamed from the disk, never through the memory of a page."""

from __future__ import annotations

from urllib.parse import quote
from uuid import UUID

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from core.database import read_scope
from core.schemas.accounts import Actor
from core.services import executions
from web.answers import ask, current_actor, number, uuid_of


async def download(request: Request) -> Response:
    """`GET /files/{execution_id}/{format}?part=`, parts counted from 1."""
    return await ask(
        file_of,
        current_actor(request),
        uuid_of(request, "execution_id"),
        request.path_params["format"],
        number(request, "part", default=1),
    )


def file_of(actor: Actor, execution_id: UUID, format: str, part: int) -> FileResponse:
    """The file of a run; raises NotFound for one that is not the actor's."""
    with read_scope() as session:
        stored = executions.get_file(session, actor=actor, execution_id=execution_id, format=format, part=part)
    return FileResponse(stored.path, media_type=stored.media_type, headers=download_headers(stored.name))


def download_headers(name: str) -> dict[str, str]:
    """As an attachment, and not compressed on the way: that took six times as long for a text of 200 MB."""
    plain = "".join(ch if ch.isascii() and ch.isprintable() and ch not in '"\\;%' else "_" for ch in name)
    return {
        "content-disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}",
        "content-encoding": "identity",
        "x-content-type-options": "nosniff",
        "cache-control": "private, no-store",
    }


def routes() -> list[Route]:
    return [Route("/files/{execution_id}/{format}", download)]
