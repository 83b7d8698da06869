"""Putting the API together."""

from __future__ import annotations

from fastapi import Depends, FastAPI

from core.version import VERSION
from web.api import (
    auth,
    dashboards,
    data_sources,
    deliveries,
    docs,
    email_config,
    errors,
    executions,
    health,
    metrics,
    outbox,
    saved_queries,
    schedule,
    scheduled_reports,
    shares,
    users,
    workspace,
)
from web.api.dependencies import FAULTS, REFUSALS
from web.api.head import HeadLikeGet
from web.api.parameters import refuse_unknown

_DESCRIPTION = """
Everything the pages can do. Get a token from `POST /auth/token` and send it as `Authorization: Bearer ...`.

Lists take `offset` and `limit` and tell the total in `X-Total-Count`. Instants are UTC. What belongs to somebody
else answers 404, exactly as if it did not exist.
"""
_PUBLIC = (auth.public, email_config.public, health.public)
_GUARDED = (
    auth.router,
    users.router,
    workspace.router,
    data_sources.router,
    saved_queries.router,
    dashboards.router,
    scheduled_reports.router,
    schedule.router,
    executions.router,
    deliveries.router,
    email_config.router,
    outbox.router,
    metrics.router,
    shares.router,
)


def create_api() -> FastAPI:
    api = FastAPI(
        title="Rooster",
        description=_DESCRIPTION,
        version=VERSION,
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        redirect_slashes=False,
    )
    checked = [Depends(refuse_unknown)]
    for public in _PUBLIC:
        api.include_router(public, responses=FAULTS, dependencies=checked)
    for router in _GUARDED:
        api.include_router(router, responses={**REFUSALS, **FAULTS}, dependencies=checked)
    api.add_middleware(HeadLikeGet)
    docs.add_to(api)
    errors.add_to(api)
    return api
