"""Mail providers and what each of them wants: the right words before somebody types a password."""

from __future__ import annotations

import tomllib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """A provider's values for the form; limits are None where nobody names one.

    `max_message_mb` counts the whole mail as sent; `daily_limit` recipients a day; `pace` is in words.
    """

    key: str
    label: str
    smtp_host: str
    smtp_port: int
    security: Literal["none", "starttls", "tls"]
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
        return self.security == "starttls"

    @property
    def use_ssl(self) -> bool:
        """TLS from the first byte."""
        return self.security == "tls"

    def as_dict(self) -> dict[str, Any]:
        """The REST contract's fields and the rest beside them."""
        return asdict(self) | {"use_tls": self.use_tls, "use_ssl": self.use_ssl, "other_ports": list(self.other_ports)}


def _read() -> dict[str, Preset]:
    with Path(__file__).with_name("presets.toml").open("rb") as handle:
        entries = tomllib.load(handle)["preset"]
    presets = [Preset(**(entry | {"other_ports": tuple(entry.get("other_ports", ()))})) for entry in entries]
    return {preset.key: preset for preset in presets}


PRESETS: Final[dict[str, Preset]] = _read()
