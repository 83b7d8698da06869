"""Mails of runs: saying what nobody else can know."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter

import tasks
from core.database import session_scope
from core.schemas.deliveries import SettleRequest
from core.schemas.executions import ExecutionDetail
from core.services import deliveries
from web.api.dependencies import CurrentActor

router = APIRouter(prefix="/deliveries", tags=["executions"])


@router.post("/{delivery_id}/settle")
def settle_delivery(actor: CurrentActor, delivery_id: UUID, data: SettleRequest) -> ExecutionDetail:
    """What became of a mail in doubt: it was `sent`, is to be sent again (`resend`), or is given up (`drop`)."""
    with session_scope() as session:
        execution = deliveries.settle_delivery(session, actor=actor, delivery_id=delivery_id, outcome=data.outcome)
    tasks.ring([execution.id])
    return execution
