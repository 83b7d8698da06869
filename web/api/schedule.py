"""Looking ahead: the next runs of a schedule that need not exist yet."""

from __future__ import annotations

from fastapi import APIRouter

from core.schemas.schedule import SchedulePreview, SchedulePreviewRequest
from core.services import scheduled_reports
from web.api.dependencies import CurrentActor

router = APIRouter(prefix="/schedule", tags=["scheduled reports"])


@router.post("/preview")
def preview_schedule(actor: CurrentActor, data: SchedulePreviewRequest) -> SchedulePreview:
    """In UTC and on the wall clock, with a note when the clock changes."""
    return scheduled_reports.preview_schedule(data, actor=actor)
