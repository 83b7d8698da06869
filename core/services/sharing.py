"""Who may see or change what: one's own things, and what others lent. Every service asks here.

A share names a saved query, a dashboard, a scheduled report or a data source. Who may read a report may read the
dashboard or query it sends, and who may read a dashboard may read the queries on its tiles; the database behind them
stays closed to all but those whom its owner lets use it.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, delete, not_, or_, select
from sqlalchemy.orm import Session

from core.errors import Forbidden, InvalidInput, NotFound
from core.models import Dashboard, DashboardTile, DataSource, SavedQuery, ScheduledReport, Share, User
from core.schemas.accounts import Actor
from core.schemas.base import Access
from core.schemas.sharing import ShareInput, ShareLevel, ShareResponse
from core.services import audit
from core.services.common import check_present
from core.services.people import require_editor
from core.text import fingerprint, join_words

SHAREABLE: Final[dict[str, type[Any]]] = {
    "saved_query": SavedQuery,
    "dashboard": Dashboard,
    "scheduled_report": ScheduledReport,
    "data_source": DataSource,
}
_TYPES: Final[dict[type[Any], str]] = {model: object_type for object_type, model in SHAREABLE.items()}
_NOUNS: Final[dict[type[Any], str]] = {
    DataSource: "data source",
    SavedQuery: "saved query",
    Dashboard: "dashboard",
    ScheduledReport: "scheduled report",
}
_RANKS: Final[dict[Access, int]] = {"read": 0, "edit": 1, "owner": 2}
_LEVELS: Final[dict[str, tuple[ShareLevel, ...]]] = {"data_source": ("use",)}
_USUAL_LEVELS: Final[tuple[ShareLevel, ...]] = ("read", "edit")


def visible(model: type[Any], actor: Actor) -> ColumnElement[bool]:
    """Rows the actor may read: their own, and lent ones."""
    own: ColumnElement[bool] = model.owner_id == actor.id
    lent = _LENT.get(model)
    return or_(own, lent(actor)) if lent else own


def require(session: Session, model: type[Any], *, actor: Actor, object_id: uuid.UUID, level: Access = "read") -> Any:
    """The row, when the actor may do so much with it.

    Raises NotFound, with one text whether it is missing or out of sight, and Forbidden when it may only be looked at.
    For more than reading the row is locked: two changes at once come one after the other.
    """
    query = select(model).where(model.id == object_id, visible(model, actor))
    if level != "read":
        query = query.with_for_update(key_share=True, of=model).execution_options(populate_existing=True)
    row = session.scalar(query)
    if row is None:
        raise NotFound(f"There is no such {_NOUNS[model]}.")
    if _RANKS[access_of(session, model, actor)(row)] < _RANKS[level]:
        raise Forbidden(_refusal(row.name, level))
    return row


def require_part(
    session: Session, model: type[Any], *, actor: Actor, object_id: uuid.UUID, owner_id: uuid.UUID, whole: str
) -> Any:
    """A query or dashboard for a thing of `owner_id`: in the actor's sight and the owner's own.

    Otherwise somebody could have their SQL run with the rights of another person.
    """
    row = require(session, model, actor=actor, object_id=object_id)
    if row.owner_id != owner_id:
        raise InvalidInput(
            f"'{row.name}' belongs to somebody else. A {whole} is made of what its owner owns; save a copy first.",
            field=f"{_TYPES[model]}_id",
        )
    return row


def access_of(session: Session, model: type[Any], actor: Actor) -> Callable[[Any], Access]:
    """How much the actor may do with rows they see, for any number of rows in one query."""
    editable = set(session.scalars(_shared_with(actor, model).where(Share.level == "edit")))
    return lambda row: "owner" if row.owner_id == actor.id else "edit" if row.id in editable else "read"


def shared_ids(session: Session, model: type[Any], actor: Actor) -> list[uuid.UUID]:
    """The ids of what was lent to the actor by name."""
    return list(session.scalars(_shared_with(actor, model)))


def list_shares(session: Session, *, actor: Actor, object_type: str, object_id: uuid.UUID) -> list[ShareResponse]:
    """With whom it is shared, for everybody who may read it."""
    require(session, SHAREABLE[object_type], actor=actor, object_id=object_id)
    return [
        ShareResponse.model_validate({"email": user.email, "name": user.name, "level": share.level})
        for share, user in session.execute(
            select(Share, User).join(User, User.id == Share.user_id).where(*_of(object_type, object_id))
            .order_by(User.email)
        )
    ]  # fmt: skip


def version_of(shares: Sequence[ShareResponse]) -> int:
    """A number that changes with the list."""
    return fingerprint(*((share.email, share.level) for share in shares))


def set_shares(
    session: Session,
    *,
    actor: Actor,
    object_type: str,
    object_id: uuid.UUID,
    shares: Sequence[ShareInput],
    expected_version: int | None = None,
) -> list[ShareResponse]:
    """Replace all shares of one's own object.

    Raises Stale, and InvalidInput for an address nobody active signs in with or a level that makes no sense. What is
    taken back is out of reach at once: queries of other people on a data source fail in words from then on.
    """
    require_editor(actor)
    row = require(session, SHAREABLE[object_type], actor=actor, object_id=object_id, level="owner")
    if expected_version is not None:
        present = list_shares(session, actor=actor, object_type=object_type, object_id=object_id)
        check_present(version_of(present), expected_version, what=f"With whom '{row.name}' is shared")
    wanted = {_person(session, actor, number, share): share.level for number, share in enumerate(shares)}
    _check_levels(object_type, shares)
    _replace(session, object_type, object_id, wanted)
    audit.record(
        session,
        actor=actor,
        action="share",
        object_type=object_type,
        object_id=object_id,
        object_name=row.name,
        detail={"shares": [share.model_dump() for share in shares]},
    )
    return list_shares(session, actor=actor, object_type=object_type, object_id=object_id)


def cut_off(session: Session, *, actor: Actor, data_source_id: uuid.UUID) -> list[str]:
    """The names of people whose saved queries use one's own source and may not any more."""
    source = require(session, DataSource, actor=actor, object_id=data_source_id, level="owner")
    if source.shared:
        return []
    lent = select(Share.user_id).where(*_of(_TYPES[DataSource], source.id))
    people = select(User.name).join(SavedQuery, SavedQuery.owner_id == User.id).distinct().order_by(User.name)
    allowed = or_(SavedQuery.owner_id == source.owner_id, SavedQuery.owner_id.in_(lent))
    return list(session.scalars(people.where(SavedQuery.data_source_id == source.id, not_(allowed))))


