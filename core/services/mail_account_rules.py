"""What a mail account may be: encrypted, with a password where it logs in, with harmless further headers."""

from __future__ import annotations

import re
from typing import Final

from core.errors import DeliveryError, InvalidInput
from core.mail.presets import PRESETS
from core.mail.smtp_connect import SmtpAccount, check_policy, resolve
from core.schemas.email_config import EmailConfigCreate
from core.settings import get_settings

_HEADER_NAME: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,80}")
_MOST_HEADERS: Final = 20
# Ours to write, or the server's: a second one would break the mail or forge its origin.
_RESERVED: Final = frozenset(
    {
        "auto-submitted",
        "bcc",
        "cc",
        "date",
        "dkim-signature",
        "errors-to",
        "from",
        "in-reply-to",
        "message-id",
        "importance",
        "mime-version",
        "precedence",
        "received",
        "references",
        "reply-to",
        "return-path",
        "sender",
        "subject",
        "to",
        "x-auto-response-suppress",
        "x-entity-ref-id",
    }
)
_RESERVED_STARTS: Final = ("content-", "list-", "resent-", "arc-", "x-report-", "x-rooster-")


def smtp_account(data: EmailConfigCreate, *, password: str, announced: int | None = None) -> SmtpAccount:
    """The account as the transport wants it, with the rules of this installation.

    `announced` is what the server last said of the largest mail it takes, in bytes.
    """
    settings = get_settings()
    return SmtpAccount(
        host=data.smtp_host,
        port=data.smtp_port,
        from_email=data.from_email,
        from_name=data.from_name or "",
        use_tls=data.use_tls,
        use_ssl=data.use_ssl,
        username=data.smtp_username,
        password=password,
        plain_hosts=settings.plain_hosts,
        allow_private=settings.allow_private_networks,
        extra_headers=tuple(data.extra_headers.items()),
        max_size=_smallest(announced, _limit_of(data.preset)),
        announced_size=announced,
    )


def _limit_of(preset: str | None) -> int | None:
    """What the provider says of its mails: some announce more than they take."""
    known = PRESETS.get(preset or "")
    return known.max_message_mb * 1_000_000 if known and known.max_message_mb else None


def _smallest(*limits: int | None) -> int | None:
    return min((limit for limit in limits if limit is not None), default=None)


def check_account_rules(data: EmailConfigCreate, *, password: str) -> None:
    """Raises InvalidInput that names the field."""
    if data.smtp_username and not password:
        raise InvalidInput(
            f"Enter the password for {data.smtp_username}, or leave the user name empty for a server without a login.",
            field="smtp_password",
        )
    _check_headers(data.extra_headers)
    account = smtp_account(data, password=password)
    try:
        check_policy(account)
        _check_network(account)
    except DeliveryError as error:
        raise InvalidInput(error.message, field="smtp_host") from error


def _check_network(account: SmtpAccount) -> None:
    if account.allow_private:
        return
    try:
        resolve(account)
    except OSError as error:
        raise InvalidInput(f"There is no host '{account.host}'.", field="smtp_host") from error


def _check_headers(headers: dict[str, str]) -> None:
    if len(headers) > _MOST_HEADERS:
        raise InvalidInput(f"At most {_MOST_HEADERS} further headers are possible.", field="extra_headers")
    if len({name.lower() for name in headers}) < len(headers):
        raise InvalidInput("Name each further header once; capitals make no difference.", field="extra_headers")
    for name in headers:
        if not _HEADER_NAME.fullmatch(name):
            raise InvalidInput(f"'{name}' is not the name of a mail header.", field="extra_headers")
        if name.lower() in _RESERVED or name.lower().startswith(_RESERVED_STARTS):
            raise InvalidInput(f"The header {name} is set by Rooster itself. Remove it.", field="extra_headers")
