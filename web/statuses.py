"""The one mapping from our errors to HTTP statuses."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from core.errors import (
    Conflict,
    DeliveryError,
    Forbidden,
    InvalidInput,
    LimitReached,
    LoginFailed,
    NotFound,
    RenderError,
    RoosterError,
    SecretUnreadable,
    SourceError,
    Stale,
    TemplateError,
    Throttled,
)

_STATUSES: Final[dict[type[RoosterError], HTTPStatus]] = {
    NotFound: HTTPStatus.NOT_FOUND,
    Forbidden: HTTPStatus.FORBIDDEN,
    Conflict: HTTPStatus.CONFLICT,
    Stale: HTTPStatus.PRECONDITION_FAILED,
    LimitReached: HTTPStatus.TOO_MANY_REQUESTS,
    Throttled: HTTPStatus.TOO_MANY_REQUESTS,
    LoginFailed: HTTPStatus.UNAUTHORIZED,
    InvalidInput: HTTPStatus.UNPROCESSABLE_ENTITY,
    TemplateError: HTTPStatus.UNPROCESSABLE_ENTITY,
    SourceError: HTTPStatus.BAD_REQUEST,
    RenderError: HTTPStatus.BAD_REQUEST,
    DeliveryError: HTTPStatus.BAD_REQUEST,
    SecretUnreadable: HTTPStatus.CONFLICT,
}


def status_of(error: RoosterError) -> int:
    """Anything unlisted is a fault of the installation."""
    return next((int(_STATUSES[kind]) for kind in type(error).__mro__ if kind in _STATUSES), 500)
