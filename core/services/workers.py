"""Which consumers are alive: each writes a heartbeat, everybody reads them."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from core import host
from core.database import db_now
from core.models import Worker
from core.schemas.executions import WorkerState
from core.services.ledger import moved

BEAT_SECONDS: Final = 15.0
# Three beats missed.
ALIVE: Final = timedelta(seconds=50)
FORGOTTEN: Final = timedelta(days=7)


def beat(session: Session, *, identity: str, slots: int, version: str) -> None:
    """Say that this consumer lives."""
    name, boot, pid, started = identity.split("|")
    now = db_now(session)
    mine = (Worker.host == name, Worker.boot_id == boot, Worker.pid == int(pid), Worker.process_started == started)
    if moved(session, update(Worker).where(*mine).values(heartbeat_at=now, slots=slots)):
        return
    session.execute(delete(Worker).where(Worker.heartbeat_at < now - FORGOTTEN))
    session.add(
        Worker(
            host=name,
            boot_id=boot,
            pid=int(pid),
            process_started=started,
            started_at=now,
            heartbeat_at=now,
            version=version,
            slots=slots,
        )
    )


def sign_off(session: Session, *, identity: str) -> None:
    """A consumer that stops in good order is not missed."""
    name, boot, pid, started = identity.split("|")
    session.execute(
        delete(Worker).where(
            Worker.host == name, Worker.boot_id == boot, Worker.pid == int(pid), Worker.process_started == started
        )
    )


def get_worker_state(session: Session) -> WorkerState:
    """The last heartbeat of any consumer; one of this host that is gone does not count as alive."""
    last = session.scalar(select(func.max(Worker.heartbeat_at)))
    return WorkerState(last_heartbeat=last, alive=count_alive(session) > 0)


def count_alive(session: Session) -> int:
    """Consumers with a fresh heartbeat that are not known to be gone."""
    fresh = session.scalars(select(Worker).where(Worker.heartbeat_at > db_now(session) - ALIVE)).all()
    return sum(not host.is_gone(_identity(worker)) for worker in fresh)


def _identity(worker: Worker) -> str:
    return "|".join((worker.host, worker.boot_id, str(worker.pid), worker.process_started))
