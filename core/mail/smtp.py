"""Handing a mail to a server, one recipient per transaction, with a word before the final dot."""

from __future__ import annotations

import base64
import re
import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage

from core.errors import DeliveryError
from core.mail import smtp_errors
from core.mail.headers import ascii_address
from core.mail.smtp_connect import SmtpAccount, open_client

__all__ = ["SIZE_STEP", "SmtpAccount", "SmtpReply", "SmtpSession", "Step", "ask_size", "check_account", "connect"]

# RFC 5321, 4.5.3.2.6: the server may take ten minutes to answer the final dot.
FINAL_REPLY_SECONDS = 600.0
QUIT_SECONDS = 5.0
# A run waits for this answer, and can do without it.
ASK_SECONDS = 5.0
SIZE_STEP = "Size limit"
# The time-out of a socket covers one call, so a long body goes out in pieces.
_PIECE = 64 * 1024


@dataclass(frozen=True, slots=True)
class SmtpReply:
    """The server's answer to the final dot, as it gave it."""

    code: int
    text: str


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a test of an account, in words for people; the one about sizes has the `limit` in bytes."""

    name: str
    ok: bool
    detail: str
    limit: int | None = None


class SmtpSession:
    """A connection that is ready to take mails; unusable once `is_open` is False."""

    def __init__(self, client: smtplib.SMTP, account: SmtpAccount) -> None:
        self._client = client
        self._account = account

    @property
    def is_open(self) -> bool:
        return self._client.sock is not None

    @property
    def max_size(self) -> int | None:
        """The largest message in bytes that the server announced, or None."""
        announced = self._client.esmtp_features.get("size", "").strip()
        return int(announced) if announced.isdigit() and int(announced) > 0 else None

    @property
    def tls_version(self) -> str | None:
        sock = self._client.sock
        return sock.version() if isinstance(sock, ssl.SSLSocket) else None

    def log_in(self) -> None:
        """One attempt with one mechanism: wrong passwords tried again and again lock accounts."""
        account = self._account
        if not account.username:
            return
        offered = self._client.esmtp_features.get("auth", "").upper().split()
        with self._network_errors():
            if "PLAIN" in offered:
                self._log_in_plain()
            elif "LOGIN" in offered:
                self._log_in_login()
            else:
                raise smtp_errors.configuration(
                    f"{account.host} offers no login with a user name and password"
                    + (" on an unencrypted connection." if not account.is_encrypted else "."),
                    error_class="login",
                )

    def send(
        self, content: bytes, *, envelope_from: str, recipient: str, before_final_dot: Callable[[], bool]
    ) -> SmtpReply:
        """Hand over one mail (`EmailMessage.as_bytes()`) for one person; raises DeliveryError.

        `before_final_dot` is called when all but the dot is written. If it returns False, or raises, the
        connection is closed without the dot, and the server must forget the mail.
        """
        sender, person = ascii_address(envelope_from), ascii_address(recipient)
        self._check_size(content)
        with self._network_errors():
            self._envelope(sender, person, len(content))
            self._body(content)
        self._ask(before_final_dot)
        return self._finish(recipient)

    def close(self) -> None:
        """Say good-bye if that is still possible; never raises."""
        try:
            if self._client.sock is not None:
                self._client.sock.settimeout(QUIT_SECONDS)
                self._client.docmd("QUIT")
        except (OSError, smtplib.SMTPException):
            pass
        finally:
            self._client.close()

    def _log_in_plain(self) -> None:
        account = self._account
        secret = _base64(f"\0{account.username}\0{account.password}")
        self._expect_login(self._client.docmd("AUTH", f"PLAIN {secret}"), 235)

    def _log_in_login(self) -> None:
        account = self._account
        self._expect_login(self._client.docmd("AUTH", "LOGIN"), 334)
        self._expect_login(self._client.docmd(_base64(account.username)), 334)
        self._expect_login(self._client.docmd(_base64(account.password)), 235)

    def _expect_login(self, reply: tuple[int, bytes], wanted: int) -> None:
        code, text = reply
        if code != wanted:
            raise smtp_errors.refused(code, text, stage="login", host=self._account.host)

    def _check_size(self, content: bytes) -> None:
        if self.max_size is None or len(content) <= self.max_size:
            return
        raise DeliveryError(
            f"The mail has {len(content) / 1e6:.1f} MB, but {self._account.host} takes at most "
            f"{self.max_size / 1e6:.1f} MB. Run the report again: now that this is known, large files become links.",
            permanent=True,
            error_class="too_large",
        )

    def _envelope(self, envelope_from: str, recipient: str, size: int) -> None:
        options = f" SIZE={size}" if self._client.has_extn("size") else ""
        self._command(f"MAIL FROM:<{envelope_from}>{options}", stage="sender", recipient=recipient)
        self._command(f"RCPT TO:<{recipient}>", stage="recipient", recipient=recipient)
        self._command("DATA", stage="data", recipient=recipient, wanted=354)

    def _command(self, line: str, *, stage: smtp_errors.Stage, recipient: str, wanted: int = 250) -> None:
        code, text = self._client.docmd(line)
        if code == wanted or (wanted == 250 and 200 <= code < 300):
            return
        self._forget_transaction(code)
        raise self._refused(code, text, stage=stage, recipient=recipient)

    def _forget_transaction(self, code: int) -> None:
        """Make the session fit for the next mail; a server that says 421 is about to hang up."""
        try:
            if code != 421:
                self._client.docmd("RSET")
                return
        except (OSError, smtplib.SMTPException):
            pass
        self._client.close()

    def _body(self, content: bytes) -> None:
        data = _quote_dots(content)
        for start in range(0, len(data), _PIECE):
            self._client.send(data[start : start + _PIECE])

    def _ask(self, before_final_dot: Callable[[], bool]) -> None:
        agreed = False
        try:
            agreed = before_final_dot()
        finally:
            if not agreed:
                self._client.close()
        if not agreed:
            raise DeliveryError(
                "The mail was held back at the last moment, because another worker has taken it over.",
                permanent=False,
            )

    def _finish(self, recipient: str) -> SmtpReply:
        """Write the dot. From here on any silence means that only the server knows."""
        host = self._account.host
        try:
            assert self._client.sock is not None
            self._client.sock.settimeout(FINAL_REPLY_SECONDS)
            self._client.send(b".\r\n")
            code, text = self._client.getreply()
        except (OSError, smtplib.SMTPException) as error:
            self._client.close()
            raise smtp_errors.uncertain(host, str(error)) from error
        if code < 200 or code >= 600:
            self._client.close()
            raise smtp_errors.uncertain(host, f"it answered {code}")
        if code == 421:
            self._client.close()
        if code >= 300:
            raise self._refused(code, text, stage="message", recipient=recipient)
        return SmtpReply(code, text.decode("utf-8", "replace"))

    def _refused(self, code: int, text: bytes, *, stage: smtp_errors.Stage, recipient: str) -> DeliveryError:
        account = self._account
        return smtp_errors.refused(
            code, text, stage=stage, host=account.host, from_email=account.from_email, recipient=recipient
        )

    @contextmanager
    def _network_errors(self) -> Iterator[None]:
        try:
            yield
        except (OSError, smtplib.SMTPException) as error:
            self._client.close()
            raise smtp_errors.lost(self._account.host, str(error)) from error


@contextmanager
def connect(account: SmtpAccount) -> Iterator[SmtpSession]:
    """A session that is encrypted and logged in as the account says; raises DeliveryError."""
    session = SmtpSession(open_client(account), account)
    try:
        session.log_in()
        yield session
    finally:
        session.close()


def ask_size(account: SmtpAccount) -> int | None:
    """The largest mail in bytes that the server takes, as far as it tells; None too when it does not answer soon."""
    try:
        session = SmtpSession(open_client(account, patience=ASK_SECONDS), account)
    except DeliveryError:
        return None
    try:
        return session.max_size
    finally:
        session.close()


def check_account(account: SmtpAccount, *, recipient: str, message: EmailMessage) -> list[Step]:
    """Connect, encrypt, log in and send, each step with its own result; never raises DeliveryError."""
    steps: list[Step] = []
    name = "Connect"
    session: SmtpSession | None = None

    def reached() -> None:
        nonlocal name
        steps.append(Step(name, True, f"{account.host}:{account.port} answers."))
        name = "Encryption"

    try:
        session = SmtpSession(open_client(account, on_reached=reached), account)
        steps.append(_encryption_step(session))
        name = "Log in"
        session.log_in()
        steps += [_login_step(account), _size_step(session)]
        name = "Send"
        reply = session.send(
            message.as_bytes(), envelope_from=account.from_email, recipient=recipient, before_final_dot=lambda: True
        )
        steps.append(Step(name, True, f"{account.host} took the mail for {recipient}: {reply.code} {reply.text}"))
    except DeliveryError as error:
        steps.append(Step(name, False, smtp_errors.without_retry(error.message)))
    finally:
        if session is not None:
            session.close()
    return steps


def _encryption_step(session: SmtpSession) -> Step:
    version = session.tls_version
    detail = f"{version}, certificate checked." if version else "None: allowed for this host only."
    return Step("Encryption", True, detail)


def _login_step(account: SmtpAccount) -> Step:
    return Step("Log in", True, f"As {account.username}." if account.username else "Not needed.")


def _size_step(session: SmtpSession) -> Step:
    limit = session.max_size
    detail = f"Mails up to {limit / 1e6:.0f} MB." if limit else "The server names no limit."
    return Step(SIZE_STEP, True, detail, limit)


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _quote_dots(content: bytes) -> bytes:
    """Lines end in CRLF, and a line that begins with a dot gets a second one (RFC 5321, 4.5.2)."""
    lines = re.sub(rb"\r\n|\r|\n", b"\r\n", content)
    quoted = re.sub(rb"(?m)^\.", b"..", lines)
    return quoted if quoted.endswith(b"\r\n") else quoted + b"\r\n"
