"""A connected, encrypted and greeted SMTP client, reached only at addresses that were checked."""

from __future__ import annotations

import ipaddress
import re
import smtplib
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from core.errors import DeliveryError
from core.mail import smtp_errors

MAIL_PORTS = frozenset({25, 465, 587, 2465, 2525, 2587})
LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
# A greeting may be held back on purpose, but a server that expects TLS says nothing at all.
CONNECT_SECONDS = 20.0
COMMAND_SECONDS = 60.0

_FULL_NAME = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+", re.I)


@dataclass(frozen=True, slots=True)
class SmtpAccount:
    """Where mail is handed over and as whom. `use_tls` means STARTTLS, required; `use_ssl` TLS at once.

    Unencrypted is allowed to loopback and `plain_hosts` only. Without `allow_private` the server must
    have a public address and one of `MAIL_PORTS`. `ca_file` names a further authority to trust.
    """

    host: str
    port: int
    from_email: str
    from_name: str = ""
    use_tls: bool = True
    use_ssl: bool = False
    username: str = ""
    password: str = field(default="", repr=False)
    plain_hosts: frozenset[str] = frozenset()
    allow_private: bool = True
    extra_headers: tuple[tuple[str, str], ...] = ()
    # The largest mail in bytes: as far as is known, and what the server last said. No reason for a new connection.
    max_size: int | None = field(default=None, compare=False)
    announced_size: int | None = field(default=None, compare=False)
    ca_file: Path | None = None

    @property
    def is_encrypted(self) -> bool:
        return self.use_tls or self.use_ssl


def open_client(
    account: SmtpAccount, *, on_reached: Callable[[], None] = lambda: None, patience: float = CONNECT_SECONDS
) -> smtplib.SMTP:
    """Connect, greet and encrypt; raises DeliveryError. The client is not logged in.

    `on_reached` is called when the server was there and encryption comes next; `patience` is the longest wait for
    each answer until then, in seconds.
    """
    check_policy(account)
    client = smtplib.SMTP(local_hostname="localhost", timeout=COMMAND_SECONDS)
    try:
        client.sock = _connect(account, on_reached, patience)
        client.file = None
        client.local_hostname = _greeting_name(client.sock)
        _read_greeting(client, account)
        if not account.use_ssl:
            on_reached()
        if account.use_tls and not account.use_ssl:
            _start_tls(client, account)
    except DeliveryError:
        client.close()
        raise
    except (OSError, smtplib.SMTPException) as error:
        client.close()
        raise _network_error(error, account) from error
    client.sock.settimeout(COMMAND_SECONDS)
    return client


def check_policy(account: SmtpAccount) -> None:
    """Raise DeliveryError when the account's settings are not allowed to be used at all."""
    host = account.host.lower()
    if not account.is_encrypted and host not in LOOPBACK_NAMES | account.plain_hosts:
        raise smtp_errors.configuration(
            f"Mail to {account.host} would travel unencrypted. Choose STARTTLS or SSL/TLS, or ask an administrator "
            "to add the host to ROOSTER_PLAIN_SMTP_HOSTS."
        )
    if not _is_listed(account) and account.port not in MAIL_PORTS:
        ports = ", ".join(str(port) for port in sorted(MAIL_PORTS))
        raise smtp_errors.configuration(f"Port {account.port} is not a mail port. Use one of {ports}.")


def _is_listed(account: SmtpAccount) -> bool:
    return account.allow_private or account.host.lower() in account.plain_hosts


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet, also behind its IPv6 spellings."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        ip = ip.ipv4_mapped or ip.sixtofour or ip
    return ip.is_global and not ip.is_multicast


def resolve(account: SmtpAccount) -> list[tuple[str, int]]:
    """The addresses of the server, looked up once; every one of them must be allowed."""
    try:
        found = socket.getaddrinfo(account.host, account.port, type=socket.SOCK_STREAM)
    except (ValueError, OverflowError) as error:
        raise smtp_errors.configuration(f"'{account.host}' is not a host name.") from error
    addresses = [(str(entry[4][0]), account.port) for entry in found]
    if not _is_listed(account) and not all(is_public(address) for address, _ in addresses):
        raise smtp_errors.configuration(f"{account.host} is not a mail server on the public internet.")
    return addresses


def tls_context(account: SmtpAccount) -> ssl.SSLContext:
    """Verified TLS, always; there is no switch to ignore a certificate."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if account.ca_file is not None:
        context.load_verify_locations(cafile=account.ca_file)
    return context


def _connect(account: SmtpAccount, on_reached: Callable[[], None], patience: float) -> socket.socket:
    plain = _first_that_answers(resolve(account), patience)
    if not account.use_ssl:
        return plain
    on_reached()
    return _wrap(plain, account)


def _first_that_answers(addresses: list[tuple[str, int]], patience: float) -> socket.socket:
    last: OSError = OSError("no address")
    for address in addresses:
        try:
            return socket.create_connection(address, patience)
        except OSError as error:
            last = error
    raise last


def _wrap(plain: socket.socket, account: SmtpAccount) -> ssl.SSLSocket:
    try:
        return tls_context(account).wrap_socket(plain, server_hostname=account.host)
    # A certificate's error is a ValueError too, so the order matters.
    except OSError:
        plain.close()
        raise
    except ValueError as error:
        plain.close()
        raise smtp_errors.configuration(f"'{account.host}' is not a host name.") from error


def _greeting_name(connection: socket.socket) -> str:
    """Our name in EHLO: the host's full name if it has one, else the address as a literal (RFC 5321, 4.1.3).

    Never `getfqdn`, which may wait for a name server for many seconds.
    """
    name = socket.gethostname()
    if _FULL_NAME.fullmatch(name):
        return name
    address = str(connection.getsockname()[0])
    return f"[IPv6:{address}]" if ":" in address else f"[{address}]"


def _read_greeting(client: smtplib.SMTP, account: SmtpAccount) -> None:
    code, text = client.getreply()
    if code != 220:
        raise smtp_errors.refused(code, text, stage="connect", host=account.host)
    _say_hello(client, account)


def _say_hello(client: smtplib.SMTP, account: SmtpAccount) -> None:
    code, text = client.ehlo()
    if code >= 500:
        code, text = client.helo()
    if code != 250:
        raise smtp_errors.refused(code, text, stage="connect", host=account.host)


def _start_tls(client: smtplib.SMTP, account: SmtpAccount) -> None:
    """Never a downgrade: a server that does not offer STARTTLS, or says no to it, is an error."""
    if not client.has_extn("starttls"):
        raise smtp_errors.configuration(
            f"{account.host}:{account.port} does not offer STARTTLS, so the mail would travel unencrypted. "
            "Check the port, or choose SSL/TLS with port 465."
        )
    code, text = client.docmd("STARTTLS")
    if code != 220:
        raise smtp_errors.refused(code, text, stage="connect", host=account.host)
    assert client.sock is not None
    client.sock = _wrap(client.sock, account)
    # What was read before encryption is not to be believed (RFC 3207, 4.2).
    client.file = None
    client.ehlo_resp = None
    client.esmtp_features = {}
    _say_hello(client, account)


def _network_error(error: Exception, account: SmtpAccount) -> DeliveryError:
    if isinstance(error, smtplib.SMTPServerDisconnected) and isinstance(error.__context__, OSError):
        error = error.__context__
    if isinstance(error, OSError) and not isinstance(error, smtplib.SMTPException):
        return smtp_errors.network(error, host=account.host, port=account.port, use_ssl=account.use_ssl)
    return smtp_errors.lost(account.host, str(error))
