"""Mail accounts: one per person, and one of the workspace for everybody who has none.

A password comes in, is sealed, and never goes out but to the mail server.
"""

from __future__ import annotations

import uuid
from typing import Any, Final

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from core.errors import DeliveryError, NotFound, SecretUnreadable
from core.mail.smtp_connect import SmtpAccount
from core.models import EmailConfiguration
from core.schemas.accounts import Actor
from core.schemas.email_config import EmailConfigCreate, EmailConfigResponse, EmailConfigUpdate
from core.services import audit, sample_reports
from core.services.common import changes, check_present, merged
from core.services.keys import ACTIVE, NEEDS_PASSWORD, key_ring
from core.services.mail_account_check import PreparedMailTest, prepare_test, run_test
from core.services.mail_account_rules import check_account_rules, smtp_account
from core.services.people import require_editor

__all__ = [
    "PreparedMailTest",
    "account_for",
    "account_warning",
    "delete_email_config",
    "delete_workspace_config",
    "find_email_config",
    "get_workspace_config",
    "prepare_test",
    "run_test",
    "save_email_config",
    "save_workspace_config",
    "update_email_config",
    "update_workspace_config",
]

_PLAIN_FIELDS: Final = (
    "preset",
    "smtp_host",
    "smtp_port",
    "use_tls",
    "use_ssl",
    "smtp_username",
    "from_email",
    "from_name",
    "extra_headers",
)
_THIS: Final = "The mail account"
_MISSING: Final = (
    "There is no mail account to send from. Set one up on the page E-mail settings, or ask an administrator for one "
    "that serves everybody."
)


def find_email_config(session: Session, *, actor: Actor) -> EmailConfigResponse | None:
    """One's own account."""
    return _show(_of(session, actor.id))


def save_email_config(
    session: Session, *, actor: Actor, data: EmailConfigCreate, expected_version: int | None = None
) -> EmailConfigResponse:
    """Create it or replace the whole of it; raises InvalidInput or Stale."""
    require_editor(actor)
    return _save(session, actor, owner_id=actor.id, data=data, expected=expected_version)


def update_email_config(
    session: Session, *, actor: Actor, data: EmailConfigUpdate, expected_version: int | None = None
) -> EmailConfigResponse:
    """Any part of it; the password is kept when absent. Raises Stale, and NotFound when there is none yet."""
    require_editor(actor)
    return _update(session, actor, owner_id=actor.id, data=data, expected=expected_version)


def delete_email_config(session: Session, *, actor: Actor, expected_version: int | None = None) -> None:
    require_editor(actor)
    _delete(session, actor, owner_id=actor.id, expected=expected_version)


def get_workspace_config(session: Session, *, actor: Actor) -> EmailConfigResponse | None:
    """The account for everybody who has none; administrators only, for others NotFound."""
    _require_admin(actor)
    return _show(_of(session, None))


def save_workspace_config(
    session: Session, *, actor: Actor, data: EmailConfigCreate, expected_version: int | None = None
) -> EmailConfigResponse:
    _require_admin(actor)
    return _save(session, actor, owner_id=None, data=data, expected=expected_version)


def update_workspace_config(
    session: Session, *, actor: Actor, data: EmailConfigUpdate, expected_version: int | None = None
) -> EmailConfigResponse:
    _require_admin(actor)
    return _update(session, actor, owner_id=None, data=data, expected=expected_version)


def delete_workspace_config(session: Session, *, actor: Actor, expected_version: int | None = None) -> None:
    _require_admin(actor)
    _delete(session, actor, owner_id=None, expected=expected_version)


def account_for(
    session: Session, owner_id: uuid.UUID, *, workspace_first: bool = False
) -> tuple[SmtpAccount, uuid.UUID]:
    """A person's account or else the workspace's, its password open, with the configuration's id.

    `workspace_first` is for mails in the name of everybody. Raises DeliveryError `missing_account` in words that
    name the page to open.
    """
    row = (_of(session, None) if workspace_first else None) or _serving(session, owner_id)
    if row is None:
        raise _missing(_MISSING)
    problem = _problem(row)
    if problem:
        raise _missing(problem)
    try:
        password = _password_of(row)
    except SecretUnreadable as error:
        raise _missing(_needs_password(row)) from error
    return smtp_account(_data_of(row), password=password, announced=row.max_message_bytes), row.id


def note_size_limit(session: Session, configuration_id: uuid.UUID, announced: int | None) -> None:
    """What the server said when a mail was handed over decides what the next mails attach."""
    row = session.get(EmailConfiguration, configuration_id)
    if row is not None:
        row.max_message_bytes = announced


def account_warning(session: Session, owner_id: uuid.UUID) -> str | None:
    """Why a person's reports could not be sent at present; None when they can."""
    row = _serving(session, owner_id)
    return _problem(row) if row else _MISSING


def _serving(session: Session, owner_id: uuid.UUID) -> EmailConfiguration | None:
    return _of(session, owner_id) or _of(session, None)


def _of(session: Session, owner_id: uuid.UUID | None, *, lock: bool = False) -> EmailConfiguration | None:
    query = select(EmailConfiguration).where(_belongs_to(owner_id))
    return session.scalar(query.with_for_update().execution_options(populate_existing=True) if lock else query)


