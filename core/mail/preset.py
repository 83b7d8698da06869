"""What is known of a mail provider."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any


class Security(Enum):
    """How the line is encrypted."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """A provider's values for the form; limits are None where nobody names one.

    `max_message_mb` counts the whole mail as sent; `daily_limit` recipients a day; `pace` is in words.
    """

    key: str
    label: str
    smtp_host: str
    smtp_port: int
    security: Security
    username_hint: str
    secret_label: str
    help: str
    warning: str = ""
    help_url: str = ""
    other_ports: tuple[int, ...] = ()
    max_message_mb: int | None = None
    max_recipients: int | None = None
    daily_limit: int | None = None
    pace: str = ""

    @property
    def use_tls(self) -> bool:
        """STARTTLS, in the words of the REST contract."""
        return self.security is Security.STARTTLS

    @property
    def use_ssl(self) -> bool:
        """TLS from the first byte."""
        return self.security is Security.TLS

    def as_dict(self) -> dict[str, Any]:
        """The REST contract's fields and the rest beside them."""
        return {
            "key": self.key,
            "label": self.label,
            "smtp_host": self.smtp_host,
            "smtp_port": self.smtp_port,
            "use_tls": self.use_tls,
            "use_ssl": self.use_ssl,
            "username_hint": self.username_hint,
            "secret_label": self.secret_label,
            "help": self.help,
            "warning": self.warning,
            "help_url": self.help_url,
            "other_ports": list(self.other_ports),
            "max_message_mb": self.max_message_mb,
            "max_recipients": self.max_recipients,
            "daily_limit": self.daily_limit,
            "pace": self.pace,
        }
