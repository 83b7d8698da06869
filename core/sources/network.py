"""Which machines a data source may live on."""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Final

from core.errors import SourceError

_NAT64: Final = IPv6Network("64:ff9b::/96")


def addresses(host: str, port: int) -> list[str]:
    """Every numeric address of a host; raises a transient `SourceError` when the name is unknown."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        message = f"The host {host!r} cannot be found. Check its spelling and this machine's name service."
        raise SourceError(message, error_class="connection", transient=True) from error
    return list(dict.fromkeys(str(entry[4][0]).partition("%")[0] for entry in found))


def public_addresses(host: str, port: int) -> list[str]:
    """The same, when all of them are on the public internet; one private address refuses the host."""
    if not host or host.startswith("/"):
        raise _private(host or "this machine")
    found = addresses(host, port)
    if not all(_is_public(address) for address in found):
        raise _private(host)
    return found


def _private(host: str) -> SourceError:
    message = (
        f"{host!r} is on a private network, which this installation does not allow. "
        "Use a public host name, or ask the administrator about ROOSTER_ALLOW_PRIVATE_NETWORKS."
    )
    return SourceError(message, error_class="permission")


def _is_public(address: str) -> bool:
    number = _embedded(ip_address(address))
    return number.is_global and not number.is_multicast and not number.is_reserved


def _embedded(number: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address behind an IPv6 spelling of it."""
    if isinstance(number, IPv4Address):
        return number
    if number in _NAT64:
        return IPv4Address(int(number) & 0xFFFFFFFF)
    return number.ipv4_mapped or number.sixtofour or number


def same_machine(host: str, other: str, port: int) -> bool:
    """Whether two hosts share an address; all spellings of this machine are one."""
    return bool(_known(host, port) & _known(other, port))


def _known(host: str, port: int) -> set[str]:
    if not host or host.startswith("/"):
        return {"loopback"}
    try:
        return {_canonical(address) for address in addresses(host, port)}
    except SourceError:
        return {host.lower()}


def _canonical(address: str) -> str:
    number = _embedded(ip_address(address))
    return "loopback" if number.is_loopback or number.is_unspecified else str(number)
