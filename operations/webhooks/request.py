"""One attempt to deliver: a POST to the address that was looked at, bounded in time and size.

No redirect is followed, the body of the answer is not read, and a watchdog ends what trickles.
"""

import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from typing import Literal

from operations.webhooks.address import Forbidden, Target, address_of

Fault = Literal["status", "timeout", "connection", "certificate", "forbidden", "unknown_host"]
CONNECT_SECONDS = 5.0
ATTEMPT_SECONDS = 15.0
GONE = 410


@dataclass(frozen=True)
class Attempt:
    """How an attempt ended: ``fault`` is None where the receiver has the message."""

    status: int | None
    fault: Fault | None

    @property
    def is_gone(self) -> bool:
        """Whether the receiver wants nothing more."""
        return self.status == GONE


class _Connection(HTTPConnection):
    """A connection to an address, by the name that the certificate and ``Host`` say."""

    def __init__(self, target: Target, address: str) -> None:
        super().__init__(target.host, target.port, timeout=CONNECT_SECONDS)
        self._target, self._address = target, address

    def connect(self) -> None:
        """Connect to the address, and speak TLS under the name."""
        self.sock = socket.create_connection((self._address, self._target.port), self.timeout)
        if self._target.tls:
            context = ssl.create_default_context()
            context.minimum_version = ssl.TLSVersion.TLSv1_2
            self.sock = context.wrap_socket(self.sock, server_hostname=self._target.host)
        self.sock.settimeout(ATTEMPT_SECONDS)


def post(
    target: Target,
    headers: Mapping[str, str],
    body: bytes,
    *,
    loopback: bool,
    seconds: float = ATTEMPT_SECONDS,
) -> Attempt:
    """Send a message once; whatever happens is an outcome, no error.

    Parameters
    ----------
    seconds
        For the whole attempt, from the look-up of the name on.
    """
    ended = threading.Event()
    link: _Connection | None = None
    try:
        link = _Connection(target, address_of(target, loopback=loopback))
        watchdog = threading.Timer(seconds, _cut, (link, ended))
        watchdog.daemon = True
        watchdog.start()
        try:
            status = _sent(link, target, headers, body)
        finally:
            watchdog.cancel()
    except Forbidden:
        return Attempt(None, "forbidden")
    except socket.gaierror:
        return Attempt(None, "unknown_host")
    except ssl.SSLCertVerificationError:
        return Attempt(None, "certificate")
    except (OSError, HTTPException, ValueError) as error:
        late = ended.is_set() or isinstance(error, TimeoutError)
        return Attempt(None, "timeout" if late else "connection")
    finally:
        if link is not None:
            link.close()
    if ended.is_set():  # cut off within the headers: what came of them looks whole
        return Attempt(None, "timeout")
    return Attempt(status, None if 200 <= status < 300 else "status")


def _sent(link: _Connection, target: Target, headers: Mapping[str, str], body: bytes) -> int:
    link.connect()
    link.putrequest("POST", target.path, skip_host=True, skip_accept_encoding=True)
    fixed = {
        "Host": target.authority,
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        "User-Agent": "abcall-webhooks",
        "Connection": "close",
    }
    for name, value in (fixed | dict(headers)).items():
        link.putheader(name, value)
    link.endheaders(body)
    return link.getresponse().status


def _cut(link: _Connection, ended: threading.Event) -> None:
    """End a connection from outside: whoever waits on it fails at once."""
    ended.set()
    with suppress(OSError, AttributeError):
        link.sock.shutdown(socket.SHUT_RDWR)
