"""Errors as answers: one mapping, `{"detail": ...}` in plain words, and never an echo of what was sent."""

from __future__ import annotations

import logging
from dataclasses import replace
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from core.database import DatabaseUnavailable
from core.errors import InvalidInput, RoosterError, TemplateError, Throttled
from core.schemas.refusals import Refusal, refusals_of
from web.api.email_config import TEST_KINDS
from web.statuses import status_of

_log = logging.getLogger(__name__)
# A body of a megabyte can hold more faults than anybody would mend one by one.
_MOST_PROBLEMS: Final = 50
# The framework's own answer, which is raised for a body only, says no more than that it failed.
_UNREADABLE: Final = (
    "The body cannot be read: send JSON in UTF-8, without compression, with numbers of ordinary length and few levels "
    "of nesting."
)
_UNPROCESSABLE: Final = int(HTTPStatus.UNPROCESSABLE_ENTITY)


def add_to(api: FastAPI) -> None:
    api.add_exception_handler(RequestValidationError, _answer_validation)
    api.add_exception_handler(RoosterError, _answer_error)
    api.add_exception_handler(HTTPException, _answer_http)
    api.add_exception_handler(DatabaseUnavailable, _answer_unavailable)
    api.add_exception_handler(Exception, _answer_unforeseen)


async def _answer_validation(_request: Request, error: Exception) -> JSONResponse:
    """pydantic's list without `input` and `ctx`: they repeat passwords, and hold what JSON cannot."""
    assert isinstance(error, RequestValidationError)
    found = [{**one, "loc": [part for part in one["loc"] if part not in TEST_KINDS]} for one in error.errors()]
    problems = [_problem(one) for one in refusals_of(found[:_MOST_PROBLEMS])]
    return JSONResponse({"detail": problems}, status_code=_UNPROCESSABLE)


def _problem(found: Refusal) -> dict[str, Any]:
    """Where it was sent comes first in the path; the sentence names the field alone."""
    return {"loc": list(found.path), "msg": replace(found, path=found.path[1:]).text, "type": found.kind}


async def _answer_http(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    detail = _UNREADABLE if error.status_code == HTTPStatus.BAD_REQUEST else error.detail
    return JSONResponse({"detail": detail}, status_code=error.status_code, headers=error.headers)


async def _answer_error(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RoosterError)
    headers = {"retry-after": str(error.retry_after)} if isinstance(error, Throttled) else None
    return JSONResponse({"detail": _detail(error)}, status_code=status_of(error), headers=headers)


async def _answer_unavailable(_request: Request, error: Exception) -> JSONResponse:
    _log.error("The database did not answer: %s", error)
    detail = "The database does not answer. Try again in a moment."
    return JSONResponse({"detail": detail}, status_code=int(HTTPStatus.SERVICE_UNAVAILABLE))


async def _answer_unforeseen(_request: Request, _error: Exception) -> JSONResponse:
    """The framework logs the error itself."""
    detail = "Something went wrong on the server; its log says what."
    return JSONResponse({"detail": detail}, status_code=int(HTTPStatus.INTERNAL_SERVER_ERROR))


def _detail(error: RoosterError) -> str | list[dict[str, Any]]:
    if not isinstance(error, (InvalidInput, TemplateError)):
        return error.message
    path = [int(part) if part.isdigit() else part for part in (error.field or "").split(".") if part]
    return [{"loc": ["body", *path], "msg": error.message, "type": "value_error"}]
