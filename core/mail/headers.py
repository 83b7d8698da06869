"""Addresses and headers as mail servers want them: pure ASCII, no line ends, long ids left whole."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from uuid import UUID, uuid5

import idna

from core.errors import DeliveryError
from core.text import one_line

if TYPE_CHECKING:
    # The local mail catcher stays small without what a document is made of.
    from core.document.model import ReportHead

# Longer ones are cut off by every inbox anyway.
MAX_SUBJECT = 150
# A mail that holds a key to somebody's account: where mails are kept, not everybody may read it.
PRIVATE_HEADER = "X-Rooster-Private"

# The standard library wraps or encodes these when they are long, and then no mail client reads them.
_VERBATIM = frozenset({"list-unsubscribe", "list-id", "message-id", "in-reply-to", "references", "x-entity-ref-id"})
# RFC 5322, 2.1.1: no line may be longer.
_MAX_LINE = 998
_DIRECTION_MARKS = {0x2068: None, 0x2069: None}
_NAMESPACE = UUID("6f1c1d5e-5a53-4e5e-9d6c-1b8a7f0e6a11")


@dataclass(frozen=True, slots=True)
class Sender:
    """The address of the mail account, and the name people see."""

    address: str
    name: str = ""


class _MailPolicy(EmailPolicy):
    """The SMTP policy, except that long machine-readable headers stay on one line and unencoded."""

    def fold(self, name: str, value: Any) -> str:
        return _verbatim(name, value) or super().fold(name, value)

    def fold_binary(self, name: str, value: Any) -> bytes:
        line = _verbatim(name, value)
        return line.encode("ascii") if line else super().fold_binary(name, value)


POLICY = _MailPolicy(linesep="\r\n", cte_type="7bit", raise_on_defect=False)


def message_id(execution_id: str, recipient: str, send_no: int, domain: str) -> str:
    """The same for every attempt to send one mail; a resend has another `send_no`."""
    return f"<{uuid5(_NAMESPACE, f'{execution_id}/{recipient.lower()}/{send_no}')}@{ascii_domain(domain)}>"


def ascii_domain(domain: str) -> str:
    """`bücher.example` as `xn--bcher-kva.example`; raises DeliveryError."""
    if domain.isascii():
        return domain.lower()
    try:
        return idna.encode(domain, uts46=True).decode("ascii")
    except idna.IDNAError as error:
        raise _bad_address(f"'{domain}' is not a domain name") from error


def ascii_address(address: str) -> str:
    """The address as it travels in the envelope; raises DeliveryError for one that cannot travel."""
    local, at, domain = address.strip().rpartition("@")
    if not at or not local or not domain:
        raise _bad_address(f"'{one_line(address)}' is not an e-mail address")
    if not local.isascii():
        raise _bad_address(f"The part before the @ of '{one_line(address)}' may have ASCII letters only")
    travelling = f"{local}@{ascii_domain(domain)}"
    as_address(travelling)
    return travelling


def domain_of(address: str) -> str:
    """The domain of an address, in ASCII."""
    return ascii_address(address).rpartition("@")[2]


def as_address(address: str, name: str = "") -> Address:
    """The address for a header; raises DeliveryError when a control character or anything else is wrong."""
    try:
        return Address(display_name=one_line(name), addr_spec=address)
    except (ValueError, IndexError, HeaderParseError) as error:
        raise _bad_address(f"'{one_line(address)}' is not an e-mail address") from error


def new_message(
    *, sender: Sender, to: Iterable[str], cc: Iterable[str] = (), subject: str, message_id: str
) -> EmailMessage:
    """A message with its addresses, subject and the headers that every mail of ours carries."""
    message = EmailMessage(policy=POLICY)
    message["From"] = as_address(ascii_address(sender.address), sender.name)
    message["To"] = [as_address(ascii_address(address)) for address in to]
    copies = [as_address(ascii_address(address)) for address in cc]
    if copies:
        message["Cc"] = copies
    message["Subject"] = clean_subject(subject)
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    return message


def clean_subject(subject: str) -> str:
    """One line, at most `MAX_SUBJECT` characters, without the marks that keep words of one direction together: some
    inboxes would show them."""
    line = one_line(subject.translate(_DIRECTION_MARKS))
    return line if len(line) <= MAX_SUBJECT else line[: MAX_SUBJECT - 1].rstrip() + "\u2026"


def add_headers(message: EmailMessage, headers: Iterable[tuple[str, str]]) -> None:
    """Add headers whose values people typed; raises DeliveryError for one that no mail may carry."""
    for name, value in headers:
        if not _is_header_name(name) or name in message:
            raise _bad_header(name)
        try:
            message[name] = value
        except ValueError as error:
            raise _bad_header(name) from error


def add_report_headers(
    message: EmailMessage,
    head: ReportHead,
    *,
    domain: str,
    reply_to: str,
    list_id: str,
    status: str,
    stop_url: str | None,
    keep_thread: bool = False,
) -> None:
    """What sorts, groups and stops the mails of a report; without a `stop_url` (a test) there is nothing to stop.

    With `keep_thread` each run answers one and the same mail, which never was: mail programs fold them into one
    conversation. Without it a reference of its own keeps each run apart.
    """
    if reply_to:
        message["Reply-To"] = as_address(ascii_address(reply_to))
    values = [
        ("List-Id", list_id or f"{head.slug} <report-{head.report_id}.{domain}>"),
        *(_thread_headers(head, domain) if keep_thread else [("X-Entity-Ref-ID", head.execution_id)]),
        *run_headers(head.report_id, head.execution_id, status),
    ]
    if stop_url is not None:
        values += _stop_headers(head, stop_url)
    add_headers(message, values)


def _thread_headers(head: ReportHead, domain: str) -> list[tuple[str, str]]:
    beginning = f"<report-{head.report_id}.thread@{domain}>"
    return [("References", beginning), ("In-Reply-To", beginning)]


def run_headers(report_id: str, execution_id: str, status: str) -> list[tuple[str, str]]:
    return [("X-Report-Id", report_id), ("X-Report-Run", execution_id), ("X-Report-Status", status)]


def _stop_headers(head: ReportHead, stop_url: str) -> list[tuple[str, str]]:
    """RFC 8058 wants https; without it a mail to the owner is all that a mail client may offer."""
    at_once = stop_url.startswith("https://")
    ways = [f"<{stop_url}>"] if at_once else []
    if head.owner_email:
        ways.append(f"<{mailto(head.owner_email, subject=f'Stop: {clean_subject(head.name)}')}>")
    if not ways:
        return []
    listed = [("List-Unsubscribe", ", ".join(ways))]
    return [*listed, ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")] if at_once else listed


def mailto(address: str, *, subject: str) -> str:
    """A `mailto:` link."""
    return f"mailto:{quote(ascii_address(address), safe='@')}?subject={quote(one_line(subject)[:120])}"


def _verbatim(name: str, value: Any) -> str | None:
    line = f"{name}: {value}\r\n"
    whole = name.lower() in _VERBATIM and line.isascii() and len(line) <= _MAX_LINE
    return line if whole and len(line.splitlines()) == 1 else None


def _is_header_name(name: str) -> bool:
    return name.isascii() and bool(name) and all(33 <= ord(ch) <= 126 and ch != ":" for ch in name)


def _bad_header(name: str) -> DeliveryError:
    return DeliveryError(
        f"The further header '{one_line(name)}' of the mail account is not allowed. Change it on the mail page.",
        permanent=True,
        error_class="message",
    )


def _bad_address(reason: str) -> DeliveryError:
    return DeliveryError(f"{reason}.", permanent=True, error_class="recipient")