def _belongs_to(owner_id: uuid.UUID | None) -> ColumnElement[bool]:
    column = EmailConfiguration.owner_id
    return column.is_(None) if owner_id is None else column == owner_id


def _save(
    session: Session, actor: Actor, *, owner_id: uuid.UUID | None, data: EmailConfigCreate, expected: int | None
) -> EmailConfigResponse:
    check_account_rules(data, password=data.smtp_password)
    row = _of(session, owner_id, lock=True)
    check_present(row.version if row else 0, expected, what=_THIS)
    action = "update" if row else "create"
    if row is None:
        row = EmailConfiguration(owner_id=owner_id, version=0)
        session.add(row)
    _write(row, data, password=data.smtp_password)
    return _finish(session, actor, row, action)


def _update(
    session: Session, actor: Actor, *, owner_id: uuid.UUID | None, data: EmailConfigUpdate, expected: int | None
) -> EmailConfigResponse:
    row = _existing(session, owner_id, expected)
    changed = changes(data, nullable=("from_name", "preset"))
    whole = merged(EmailConfigCreate, {name: getattr(row, name) for name in _PLAIN_FIELDS}, changed)
    password = whole.smtp_password if "smtp_password" in changed else _kept_password(row)
    check_account_rules(whole, password=password)
    _write(row, whole, password=password)
    return _finish(session, actor, row, "update")


def _kept_password(row: EmailConfiguration) -> str:
    try:
        return _password_of(row)
    except SecretUnreadable:
        return ""


def _write(row: EmailConfiguration, data: EmailConfigCreate, *, password: str) -> None:
    if (row.smtp_host, row.smtp_port) != (data.smtp_host, data.smtp_port):
        row.max_message_bytes = None
    for name in _PLAIN_FIELDS:
        setattr(row, name, getattr(data, name))
    ring = key_ring()
    row.smtp_password_encrypted = ring.seal(password) if password else None
    row.key_id = ring.key_id if password else None
    row.state, row.last_test = ACTIVE, None
    row.version += 1


def _finish(session: Session, actor: Actor, row: EmailConfiguration, action: str) -> EmailConfigResponse:
    session.flush()
    _record(session, actor, action, row)
    _spare_sample_readers(session)
    shown = _show(row)
    assert shown is not None
    return shown


def _delete(session: Session, actor: Actor, *, owner_id: uuid.UUID | None, expected: int | None) -> None:
    row = _existing(session, owner_id, expected)
    _record(session, actor, "delete", row)
    session.delete(row)
    session.flush()
    _spare_sample_readers(session)


def _spare_sample_readers(session: Session) -> None:
    """Whatever changed: once the sample's reports would leave through a real account, they wait."""
    source = sample_reports.find_sample_source(session)
    row = _serving(session, source.owner_id) if source else None
    if row is not None and not sample_reports.is_catcher(row.smtp_host, row.smtp_port):
        sample_reports.pause_reports(session)


def _existing(session: Session, owner_id: uuid.UUID | None, expected: int | None) -> EmailConfiguration:
    row = _of(session, owner_id, lock=True)
    if row is None:
        raise NotFound("There is no mail account yet. Save one first.")
    check_present(row.version, expected, what=_THIS)
    return row


def _require_admin(actor: Actor) -> None:
    if not actor.is_admin:
        raise NotFound("Only administrators see the mail account of the workspace.")


def _password_of(row: EmailConfiguration) -> str:
    return key_ring().open(row.smtp_password_encrypted) if row.smtp_password_encrypted else ""


def _data_of(row: EmailConfiguration) -> EmailConfigCreate:
    return EmailConfigCreate.model_validate({name: getattr(row, name) for name in _PLAIN_FIELDS})


def _problem(row: EmailConfiguration) -> str | None:
    if row.state == NEEDS_PASSWORD:
        return _needs_password(row)
    if row.state != ACTIVE:
        return f"The mail account {row.from_email} is paused. Open the page E-mail settings and test it."
    return None


def _needs_password(row: EmailConfiguration) -> str:
    return (
        f"The password of the mail account {row.from_email} cannot be read any more, because the secret key has "
        "changed. Enter it again on the page E-mail settings."
    )


def _missing(message: str) -> DeliveryError:
    return DeliveryError(message, permanent=True, error_class="missing_account", server_wide=True)


def _show(row: EmailConfiguration | None) -> EmailConfigResponse | None:
    if row is None:
        return None
    plain: dict[str, Any] = {name: getattr(row, name) for name in _PLAIN_FIELDS}
    return EmailConfigResponse(
        id=row.id,
        user_id=row.owner_id,
        has_password=row.smtp_password_encrypted is not None,
        state=row.state,
        last_test=row.last_test,
        updated_at=row.updated_at,
        version=row.version,
        **plain,
    )


def _record(session: Session, actor: Actor, action: str, row: EmailConfiguration) -> None:
    audit.record(
        session,
        actor=actor,
        action=action,
        object_type="email_configuration",
        object_id=row.id,
        object_name=row.from_email,
        detail={"host": row.smtp_host, "workspace": row.owner_id is None},
    )
