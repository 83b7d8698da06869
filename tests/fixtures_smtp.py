"""Real mail servers on loopback: plain, STARTTLS or TLS, with login, and with faults on demand."""

from __future__ import annotations

import asyncio
import datetime
import ipaddress
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Literal

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from core.mail.smtp_connect import SmtpAccount

Mode = Literal["plain", "starttls", "tls"]
# Where a server hangs up without a word: before or after it has kept the mail.
Drop = Literal["", "before_accept", "after_accept"]

USER, PASSWORD = "robot", "s3cret-p\u00e4ss"


@dataclass
class ReceivedMail:
    sender: str
    recipients: list[str]
    content: bytes

    @property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.content, policy=policy.default)


@dataclass
class Behaviour:
    """Replies that replace the good ones. `rcpt` maps an address to its reply; change them at any time."""

    mail: str = ""
    rcpt: dict[str, str] = field(default_factory=dict)
    data: str = ""
    drop: Drop = ""
    # The answer to the final dot comes this much later, in seconds; the mail is kept at once.
    answer_after: float = 0.0


@dataclass
class SmtpServer:
    """A running server; `received` fills as mails are accepted, `logins` with each attempt's name."""

    host: str
    port: int
    mode: Mode
    ca_file: Path
    behaviour: Behaviour
    received: list[ReceivedMail]
    logins: list[str]

    def account(self, **changes: Any) -> SmtpAccount:
        values: dict[str, Any] = {
            "host": self.host,
            "port": self.port,
            "use_tls": self.mode == "starttls",
            "use_ssl": self.mode == "tls",
            "from_email": "reports@example.com",
            "from_name": "Northwind Reports",
            "ca_file": self.ca_file,
        }
        return SmtpAccount(**(values | changes))


@dataclass(frozen=True)
class Certificates:
    """An authority of the tests' own and what it signed."""

    ca_file: Path
    other_ca_file: Path
    good: ssl.SSLContext
    wrong_host: ssl.SSLContext


class _Handler:
    def __init__(self, behaviour: Behaviour, received: list[ReceivedMail], *, needs_login: bool) -> None:
        self._behaviour = behaviour
        self._received = received
        self._needs_login = needs_login

    async def handle_MAIL(
        self, _server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self._needs_login and not session.authenticated:
            return "530 5.7.0 Authentication required"
        if self._behaviour.mail:
            return self._behaviour.mail
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self._behaviour.rcpt:
            return self._behaviour.rcpt[address]
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        if self._behaviour.drop == "before_accept":
            server.transport.abort()
            return "250 never seen"
        if self._behaviour.data:
            return self._behaviour.data
        self._received.append(ReceivedMail(envelope.mail_from or "", list(envelope.rcpt_tos), envelope.content))
        if self._behaviour.drop == "after_accept":
            server.transport.abort()
        await asyncio.sleep(self._behaviour.answer_after)
        return "250 2.0.0 Ok: queued as 4BX7"


def _authenticator(logins: list[str]) -> Callable[..., AuthResult]:
    def check(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: LoginPassword) -> AuthResult:
        logins.append(data.login.decode())
        right = data.login == USER.encode() and data.password == PASSWORD.encode()
        return AuthResult(success=right, handled=right)

    return check


class _Running(Controller):
    """STARTTLS is a matter of the protocol, TLS at once of the listening socket."""

    def __init__(self, handler: _Handler, *, mode: Mode, context: ssl.SSLContext, options: dict[str, Any]) -> None:
        starttls = {"tls_context": context, "require_starttls": True} if mode == "starttls" else {}
        super().__init__(
            handler,
            hostname="127.0.0.1",
            port=0,
            server_hostname="localhost",
            ssl_context=context if mode == "tls" else None,
            **starttls,
            **options,
        )

    def _trigger_server(self) -> None:
        # The port is known only now; the base class would knock at port 0.
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    folder = tmp_path_factory.mktemp("certificates")
    authority, other = _Authority(folder, "ours"), _Authority(folder, "theirs")
    return Certificates(
        ca_file=authority.file,
        other_ca_file=other.file,
        good=authority.server_context("localhost"),
        wrong_host=authority.server_context("mail.elsewhere.test"),
    )


@pytest.fixture
def smtp_server(certificates: Certificates) -> Iterator[Callable[..., SmtpServer]]:
    """A factory: `smtp_server(mode="starttls", auth=True, size=1_000_000, wrong_host=False, behaviour=...)`."""
    yield from _servers(certificates)


@pytest.fixture(scope="module")
def smtp_module_server(certificates: Certificates) -> Iterator[Callable[..., SmtpServer]]:
    """The same for servers that the tests of one module share."""
    yield from _servers(certificates)


def _servers(certificates: Certificates) -> Iterator[Callable[..., SmtpServer]]:
    running: list[Controller] = []

    def start(
        *,
        mode: Mode = "plain",
        auth: bool = False,
        size: int = 33_554_432,
        wrong_host: bool = False,
        behaviour: Behaviour | None = None,
        **options: Any,
    ) -> SmtpServer:
        received: list[ReceivedMail] = []
        logins: list[str] = []
        wanted = behaviour or Behaviour()
        if auth:
            # Over TLS at once aiosmtpd does not notice that the line is encrypted, so the handler asks for the login.
            options |= {"authenticator": _authenticator(logins), "auth_require_tls": mode == "starttls"}
        controller = _Running(
            _Handler(wanted, received, needs_login=auth),
            mode=mode,
            context=certificates.wrong_host if wrong_host else certificates.good,
            options=options | {"data_size_limit": size},
        )
        controller.start()
        running.append(controller)
        return SmtpServer(
            host="localhost",
            port=controller.port,
            mode=mode,
            ca_file=certificates.ca_file,
            behaviour=wanted,
            received=received,
            logins=logins,
        )

    yield start
    for controller in running:
        controller.stop()


class _Authority:
    def __init__(self, folder: Path, name: str) -> None:
        self._folder, self._name = folder, name
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Test authority {name}")])
        usage = x509.KeyUsage(True, False, False, False, False, True, True, False, False)
        certificate = (
            _builder(self._subject, self._subject, self._key)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(usage, critical=True)
            .sign(self._key, hashes.SHA256())
        )
        self.file = folder / f"{name}.pem"
        self.file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))

    def server_context(self, host: str) -> ssl.SSLContext:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
        names: list[x509.GeneralName] = [x509.DNSName(host)]
        if host == "localhost":
            names.append(x509.IPAddress(ipaddress.ip_address("127.0.0.1")))
        certificate = (
            _builder(subject, self._subject, key)
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        path = self._folder / f"{self._name}-{host}.pem"
        path.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            + certificate.public_bytes(serialization.Encoding.PEM)
        )
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(path)
        return context


def _builder(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=2))
    )
