"""Which addresses may be asked: public ones, by http or https."""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import SplitResult, urlsplit

from ijcorpus.errors import SourceError

_PORTS = {"http": 80, "https": 443}
_HOLD_IPV4 = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("::/96"))
"""Translated (RFC 6052) and compatible addresses: the last 32 bits are an IPv4 address."""


class RefusedError(SourceError):
    """An address that is not asked, whatever an earlier answer was."""


def origin(url: str) -> tuple[str, str, int]:
    """Scheme, host and port of an address; raises RefusedError when it is not http or https."""
    if not url.isprintable():
        raise RefusedError(f"{url!r} is no address: it has signs that cannot be printed")
    try:
        parts: SplitResult = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise RefusedError(f"{url!r} is no address: {error}") from None
    if parts.scheme not in _PORTS:
        raise RefusedError(f"{url} is not fetched: only http and https addresses are")
    if not parts.hostname:
        raise RefusedError(f"{url} names no host")
    if parts.username is not None or parts.password is not None:
        raise RefusedError(
            f"{parts.hostname}: an address with a name or password in it is not fetched"
        )
    return parts.scheme, parts.hostname, port or _PORTS[parts.scheme]


def refuse_private(host: str, port: int) -> None:
    """Raise RefusedError when any address of a host is of this machine or of a private network."""
    try:
        known = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise SourceError(f"the host {host} is not known ({error})") from None
    for *_, place in known:
        if not is_public(str(place[0])):
            raise RefusedError(
                f"{host} is {place[0]}, an address of this machine or a private network"
            )


def is_public(address: str) -> bool:
    """Whether an IP address is of the public network."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo or (None, None))[1]
        if any(found in network for network in _HOLD_IPV4):
            inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if found.is_site_local:
            return False
        if inner is not None:
            found = inner
    return found.is_global and not found.is_multicast
