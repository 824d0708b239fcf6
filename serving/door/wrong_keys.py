"""Wrong keys by address: somebody who tries many is told to wait, and their neighbours are not.

Secrets have 256 random bits, so nobody guesses one; what is kept down is noise. A right key is
never refused for what others behind its address (a company's, a proxy's) send: only wrong ones
count, and only wrong ones are told to wait.
"""

import ipaddress
import threading
from collections import OrderedDict

from foundation.errors import TooMany
from serving.door.bucket import Bucket

A_MINUTE = 30
MOST_ADDRESSES = 10_000


class WrongKeys:
    """Counts of one process; the address that was quiet longest is forgotten first."""

    def __init__(self) -> None:
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()
        self._lock = threading.Lock()

    def count(self, address: str | None, now: float) -> None:
        """Count a wrong key; raises ``TooMany`` where an address had too many."""
        with self._lock:
            name = neighbourhood(address)
            bucket = self._buckets.setdefault(name, Bucket(A_MINUTE / 60, A_MINUTE))
            self._buckets.move_to_end(name)
            if len(self._buckets) > MOST_ADDRESSES:
                self._buckets.popitem(last=False)
            wait = bucket.wait(now)
            if wait:
                raise TooMany("limits.wrong_keys", seconds=max(1, round(wait + 0.499)))
            bucket.take(1, now)


def neighbourhood(address: str | None) -> str:
    """Return what is counted together: an IPv4 address, or an IPv6 network of one customer.

    >>> neighbourhood("203.0.113.7"), neighbourhood("2001:db8:1:2:3::4")
    ('203.0.113.7', '2001:db8:1:2::/64')
    """
    try:
        known = ipaddress.ip_address(address or "")
    except ValueError:
        return ""
    if known.version == 4:
        return str(known)
    return str(ipaddress.ip_network((known, 64), strict=False))