def forget_shares(session: Session, row: Any) -> None:
    """The row is about to be deleted."""
    session.execute(delete(Share).where(*_of(_TYPES[type(row)], row.id)))


def _check_levels(object_type: str, shares: Sequence[ShareInput]) -> None:
    allowed = _LEVELS.get(object_type, _USUAL_LEVELS)
    for number, share in enumerate(shares):
        if share.level not in allowed:
            words = join_words([f"'{level}'" for level in allowed], last="or")
            raise InvalidInput(f"'{share.level}' is no way to share this; use {words}.", field=f"{number}.level")


def _replace(session: Session, object_type: str, object_id: uuid.UUID, wanted: Mapping[uuid.UUID, ShareLevel]) -> None:
    present = {share.user_id: share for share in session.scalars(select(Share).where(*_of(object_type, object_id)))}
    for user_id, share in present.items():
        if user_id not in wanted:
            session.delete(share)
    for user_id, level in wanted.items():
        if user_id in present:
            present[user_id].level = level
        else:
            session.add(Share(object_type=object_type, object_id=object_id, user_id=user_id, level=level))
    session.flush()


def _of(object_type: str, object_id: uuid.UUID) -> tuple[ColumnElement[bool], ...]:
    return Share.object_type == object_type, Share.object_id == object_id


def _shared_with(actor: Actor, model: type[Any]) -> Any:
    return select(Share.object_id).where(Share.user_id == actor.id, Share.object_type == _TYPES[model])


def usable_sources(user_id: uuid.UUID) -> ColumnElement[bool]:
    """Data sources a person may query: their own, those open to everybody, and those lent to them."""
    lent = select(Share.object_id).where(Share.user_id == user_id, Share.object_type == _TYPES[DataSource])
    return or_(DataSource.owner_id == user_id, DataSource.shared, DataSource.id.in_(lent))


def _lent_report(actor: Actor) -> ColumnElement[bool]:
    return ScheduledReport.id.in_(_shared_with(actor, ScheduledReport))


def _lent_dashboard(actor: Actor) -> ColumnElement[bool]:
    sent = select(ScheduledReport.dashboard_id).where(_lent_report(actor))
    return or_(Dashboard.id.in_(_shared_with(actor, Dashboard)), Dashboard.id.in_(sent))


def _lent_query(actor: Actor) -> ColumnElement[bool]:
    sent = select(ScheduledReport.saved_query_id).where(_lent_report(actor))
    shown = (
        select(DashboardTile.saved_query_id)
        .join(Dashboard, Dashboard.id == DashboardTile.dashboard_id)
        .where(_lent_dashboard(actor))
    )
    own_id = SavedQuery.id
    return or_(own_id.in_(_shared_with(actor, SavedQuery)), own_id.in_(sent), own_id.in_(shown))


_LENT: Final[dict[type[Any], Callable[[Actor], ColumnElement[bool]]]] = {
    SavedQuery: _lent_query,
    Dashboard: _lent_dashboard,
    ScheduledReport: _lent_report,
    DataSource: lambda actor: usable_sources(actor.id),
}


def _person(session: Session, actor: Actor, number: int, share: ShareInput) -> uuid.UUID:
    found = session.scalar(select(User.id).where(User.email == share.email.casefold(), User.is_active))
    if found is None:
        raise InvalidInput(f"Nobody signs in here as {share.email}.", field=f"{number}.email")
    if found == actor.id:
        raise InvalidInput("It is yours already; share it with somebody else.", field=f"{number}.email")
    return found


def _refusal(name: str, level: Access) -> str:
    if level == "owner":
        return f"Only the owner of '{name}' may do this."
    return f"'{name}' was shared with you to read. Ask its owner to let you edit it."
