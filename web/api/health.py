"""Is everything that is needed there?"""

from __future__ import annotations

from http import HTTPStatus

from fastapi import APIRouter, Response

import tasks
from core.schemas.executions import Health
from core.services import health

public = APIRouter(tags=["operations"])


@public.get("/health", responses={503: {"model": Health}})
def get_health(response: Response) -> Health:
    """200 when the database, the queue and a worker answer, else 503."""
    found = health.get_health(tasks.queue_answers)
    if found.status != "ok":
        response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
    return found
