"""Links to files that were too large for a mail: `/d/{token}`, for whoever has one."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from core.database import read_scope
from core.services import download_links
from core.services.download_links import Missing
from core.services.executions import StoredFile
from web.files import download_headers
from web.login_page import form_page

_AGAIN: Final = "Ask the person who sent you the report to send it again; their name stands at the end of the mail."
_GONE: Final = HTTPStatus.GONE
_WORDS: Final[dict[Missing, tuple[HTTPStatus, str, str]]] = {
    "unknown": (
        HTTPStatus.NOT_FOUND,
        "This link is not complete",
        "It leads to no file. Perhaps it was cut in two when it was copied: open it from the mail itself.",
    ),
    "expired": (_GONE, "This link is over", f"It worked until the day that the mail names. {_AGAIN}"),
    "revoked": (_GONE, "This link was withdrawn", f"The report's owner has ended it. {_AGAIN}"),
    "deleted": (_GONE, "This file is not here any more", f"It was deleted together with its run. {_AGAIN}"),
}


async def download(request: Request) -> Response:
    """The file, streamed. Looking changes nothing: programs open the links of a mail before people do."""
    found = await run_in_threadpool(_find, request.path_params["token"])
    if isinstance(found, StoredFile):
        headers = {**download_headers(found.name), "x-robots-tag": "noindex", "referrer-policy": "no-referrer"}
        return FileResponse(found.path, media_type=found.media_type, headers=headers)
    status, title, text = _WORDS[found]
    return form_page("gone.html", status=status, title=title, text=text)


def routes() -> list[Route]:
    return [Route("/d/{token}", download)]


def _find(token: str) -> StoredFile | Missing:
    with read_scope() as session:
        return download_links.open_link(session, token)
