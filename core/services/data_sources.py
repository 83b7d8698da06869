"""Data sources: other databases, their URL sealed, shown with a mask, lent to all or to some when the owner says so."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from core import clock
from core.errors import Conflict, InvalidInput, NotFound, SecretUnreadable, SourceError
from core.models import DataSource, SavedQuery
from core.schemas.accounts import Actor
from core.schemas.base import Page
from core.schemas.content import DataSourceCreate, DataSourceResponse, DataSourceUpdate, SourceTable, SourceTest
from core.services import audit, sharing
from core.services.common import changes, check_version, containing, read_page, reports_of_queries, users_text
from core.services.keys import ACTIVE, key_ring
from core.services.people import require_editor
from core.services.source_urls import unmasked
from core.settings import get_settings
from core.sources import Source, SourceOptions, mask_url, open_source

_DEFAULT_TIMEOUT_S: Final = 300
SAMPLE_NOTE: Final = "sample: the same {span} of 2013"


@dataclass(frozen=True, slots=True)
class OpenOptions:
    """What goes with an opened source: seconds per statement, its name, a note for the report's period."""

    timeout_s: int
    name: str
    period_note: str = ""


@dataclass(frozen=True, slots=True)
class PreparedSource:
    """A source to be opened outside of any transaction."""

    url: str = field(repr=False)
    options: SourceOptions = field(repr=False)


def source_options() -> SourceOptions:
    """What this installation forbids to data sources: first of all its own databases and keys."""
    settings = get_settings()
    return SourceOptions(
        forbidden_paths=(
            settings.data_path / "rooster.db",
            settings.data_path / "queue.db",
            settings.secret_key_path,
        ),
        forbidden_urls=(settings.database, settings.queue),
        allow_private_networks=settings.allow_private_networks,
        # Where users are not trusted they may not read any file of this machine either.
        sqlite_root=None if settings.allow_private_networks else settings.data_path,
    )


def list_data_sources(
    session: Session, *, actor: Actor, search: str = "", offset: int = 0, limit: int = 50
) -> Page[DataSourceResponse]:
    """One's own and those that others share, by name."""
    query = _usable_by(actor.id)
    if search:
        query = query.where(containing(search, DataSource.name))
    order = (DataSource.name, DataSource.id)
    return read_page(session, query, show=lambda row: show_source(row, actor), order=order, offset=offset, limit=limit)


def get_data_source(session: Session, *, actor: Actor, data_source_id: uuid.UUID) -> DataSourceResponse:
    return show_source(find_usable(session, user_id=actor.id, data_source_id=data_source_id), actor)


def create_data_source(session: Session, *, actor: Actor, data: DataSourceCreate) -> DataSourceResponse:
    """Raises InvalidInput for a URL that is not allowed. Connects to nothing: that is what the test is for."""
    require_editor(actor)
    row = DataSource(
        owner_id=actor.id,
        name=data.name,
        shared=data.shared,
        options={"statement_timeout_s": data.statement_timeout_s},
        **_sealed(data.url),
    )
    session.add(row)
    session.flush()
    _record(session, actor, "create", row)
    return show_source(row, actor)


def update_data_source(
    session: Session,
    *,
    actor: Actor,
    data_source_id: uuid.UUID,
    data: DataSourceUpdate,
    expected_version: int | None = None,
) -> DataSourceResponse:
    """Any part of it. The mask in a URL means the password that is stored, for the same server and user."""
    row = _own(session, actor, data_source_id)
    check_version(row, expected_version)
    changed = changes(data)
    if "url" in changed and changed["url"] != row.url_masked:
        _replace_url(row, changed["url"])
    if "statement_timeout_s" in changed:
        row.options = {**row.options, "statement_timeout_s": changed["statement_timeout_s"]}
    row.name = changed.get("name", row.name)
    row.shared = changed.get("shared", row.shared)
    row.version += 1
    session.flush()
    _record(session, actor, "update", row, fields=sorted(changed), shared=row.shared)
    return show_source(row, actor)


def delete_data_source(
    session: Session, *, actor: Actor, data_source_id: uuid.UUID, expected_version: int | None = None
) -> None:
    """Raises Conflict that names the saved queries and reports that use it."""
    row = _own(session, actor, data_source_id)
    check_version(row, expected_version)
    queries = _queries_of(session, row)
    if queries:
        ids = select(SavedQuery.id).where(SavedQuery.data_source_id == row.id)
        used_by = users_text(actor, [("saved query", queries), ("report", reports_of_queries(session, ids))])
        raise Conflict(f"'{row.name}' is used by {used_by}. Change or delete those first.")
    _record(session, actor, "delete", row)
    sharing.forget_shares(session, row)
    session.delete(row)
    session.flush()


def prepare_test(session: Session, *, actor: Actor, data_source_id: uuid.UUID) -> PreparedSource:
    """Raises NotFound, or InvalidInput when the password must be entered again."""
    row = find_usable(session, user_id=actor.id, data_source_id=data_source_id)
    require_editor(actor)
    try:
        return PreparedSource(url=_url_of(row), options=source_options())
    except SourceError as error:
        raise InvalidInput(error.message, field="url") from error


def prepare_url_test(
    session: Session, *, actor: Actor, url: str, data_source_id: uuid.UUID | None = None
) -> PreparedSource:
    """A URL that is not saved yet; the mask in it means the password of that source, which must be one's own."""
    require_editor(actor)
    if data_source_id is None:
        return PreparedSource(url=url, options=source_options())
    row = _own(session, actor, data_source_id)
    return PreparedSource(url=_filled_in(row, url), options=source_options())


