"""Mail accounts. A password comes in and never goes out."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator

from core.schemas.base import Email, Flag, Id, Input, Instant, Line, Output, Whole

Port = Annotated[Whole, Field(ge=1, le=65535)]


def _host(value: str) -> str:
    if not value or any(ch.isspace() or ch in "/@" for ch in value):
        raise ValueError(f"'{value}' is not a host name; write for example smtp.example.com")
    return value.lower()


Host = Annotated[str, Field(max_length=255), AfterValidator(_host)]


class EmailConfigCreate(Input):
    """`use_tls` is STARTTLS, required; `use_ssl` is TLS from the first byte. An empty user name means no login."""

    smtp_host: Host
    smtp_port: Port
    use_tls: Flag = True
    use_ssl: Flag = False
    smtp_username: Annotated[str, Field(max_length=320)] = ""
    smtp_password: Annotated[str, Field(max_length=1000)] = ""
    from_email: Email
    from_name: Line | None = None
    preset: Line | None = None
    extra_headers: dict[Line, Line] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_kind_of_encryption(self) -> EmailConfigCreate:
        if self.use_tls and self.use_ssl:
            raise ValueError("choose use_tls (STARTTLS, usually port 587) or use_ssl (TLS, usually port 465), not both")
        return self


class EmailConfigUpdate(Input):
    """Any part of it; the password is kept when absent."""

    smtp_host: Host | None = None
    smtp_port: Port | None = None
    use_tls: Flag | None = None
    use_ssl: Flag | None = None
    smtp_username: Annotated[str, Field(max_length=320)] | None = None
    smtp_password: Annotated[str, Field(max_length=1000)] | None = None
    from_email: Email | None = None
    from_name: Line | None = None
    preset: Line | None = None
    extra_headers: dict[Line, Line] | None = None


class EmailConfigResponse(Output):
    id: Id
    user_id: Id | None
    preset: str | None
    smtp_host: str
    smtp_port: int
    use_tls: bool
    use_ssl: bool
    smtp_username: str
    has_password: bool
    from_email: str
    from_name: str | None
    extra_headers: dict[str, str]
    state: Literal["active", "needs_password", "paused"]
    last_test: dict[str, Any] | None
    updated_at: Instant
    version: int


class EmailConfigTest(EmailConfigCreate):
    """A whole configuration that is not saved, and to whom the test goes."""

    recipient: Email | None = None


class SavedEmailConfigTest(Input):
    """Test what is saved."""

    recipient: Email | None = None


class TestStep(Output):
    __test__ = False  # the name is the contract's; pytest must not collect it

    name: str
    ok: bool
    detail: str


class EmailConfigTestResult(Output):
    success: bool
    steps: list[TestStep]
