"""Every error that people may read: one class per boundary, its text is shown to users as it is."""

from __future__ import annotations


class RoosterError(Exception):
    """Base of the errors whose message is one plain sentence for people."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class SettingsError(RoosterError):
    """A setting is missing or wrong; the message names the variable and the accepted values."""


class InvalidInput(RoosterError):
    """What was asked for breaks a rule; `field` names the input to mend, when there is one."""

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class NotFound(RoosterError):
    """It does not exist, or it belongs to somebody else: the two must look the same."""


class Forbidden(RoosterError):
    """The person is known and may not do this; the message says who may."""


class Conflict(RoosterError):
    """The object is in a state that forbids the action, for example because a report uses it."""


class Stale(RoosterError):
    """The object was changed since the version that the change was made for."""


class LimitReached(RoosterError):
    """A limit per person or per workspace stops the action; the message names the limit."""


class LoginFailed(RoosterError):
    """Wrong address or password, or the account is switched off: one text for all three."""


class Throttled(RoosterError):
    """Too many attempts; `retry_after` is in seconds."""

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class SourceError(RoosterError):
    """Reading somebody's database failed.

    `error_class` is one of the words in `core.states.ERROR_CLASSES`; `transient` says whether the same
    query may well succeed a minute later.
    """

    def __init__(self, message: str, *, error_class: str = "query", transient: bool = False) -> None:
        super().__init__(message)
        self.error_class = error_class
        self.transient = transient


class RenderError(RoosterError):
    """A document could not be written; `error_class` as in `core.states.ERROR_CLASSES`."""

    def __init__(self, message: str, *, error_class: str = "render", transient: bool = False) -> None:
        super().__init__(message)
        self.error_class = error_class
        self.transient = transient


class TemplateError(RoosterError):
    """A subject or body template is wrong; the message names the variable and a suggestion, `field` the input."""

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class DeliveryError(RoosterError):
    """A mail was not accepted.

    `permanent` stops the retries. `uncertain` says that only the server knows whether it took the mail.
    `server_wide` is a fault of the server or the account rather than of one recipient or message.
    `code` and `response` are the server's own, when it gave any.
    """

    def __init__(
        self,
        message: str,
        *,
        permanent: bool,
        error_class: str = "mail",
        uncertain: bool = False,
        server_wide: bool = False,
        code: int | None = None,
        response: str | None = None,
    ) -> None:
        super().__init__(message)
        self.permanent = permanent
        self.error_class = error_class
        self.uncertain = uncertain
        self.server_wide = server_wide
        self.code = code
        self.response = response


class SecretUnreadable(RoosterError):
    """A stored secret cannot be decrypted with any key of the ring."""