def run_test(prepared: PreparedSource) -> SourceTest:
    """Connect; never raises SourceError. Takes seconds: hold no transaction meanwhile."""
    try:
        found = open_source(prepared.url, options=prepared.options).check()
    except SourceError as error:
        return SourceTest(ok=False, detail=error.message, elapsed_ms=0)
    return SourceTest(ok=found.ok, detail=" ".join((found.detail, *found.warnings)), elapsed_ms=found.elapsed_ms)


def record_test(session: Session, *, actor: Actor, data_source_id: uuid.UUID, result: SourceTest) -> None:
    require_editor(actor)
    row = find_usable(session, user_id=actor.id, data_source_id=data_source_id)
    row.last_test_at, row.last_test_ok = clock.now(), result.ok
    _record(session, actor, "test", row, ok=result.ok)


def prepare_tables(session: Session, *, actor: Actor, data_source_id: uuid.UUID) -> PreparedSource:
    return prepare_test(session, actor=actor, data_source_id=data_source_id)


def run_tables(prepared: PreparedSource) -> list[SourceTable]:
    """Tables and views with their columns; raises SourceError."""
    tables = open_source(prepared.url, options=prepared.options).tables()
    return [SourceTable(name=table.name, db_schema=table.schema or "", columns=list(table.columns)) for table in tables]


def open_by_id(session: Session, data_source_id: uuid.UUID, *, owner_id: uuid.UUID) -> tuple[Source, OpenOptions]:
    """With the rights of the person whose query or report it is; raises SourceError `missing_source`."""
    row = session.scalar(_usable_by(owner_id).where(DataSource.id == data_source_id))
    if row is None:
        raise SourceError("The data source of this query does not exist any more.", error_class="missing_source")
    return open_source(_url_of(row), options=source_options()), _options_of(row)


def find_usable(session: Session, *, user_id: uuid.UUID, data_source_id: uuid.UUID) -> DataSource:
    """A source the person may query: their own or a shared one; raises NotFound."""
    row = session.scalar(_usable_by(user_id).where(DataSource.id == data_source_id))
    if row is None:
        raise NotFound("There is no such data source.")
    return row


def _usable_by(user_id: uuid.UUID) -> Select[DataSource]:
    return select(DataSource).where(sharing.usable_sources(user_id))


def _own(session: Session, actor: Actor, data_source_id: uuid.UUID) -> DataSource:
    """To be changed; raises Forbidden for viewers and those who may only use it, NotFound out of sight."""
    require_editor(actor)
    row: DataSource = sharing.require(session, DataSource, actor=actor, object_id=data_source_id, level="owner")
    return row


def _sealed(url: str) -> dict[str, Any]:
    """The columns that hold a URL; raises InvalidInput when it is not allowed."""
    try:
        kind = open_source(url, options=source_options()).kind
    except SourceError as error:
        raise InvalidInput(error.message, field="url") from error
    ring = key_ring()
    return {
        "kind": kind,
        "url_encrypted": ring.seal(url.strip()),
        "url_masked": mask_url(url),
        "key_id": ring.key_id,
        "state": ACTIVE,
    }


def _replace_url(row: DataSource, url: str) -> None:
    for name, value in _sealed(_filled_in(row, url)).items():
        setattr(row, name, value)
    row.last_test_at, row.last_test_ok = None, None


def _filled_in(row: DataSource, url: str) -> str:
    """With the stored password in place of its mask; raises InvalidInput."""
    try:
        return unmasked(url, lambda: _url_of(row))
    except SourceError as error:
        raise InvalidInput(error.message, field="url") from error


def _url_of(row: DataSource) -> str:
    try:
        return key_ring().open(row.url_encrypted)
    except SecretUnreadable as error:
        raise SourceError(
            f"The password of the data source '{row.name}' cannot be read any more, because the secret key has "
            "changed. Enter its URL again on the page Data sources.",
            error_class="missing_source",
        ) from error


def _options_of(row: DataSource) -> OpenOptions:
    return OpenOptions(
        timeout_s=int(row.options.get("statement_timeout_s", _DEFAULT_TIMEOUT_S)),
        name=row.name,
        period_note=SAMPLE_NOTE if row.options.get("sample") else "",
    )


def _queries_of(session: Session, row: DataSource) -> Sequence[SavedQuery]:
    used = select(SavedQuery).where(SavedQuery.data_source_id == row.id).order_by(SavedQuery.name)
    return session.scalars(used).all()


def show_source(row: DataSource, actor: Actor) -> DataSourceResponse:
    is_owner = row.owner_id == actor.id
    return DataSourceResponse(
        id=row.id,
        user_id=row.owner_id,
        name=row.name,
        kind=row.kind,
        # Whoever may only query it learns neither its host nor its user.
        url=row.url_masked if is_owner else f"{row.kind}://***",
        shared=row.shared,
        is_owner=is_owner,
        statement_timeout_s=_options_of(row).timeout_s,
        last_test_at=row.last_test_at,
        last_test_ok=row.last_test_ok,
        created_at=row.created_at,
        updated_at=row.updated_at,
        version=row.version,
    )


def _record(session: Session, actor: Actor, action: str, row: DataSource, **detail: Any) -> None:
    audit.record(
        session,
        actor=actor,
        action=action,
        object_type="data_source",
        object_id=row.id,
        object_name=row.name,
        detail=detail,
    )
