"""What the services of owned objects share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from core.errors import Stale
from core.models import Dashboard, DashboardTile, SavedQuery, ScheduledReport
from core.schemas.accounts import Actor
from core.schemas.base import Page
from core.schemas.refusals import first_error
from core.text import join_words

Row = TypeVar("Row")
Shown = TypeVar("Shown", bound=BaseModel)
Checked = TypeVar("Checked", bound=BaseModel)


def read_page(
    session: Session,
    query: Select[Row],
    *,
    show: Callable[[Any], Shown],
    order: Sequence[ColumnElement[Any] | InstrumentedAttribute[Any]],
    offset: int,
    limit: int,
) -> Page[Shown]:
    """One page of a query's rows, shown, and the number of all."""
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    rows = session.scalars(query.order_by(*order).offset(offset).limit(limit))
    return Page([show(row) for row in rows], total)


def containing(search: str, *columns: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """Rows in which any column holds the text, in any case."""
    # PostgreSQL takes no NUL.
    wanted = search.replace("\0", "").strip().lower()
    return or_(*(func.lower(column).contains(wanted, autoescape=True) for column in columns))


def changes(data: BaseModel, *, nullable: Iterable[str] = ()) -> dict[str, Any]:
    """What a partial update asks for: fields that were sent; None counts for `nullable` ones only."""
    cleared = set(nullable)
    sent = {name: getattr(data, name) for name in data.model_fields_set}
    return {name: value for name, value in sent.items() if value is not None or name in cleared}


def merged(schema: type[Checked], present: dict[str, Any], changed: dict[str, Any]) -> Checked:
    """The object as it would be after the change, checked as a new one; raises InvalidInput."""
    plain = {name: value.model_dump() if isinstance(value, BaseModel) else value for name, value in changed.items()}
    try:
        return schema.model_validate({**present, **plain})
    except ValidationError as error:
        raise first_error(error) from None


def check_version(row: Any, expected: int | None) -> None:
    """Raises Stale when somebody changed the row since `expected` was read; None takes it as it is."""
    check_present(row.version, expected, what=f"'{row.name}'")


def check_present(version: int, expected: int | None, *, what: str) -> None:
    """The same for what has no row of its own."""
    if expected is not None and version != expected:
        raise Stale(f"{what} was changed by somebody else meanwhile. Reload it, and make your change again.")


def reports_of_queries(session: Session, query_ids: Select[Any]) -> list[ScheduledReport]:
    """The reports that run any of these saved queries, alone or in a dashboard."""
    dashboards = select(DashboardTile.dashboard_id).where(DashboardTile.saved_query_id.in_(query_ids))
    wanted = or_(ScheduledReport.saved_query_id.in_(query_ids), ScheduledReport.dashboard_id.in_(dashboards))
    return list(session.scalars(select(ScheduledReport).where(wanted).order_by(ScheduledReport.name)))


def users_text(actor: Actor, used_by: Sequence[tuple[str, Sequence[SavedQuery | Dashboard | ScheduledReport]]]) -> str:
    """`the saved query 'Sales' and the reports 'Daily' and 'Weekly'`; other people's are only counted."""
    parts, strangers = [], 0
    for noun, rows in used_by:
        mine = [f"'{row.name}'" for row in rows if row.owner_id == actor.id]
        strangers += len(rows) - len(mine)
        if mine:
            plural = noun[:-1] + "ies" if noun.endswith("y") else f"{noun}s"
            parts.append(f"the {noun if len(mine) == 1 else plural} {join_words(mine)}")
    if strangers:
        parts.append(f"{strangers} of other people")
    return join_words(parts)
