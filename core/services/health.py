"""Is everything there that a report needs on its way?"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.exc import SQLAlchemyError

from core.database import is_reachable, read_scope
from core.schemas.executions import Health, WorkerState
from core.services import workers
from core.version import VERSION


def get_health(queue_answers: Callable[[], bool]) -> Health:
    """`ok` only when the database and the queue answer and a worker lives; `queue_answers` asks the queue."""
    database = is_reachable()
    worker = _worker_state() if database else WorkerState(last_heartbeat=None, alive=False)
    queue = queue_answers()
    return Health(
        status="ok" if database and queue and worker.alive else "degraded",
        database="ok" if database else "unreachable",
        queue="ok" if queue else "unreachable",
        worker=worker,
        version=VERSION,
    )


def _worker_state() -> WorkerState:
    try:
        with read_scope() as session:
            return workers.get_worker_state(session)
    except SQLAlchemyError:
        return WorkerState(last_heartbeat=None, alive=False)
