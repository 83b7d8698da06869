"""Numbers for a monitoring system, in the text format of Prometheus, read from the database at each call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.database import db_now
from core.models import Delivery, ReportExecution
from core.schemas.accounts import Actor
from core.services import workers
from core.services.people import require_admin
from core.states import ACTIVE_STATUSES, DELIVERY_STATUSES, EXECUTION_STATUSES
from core.version import VERSION

_DAY: Final = timedelta(days=1)
_HOUR: Final = timedelta(hours=1)
_QUANTILES: Final = (0.5, 0.95, 1.0)
_ENDED: Final = tuple(status for status in EXECUTION_STATUSES if status not in ACTIVE_STATUSES)


def get_metrics(session: Session, *, actor: Actor) -> str:
    """The whole answer; for administrators, else Forbidden. Counts go back a day, times an hour."""
    require_admin(actor)
    now = db_now(session)
    late, lasted = _times(session, since=now - _HOUR)
    runs = _by_status(session, ReportExecution, statuses=_ENDED, since=now - _DAY)
    mails = _by_status(session, Delivery, statuses=tuple(DELIVERY_STATUSES), since=now - _DAY)
    waiting = _by_status(session, ReportExecution, statuses=tuple(ACTIVE_STATUSES), since=None)
    state = workers.get_worker_state(session)
    age = (now - state.last_heartbeat).total_seconds() if state.last_heartbeat else float("nan")
    lines = [
        *_gauge("rooster_info", "The version that answers.", "version", {VERSION: 1}),
        *_gauge("rooster_runs_last_day", "Runs that were due in the last 24 hours, by outcome.", "outcome", runs),
        *_gauge("rooster_deliveries_last_day", "Mails of the last 24 hours, by outcome.", "outcome", mails),
        *_gauge("rooster_queue_depth", "Runs that are not over, by state.", "state", waiting),
        *_single("rooster_workers_alive", "Worker processes that live.", workers.count_alive(session)),
        *_single("rooster_worker_heartbeat_age_seconds", "Since the last sign of life of any worker.", age),
        *_summary("rooster_run_lateness_seconds", "From the due time to the start, scheduled runs, last hour.", late),
        *_summary("rooster_run_duration_seconds", "From the start to the files, all runs, last hour.", lasted),
    ]
    return "\n".join(lines) + "\n"


def _by_status(
    session: Session,
    model: type[ReportExecution] | type[Delivery],
    *,
    statuses: Sequence[str],
    since: datetime | None,
) -> dict[str, int]:
    """Each status, also those with none; the index by status and time answers it."""
    query = select(model.status, func.count()).where(model.status.in_(statuses)).group_by(model.status)
    if since is not None:
        query = query.where(model.not_before >= since)
    found = {row[0]: row[1] for row in session.execute(query)}
    return {status: found.get(status, 0) for status in statuses}


def _times(session: Session, *, since: datetime) -> tuple[list[float], list[float]]:
    """Lateness of scheduled runs and duration of all, in seconds."""
    columns = (
        ReportExecution.trigger,
        ReportExecution.scheduled_for,
        ReportExecution.started_at,
        ReportExecution.execution_time_ms,
    )
    recent = ReportExecution.status.in_(_ENDED), ReportExecution.not_before >= since
    late, lasted = [], []
    for trigger, scheduled_for, started_at, milliseconds in session.execute(select(*columns).where(*recent)):
        if trigger == "schedule" and started_at is not None:
            late.append((started_at - scheduled_for).total_seconds())
        if milliseconds is not None:
            lasted.append(milliseconds / 1000)
    return sorted(late), sorted(lasted)


def _head(name: str, text: str, kind: str) -> list[str]:
    return [f"# HELP {name} {text}", f"# TYPE {name} {kind}"]


def _single(name: str, text: str, value: float) -> list[str]:
    return [*_head(name, text, "gauge"), f"{name} {_number(value)}"]


def _gauge(name: str, text: str, label: str, values: Mapping[str, Any]) -> list[str]:
    lines = [f'{name}{{{label}="{key}"}} {_number(value)}' for key, value in values.items()]
    return [*_head(name, text, "gauge"), *lines]


def _summary(name: str, text: str, ordered: Sequence[float]) -> list[str]:
    """The values must be in order; no value at all is not zero but unknown."""
    lines = [f'{name}{{quantile="{share:g}"}} {_number(_quantile(ordered, share))}' for share in _QUANTILES]
    return [
        *_head(name, text, "summary"),
        *lines,
        f"{name}_sum {_number(_sum(ordered))}",
        f"{name}_count {len(ordered)}",
    ]


def _quantile(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")


def _sum(values: Iterable[float]) -> float:
    return round(sum(values), 3)


def _number(value: float) -> str:
    return "NaN" if value != value else f"{value:.10g}"
