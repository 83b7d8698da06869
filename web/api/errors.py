"""Errors as answers: one mapping, `{"detail": ...}` in plain words, and never an echo of what was sent."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from core.errors import InvalidInput, RoosterError, TemplateError, Throttled
from web.api.email_config import TEST_KINDS
from web.statuses import status_of

_UNPROCESSABLE: Final = int(HTTPStatus.UNPROCESSABLE_ENTITY)


def add_to(api: FastAPI) -> None:
    api.add_exception_handler(RequestValidationError, _answer_validation)
    api.add_exception_handler(RoosterError, _answer_error)


async def _answer_validation(_request: Request, error: Exception) -> JSONResponse:
    """pydantic's list without `input` and `ctx`: they repeat passwords, and hold what JSON cannot."""
    assert isinstance(error, RequestValidationError)
    problems = [_problem(found) for found in error.errors()]
    return JSONResponse({"detail": problems}, status_code=_UNPROCESSABLE)


def _problem(found: Mapping[str, Any]) -> dict[str, Any]:
    location = [part for part in found["loc"] if part not in TEST_KINDS]
    return {"loc": location, "msg": found["msg"], "type": found["type"]}


async def _answer_error(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RoosterError)
    headers = {"retry-after": str(error.retry_after)} if isinstance(error, Throttled) else None
    return JSONResponse({"detail": _detail(error)}, status_code=status_of(error), headers=headers)


def _detail(error: RoosterError) -> str | list[dict[str, Any]]:
    if not isinstance(error, (InvalidInput, TemplateError)):
        return error.message
    field = error.field if isinstance(error, InvalidInput) else None
    return [{"loc": ["body", *(field.split(".") if field else [])], "msg": error.message, "type": "value_error"}]
