"""Where a source is: a URL that names a host, and nothing that points back into our own network."""

import ipaddress
import socket
from dataclasses import dataclass
from typing import cast, get_args
from urllib.parse import parse_qsl, unquote, urlsplit

from foundation.errors import Busy, InvalidRequest
from tenancy.sources import SourceKind

PORTS: dict[SourceKind, int] = {"postgresql": 5432, "mysql": 3306, "sftp": 22}
TLS = ("prefer", "require", "verify-full")
IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True)
class Address:
    """A source's address without its secret.

    Attributes
    ----------
    path
        Database, or folder of the file server.
    tls
        ``prefer``, ``require`` or ``verify-full``: how a database's connection is encrypted.
    """

    kind: SourceKind
    user: str
    host: str
    port: int
    path: str
    tls: str = "prefer"

    @property
    def url(self) -> str:
        """The address as text, as it is stored and shown."""
        tls = "" if self.tls == "prefer" else f"?sslmode={self.tls}"
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.kind}://{self.user}@{host}:{self.port}/{self.path}{tls}"


def parse_address(url: str) -> Address:
    """Return the address that a URL writes.

    Raises
    ------
    InvalidRequest
        Another scheme, no host, no user, a password (it belongs elsewhere) or options.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
        options = dict(parse_qsl(parts.query, strict_parsing=True)) if parts.query else {}
    except ValueError as error:
        raise InvalidRequest("sources.bad_address") from error
    scheme = "postgresql" if parts.scheme == "postgres" else parts.scheme
    if parts.password is not None:
        raise InvalidRequest("sources.password_in_address")
    if scheme not in get_args(SourceKind):
        raise InvalidRequest("sources.bad_scheme", scheme=scheme or "-")
    kind = cast(SourceKind, scheme)
    tls = options.pop("sslmode", "prefer")
    wrong = options or parts.fragment or tls not in TLS or not parts.hostname or not parts.username
    if wrong or (kind != "sftp" and len(parts.path) < 2):
        raise InvalidRequest("sources.bad_address")
    user, path = unquote(str(parts.username)), unquote(parts.path[1:])
    return Address(kind, user, str(parts.hostname), port or PORTS[kind], path, tls)


def resolve(address: Address) -> str:
    """Return the IP address to connect to; it is looked up once and checked.

    Raises
    ------
    InvalidRequest
        The name leads to an address that no client's server has: link-local (where clouds keep the
        credentials of our own machine), multicast or unspecified.
    Busy
        The name is not known now.
    """
    try:
        found = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Busy("sources.unknown_host", host=address.host) from error
    addresses = [ipaddress.ip_address(str(info[4][0]).partition("%")[0]) for info in found]
    if any(map(is_forbidden, addresses)):
        raise InvalidRequest("sources.forbidden_host", host=address.host)
    return str(addresses[0])


def is_forbidden(address: IPAddress) -> bool:
    """Say whether an address is never a client's server.

    >>> [is_forbidden(ipaddress.ip_address(a)) for a in ("169.254.169.254", "10.0.0.5")]
    [True, False]
    """
    mapped = getattr(address, "ipv4_mapped", None)
    plain = mapped or address
    metadata = {ipaddress.ip_address("fd00:ec2::254"), ipaddress.ip_address("100.100.100.200")}
    return bool(
        plain.is_link_local or plain.is_multicast or plain.is_unspecified or plain in metadata
    )
