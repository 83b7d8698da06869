"""Settings: read once from the environment, refused loudly when wrong. docs/settings.md explains each."""

from __future__ import annotations

import ipaddress
import os
import re
import secrets
from functools import lru_cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from core.errors import SettingsError

PREFIX: Final = "ROOSTER_"
ROOT: Final = Path(__file__).resolve().parent.parent
_DATABASES: Final = ("sqlite", "postgresql")
_QUEUES: Final = ("sqlite", "redis", "rediss", "postgresql")
_PLAIN_PATH: Final = re.compile(r"(?:/[A-Za-z0-9][A-Za-z0-9._~-]*)*")


class Settings(BaseSettings):
    """One attribute per variable, `ROOSTER_` in front; `NAME_FILE` reads any of them from a file."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=True)

    data_dir: Path = Path("data")
    database_url: str = ""
    queue_url: str = ""
    storage_url: str = ""
    secret_key: str = ""
    host: str = "127.0.0.1"
    port: int = Field(8501, ge=1, le=65535)
    base_url: str = Field(default_factory=lambda values: f"http://localhost:{values.get('port', 8501)}")
    trusted_proxies: str = ""
    admin_email: str = ""
    admin_password: str = ""
    sample: bool = True
    mail_catcher: bool = True
    mail_catcher_port: int = Field(1025, ge=1, le=65535)
    workers: int = Field(default_factory=lambda: os.cpu_count() or 1, ge=1, le=64)
    run_time_limit: int = Field(1800, ge=1)
    retention_days: int = Field(30, ge=1)
    plain_smtp_hosts: str = ""
    max_rows: int = Field(5_000_000, ge=1)
    max_recipients: int = Field(50, ge=1)
    max_mails_per_day: int = Field(500, ge=1)
    max_attachments_mb: int = Field(14, ge=1, le=500)
    link_days: int = Field(7, ge=1, le=365)
    max_reports_per_user: int = Field(100, ge=1)
    allow_private_networks: bool = True

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - the interface
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the interface
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the interface
    ) -> tuple[Any, ...]:
        return init_settings, env_settings, _from_files

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        return _with_scheme(value, _DATABASES)

    @field_validator("queue_url")
    @classmethod
    def _known_queue(cls, value: str) -> str:
        return _with_scheme(value, _QUEUES)

    @field_validator("storage_url")
    @classmethod
    def _a_folder(cls, value: str) -> str:
        if "://" in value:
            raise ValueError("use a folder such as /srv/rooster/exports")
        return value

    @field_validator("base_url")
    @classmethod
    def _web_address(cls, value: str) -> str:
        parts = urlsplit(value.rstrip("/"))
        if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
            raise ValueError("use an address such as https://reports.example.com")
        if not _PLAIN_PATH.fullmatch(parts.path):
            raise ValueError("its path may hold letters, digits, '-', '.', '_' and '~' only, such as /reports")
        return value.rstrip("/")

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, value: str) -> str:
        for part in _listed(value):
            try:
                ipaddress.ip_network(part)
            except ValueError:
                raise ValueError("use addresses or networks such as 127.0.0.1,10.0.0.0/24") from None
        return value

    @property
    def data_path(self) -> Path:
        return self.data_dir.resolve()

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite:///{self.data_path / 'rooster.db'}"

    @property
    def queue(self) -> str:
        return self.queue_url or f"sqlite:///{self.data_path / 'queue.db'}"

    @property
    def storage_path(self) -> Path:
        return Path(self.storage_url or self.data_path / "exports").resolve()

    @property
    def outbox_path(self) -> Path:
        return self.data_path / "outbox"

    @property
    def secret_key_path(self) -> Path:
        return self.data_path / "secret.key"

    @property
    def base_path(self) -> str:
        """The path below which everything is served: empty, or such as `/reports`."""
        return urlsplit(self.base_url).path

    @property
    def proxy_networks(self) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
        """The peers whose forwarded headers are believed."""
        return tuple(ipaddress.ip_network(part) for part in _listed(self.trusted_proxies))

    @property
    def secure_cookies(self) -> bool:
        return self.base_url.startswith("https://")

    @property
    def plain_hosts(self) -> frozenset[str]:
        """Mail servers that may be used without encryption; loopback always may."""
        return frozenset({"localhost", "127.0.0.1", "::1", *_listed(self.plain_smtp_hosts.lower())})

    @property
    def listens_on_loopback(self) -> bool:
        return is_this_machine(self.host)

    @property
    def is_for_this_machine(self) -> bool:
        """Nobody else can reach it: it listens to this machine, and no proxy gives it a public name."""
        return self.listens_on_loopback and is_this_machine(urlsplit(self.base_url).hostname or "")

    @property
    def public_address(self) -> str:
        """Where others can reach it, when they can."""
        return self.base_url if self.listens_on_loopback else f"{self.host}:{self.port}"

    def key_secrets(self) -> list[str]:
        """The key ring, newest first; raises SettingsError when the key file is missing or open to others."""
        if self.secret_key:
            return [part.strip() for part in self.secret_key.split(",") if part.strip()]
        return _read_key_file(self.secret_key_path)


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """The settings of this process; raises SettingsError that names the variable."""
    return load_settings()


def load_settings(**overrides: Any) -> Settings:
    """Read the environment afresh; `overrides` win."""
    try:
        return Settings(**overrides)
    except ValidationError as error:
        first = error.errors()[0]
        name = f"{PREFIX}{'_'.join(str(part) for part in first['loc'])}".upper()
        reason = str(first["msg"]).removeprefix("Value error, ")
        # The value itself is not repeated: it may hold a password.
        raise SettingsError(f"{name} is wrong: {reason}.") from None


def create_secret_key(settings: Settings) -> bool:
    """Make the key file on the very first start (mode 0600); False when there is a key already."""
    if settings.secret_key or settings.secret_key_path.exists():
        return False
    settings.data_path.mkdir(parents=True, exist_ok=True)
    handle = os.open(settings.secret_key_path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_urlsafe(48) + "\n")
    return True


def _read_key_file(path: Path) -> list[str]:
    if not path.exists():
        raise SettingsError(f"There is no secret key: set ROOSTER_SECRET_KEY or run script/setup, which makes {path}.")
    if path.stat().st_mode & 0o077:
        raise SettingsError(f"{path} can be read by other users. Run: chmod 600 {path}")
    return [part.strip() for part in path.read_text().split(",") if part.strip()]


def _listed(value: str) -> list[str]:
    return [part.strip() for part in value.split(",") if part.strip()]


def is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _with_scheme(value: str, schemes: tuple[str, ...]) -> str:
    scheme = value.split("://", 1)[0].split("+", 1)[0]
    if value and scheme not in schemes:
        raise ValueError(f"use a URL that begins with {' or '.join(f'{known}://' for known in schemes)}")
    return value


def _from_files() -> dict[str, Any]:
    """`ROOSTER_SECRET_KEY_FILE=/run/secrets/key` stands for the contents of that file."""
    found: dict[str, Any] = {}
    for name in Settings.model_fields:
        variable = f"{PREFIX}{name.upper()}"
        path = os.environ.get(f"{variable}_FILE")
        if not path:
            continue
        if os.environ.get(variable):
            raise SettingsError(f"Set {variable} or {variable}_FILE, not both.")
        try:
            found[name] = Path(path).read_text().strip()
        except OSError as error:
            raise SettingsError(f"{variable}_FILE names {path}, which cannot be read: {error.strerror}.") from error
    return found
