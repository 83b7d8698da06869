"""Numbers for a monitoring system."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse

from core.database import read_scope
from core.services import metrics
from web.api.dependencies import CurrentActor

router = APIRouter(tags=["operations"])
_MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"


# Said by hand: a response class would call the refusals text as well.
@router.get("/metrics", response_model=None, responses={200: {"content": {"text/plain": {}}}})
def get_metrics(actor: CurrentActor) -> PlainTextResponse:
    """For administrators: the text format of Prometheus."""
    with read_scope() as session:
        return PlainTextResponse(metrics.get_metrics(session, actor=actor), media_type=_MEDIA_TYPE)
