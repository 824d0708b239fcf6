"""What one tenant may still ask of this process: rate, records, day, and requests at once."""

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from foundation.errors import TooMany
from serving.door.bucket import Bucket
from serving.door.quota import DailyQuota

if TYPE_CHECKING:
    from datetime import datetime

    from tenancy.limits import Limits
    from tenancy.store import Store
    from tenancy.tenant import Tenant

MINUTE = 60.0
AGAIN_SECONDS = 1.0
"""When to come again where too many requests are under way."""


@dataclass(frozen=True)
class Standing:
    """What answers say in the headers ``RateLimit-Policy`` and ``RateLimit``, by policy.

    Attributes
    ----------
    quota, window_seconds
        Of the policy.
    remaining, reset_seconds
        Of now.
    """

    policy: str
    quota: int
    window_seconds: int
    remaining: int
    reset_seconds: float


class Allowance:
    """A tenant's limits in one process.

    Parameters
    ----------
    workers
        Processes that share the rates: each gives out its part.
    """

    def __init__(self, store: "Store", tenant: "Tenant", limits: "Limits", workers: int) -> None:
        self._lock = threading.Lock()
        self._under_way = self._large = 0
        self._workers = workers
        self._requests, self._records = Bucket(0, 0), Bucket(0, 0)
        self._day = DailyQuota(store, tenant, 0)
        self.limits = limits
        self.change(limits)

    def change(self, limits: "Limits") -> None:
        """Let other limits hold from now on."""
        with self._lock:
            self.limits = limits
            requests, records = limits.requests_per_minute, limits.records_per_minute
            share = self._workers
            self._requests.resize(requests / MINUTE / share, max(1.0, limits.burst / share))
            self._records.resize(records / MINUTE / share, max(1.0, records / share))
            self._day.per_day = limits.records_per_day

    def admit(self, monotonic: float, now: "datetime", *, large: bool = False) -> None:
        """Let a request in, or raise ``TooMany`` that says when to come again.

        Parameters
        ----------
        large
            Whether it brings a batch: of these one is under way at a time.
        """
        with self._lock:
            if self.limits.at_once and self._under_way >= self.limits.at_once:
                raise _too_many("at_once", AGAIN_SECONDS, self.limits.at_once)
            if self.limits.at_once and large and self._large:
                raise _too_many("large_at_once", AGAIN_SECONDS, 1)
            for name, wait in (
                ("requests", self._requests.wait(monotonic)),
                ("records", self._records.wait(monotonic)),
                ("day", self._day.wait(now)),
            ):
                if wait:
                    raise _too_many(name, wait, self._number(name))
            self._requests.take(1, monotonic)
            self._records.take(1, monotonic)
            self._day.use(1)
            self._under_way += 1
            self._large += large

    def finish(self, records: int, monotonic: float, *, large: bool = False) -> None:
        """Let a request go, and count the records that it had beyond the one it came in with."""
        with self._lock:
            self._under_way -= 1
            self._large -= large
            more = max(0, records - 1)
            self._records.take(more, monotonic)
            self._day.use(more)

    def settle(self) -> None:
        """Give back to the day what this process took and did not use."""
        with self._lock:
            self._day.settle()

    def standing(self) -> list[Standing]:
        """Return how the tenant stands, for limits that there are."""
        with self._lock:
            told = []
            for name, bucket in (("requests", self._requests), ("records", self._records)):
                if self._number(name):
                    left = max(0, int(bucket.level)) * self._workers
                    told.append(Standing(name, self._number(name), 60, left, bucket.full_in()))
            if self._day.per_day:
                told.append(Standing("day", self._day.per_day, 86_400, self._day.remaining, 0.0))
            return told

    def _number(self, name: str) -> int:
        return {
            "requests": self.limits.requests_per_minute,
            "records": self.limits.records_per_minute,
            "day": self.limits.records_per_day,
        }[name]


def _too_many(name: str, wait: float, limit: int) -> TooMany:
    return TooMany(f"limits.{name}", limit=limit, seconds=max(1, round(wait + 0.499)))
