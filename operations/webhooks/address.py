"""Where a webhook may lead: a public server over HTTPS, and never into a network of ours.

The name is looked up once, right before the connection, and the connection goes to the address
that was looked at; all of a name's addresses must be public. OWASP's cheat sheet on server-side
request forgery says why.
"""

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from foundation.errors import InvalidRequest
from foundation.spelling import well_formed

PORTS = (443, 8443)
LONGEST_URL = 2_000
IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
NAT64 = ipaddress.ip_network("64:ff9b::/96")
ISATAP, ISATAP_MASK = 0x0000_5EFE, 0xFDFF_FFFF
"""How the lower half of an address begins that tunnels to an IPv4 address of a site (RFC 5214)."""


class Forbidden(Exception):
    """The name leads to an address that is not for everybody."""


@dataclass(frozen=True)
class Target:
    """A webhook's URL taken apart.

    Attributes
    ----------
    path
        With its query.
    """

    tls: bool
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """The header ``Host``."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.tls else 80) else f"{host}:{self.port}"


def target_of(url: str, *, loopback: bool) -> Target:
    """Return the target that a URL names; nothing is looked up.

    Parameters
    ----------
    loopback
        Whether this machine itself may be named, without TLS and at any port
        (``Settings.webhook_loopback``).

    Raises
    ------
    InvalidRequest
        It is no HTTPS URL of a plain host name at port 443 or 8443, or carries a password.
    """
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname or ""
    except ValueError as error:
        raise InvalidRequest("webhook_refusals.bad_url") from error
    tls = parts.scheme == "https"
    plain = url.isascii() and url.isprintable() and " " not in url and well_formed(url) == url
    if not plain or len(url) > LONGEST_URL or not host or "@" in parts.netloc or parts.fragment:
        raise InvalidRequest("webhook_refusals.bad_url")
    at_home = loopback and _is_loopback(host)
    if not at_home and (not tls or (port or 443) not in PORTS or _is_forbidden_literal(host)):
        raise InvalidRequest("webhook_refusals.bad_url")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(tls, host, port or (443 if tls else 80), path)


def address_of(target: Target, *, loopback: bool) -> str:
    """Return the IP address to connect to.

    Raises
    ------
    Forbidden
        One of the name's addresses is not public.
    OSError
        The name is not known now.
    """
    found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    addresses = [ipaddress.ip_address(str(info[4][0]).partition("%")[0]) for info in found]
    at_home = loopback and all(address.is_loopback for address in addresses)
    if not addresses or not (at_home or all(map(is_public, addresses))):
        raise Forbidden
    return str(addresses[0])


def is_public(address: IPAddress) -> bool:
    """Say whether an address is anybody's on the internet, whatever it is wrapped in.

    >>> samples = ("93.184.215.14", "10.0.0.5", "::ffff:10.0.0.5", "64:ff9b::a9fe:a9fe")
    >>> [is_public(ipaddress.ip_address(one)) for one in samples]
    [True, False, False, False]
    """
    if isinstance(address, ipaddress.IPv6Address):
        within = address.ipv4_mapped or address.sixtofour
        if address.is_site_local or (int(address) >> 32) & ISATAP_MASK == ISATAP:
            return False
        if address in NAT64:
            within = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if address.teredo is not None or (within is not None and not is_public(within)):
            return False
        if within is not None:
            return True
    return address.is_global and not (address.is_multicast or address.is_reserved)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _is_forbidden_literal(host: str) -> bool:
    """Say whether a host is written as an address that is not public, or as no name of the DNS."""
    try:
        return not is_public(ipaddress.ip_address(host))
    except ValueError:
        return "." not in host or host.rstrip(".").rpartition(".")[2].isdigit()
