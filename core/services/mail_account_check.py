"""Testing a mail account: connect, encrypt, log in, send one mail to somebody who asked for it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import clock
from core.crypto import KeyRing
from core.database import session_scope
from core.errors import DeliveryError, InvalidInput, LimitReached, SecretUnreadable
from core.mail.headers import Sender, domain_of, message_id
from core.mail.smtp import SIZE_STEP, Step, check_account
from core.mail.smtp_connect import SmtpAccount
from core.models import AuditEntry, EmailConfiguration
from core.schemas.accounts import Actor
from core.schemas.email_config import EmailConfigCreate, EmailConfigTestResult, TestStep
from core.services import audit, workspace
from core.services.keys import key_ring
from core.services.mail_account_rules import check_account_rules, smtp_account
from core.services.people import require_editor
from core.services.workspace import WorkspaceInfo
from core.settings import get_settings

_TESTS_PER_MINUTE: Final = 5
_ACTION: Final = "test"
_OBJECT: Final = "email_configuration"


@dataclass(frozen=True, slots=True)
class PreparedMailTest:
    """A test as plain values; `configuration_id` is None for an account that is not saved."""

    actor: Actor
    account: SmtpAccount = field(repr=False)
    recipient: str
    shared: WorkspaceInfo
    configuration_id: uuid.UUID | None
    # The saved account that hands over to the same server.
    same_server_id: uuid.UUID | None


def prepare_test(
    session: Session,
    *,
    actor: Actor,
    data: EmailConfigCreate | None = None,
    recipient: str | None = None,
    for_workspace: bool = False,
) -> PreparedMailTest:
    """Test `data`, or what is saved when there is none. Reads only.

    An unsaved account without a password uses the saved one's when host and user name are the same.
    """
    require_editor(actor)
    _refuse_strangers(actor, recipient)
    _refuse_hurry(session, actor)
    saved = _saved(session, actor, for_workspace=for_workspace)
    whole = data or (_as_data(saved) if saved else None)
    if whole is None:
        raise InvalidInput("There is no mail account yet. Fill in the form, or save one first.")
    password = whole.smtp_password or _saved_password(saved, whole)
    check_account_rules(whole, password=password)
    return PreparedMailTest(
        actor=actor,
        account=smtp_account(whole, password=password),
        recipient=recipient or actor.email,
        shared=workspace.find_workspace(session),
        configuration_id=saved.id if saved and data is None else None,
        same_server_id=saved.id if saved and _server_of(saved) == _server_of(whole) else None,
    )


def run_test(prepared: PreparedMailTest) -> EmailConfigTestResult:
    """Takes seconds; opens its own short transaction at the end to note the result."""
    steps = _steps(prepared)
    result = EmailConfigTestResult(
        success=all(step.ok for step in steps),
        steps=[TestStep(name=step.name, ok=step.ok, detail=step.detail) for step in steps],
    )
    with session_scope() as session:
        _note(session, prepared, result)
        _note_size(session, prepared, steps)
    return result


def _steps(prepared: PreparedMailTest) -> list[Step]:
    # Not at the top: the worker only looks up accounts, and what draws a mail is heavy.
    from core.mail.message import build_test_message

    account, now = prepared.account, clock.now()
    try:
        message = build_test_message(
            sender=Sender(account.from_email, account.from_name),
            recipient=prepared.recipient,
            workspace=prepared.shared.name,
            brand=prepared.shared.brand,
            host=account.host,
            message_id=message_id(uuid.uuid4().hex, prepared.recipient, 1, domain_of(account.from_email)),
            date=now,
            base_url=get_settings().base_url,
            extra_headers=account.extra_headers,
        )
    except DeliveryError as error:
        return [Step("Write the mail", False, error.message)]
    return check_account(account, recipient=prepared.recipient, message=message)


def _note(session: Session, prepared: PreparedMailTest, result: EmailConfigTestResult) -> None:
    audit.record(
        session,
        actor=prepared.actor,
        action=_ACTION,
        object_type=_OBJECT,
        object_id=prepared.configuration_id,
        object_name=prepared.account.from_email,
        detail={"success": result.success, "host": prepared.account.host},
    )
    row = session.get(EmailConfiguration, prepared.configuration_id) if prepared.configuration_id else None
    if row is not None:
        row.last_test = {"at": clock.iso(clock.now()), **result.model_dump()}


def _note_size(session: Session, prepared: PreparedMailTest, steps: list[Step]) -> None:
    """What the server said of the largest mail it takes decides what the next mails attach."""
    said = next((step for step in steps if step.name == SIZE_STEP), None)
    row = session.get(EmailConfiguration, prepared.same_server_id) if prepared.same_server_id else None
    if row is not None and said is not None:
        row.max_message_bytes = said.limit


def _server_of(account: EmailConfiguration | EmailConfigCreate) -> tuple[str, int]:
    return account.smtp_host, account.smtp_port


def _refuse_strangers(actor: Actor, recipient: str | None) -> None:
    if recipient is None or recipient.casefold() == actor.email.casefold() or actor.is_admin:
        return
    raise InvalidInput(
        f"A test goes to your own address, {actor.email}. Only administrators may name another.", field="recipient"
    )


def _refuse_hurry(session: Session, actor: Actor) -> None:
    """The test button must not become a tool for scanning networks."""
    recent = select(func.count()).where(
        AuditEntry.actor_id == actor.id,
        AuditEntry.action == _ACTION,
        AuditEntry.object_type == _OBJECT,
        AuditEntry.at > clock.now() - timedelta(minutes=1),
    )
    if (session.scalar(recent) or 0) >= _TESTS_PER_MINUTE:
        raise LimitReached(f"{_TESTS_PER_MINUTE} tests a minute are the limit. Wait a moment and try again.")


def _saved(session: Session, actor: Actor, *, for_workspace: bool) -> EmailConfiguration | None:
    column = EmailConfiguration.owner_id
    if for_workspace:
        return session.scalar(select(EmailConfiguration).where(column.is_(None))) if actor.is_admin else None
    return session.scalar(select(EmailConfiguration).where(column == actor.id))


def _as_data(row: EmailConfiguration) -> EmailConfigCreate:
    names = EmailConfigCreate.model_fields.keys() - {"smtp_password"}
    values: dict[str, Any] = {name: getattr(row, name) for name in names}
    return EmailConfigCreate.model_validate(values)


def _saved_password(saved: EmailConfiguration | None, data: EmailConfigCreate) -> str:
    if saved is None or saved.smtp_password_encrypted is None:
        return ""
    if (saved.smtp_host, saved.smtp_username) != (data.smtp_host, data.smtp_username):
        return ""
    return _opened(key_ring(), saved.smtp_password_encrypted)


def _opened(ring: KeyRing, token: str) -> str:
    try:
        return ring.open(token)
    except SecretUnreadable as error:
        raise InvalidInput(error.message, field="smtp_password") from error
