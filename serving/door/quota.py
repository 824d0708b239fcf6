"""A tenant's records of a day, taken from the store in blocks and used up here.

The store is asked once a block, so that a request costs nothing; all processes take from one count,
which outlives them. What a process had taken and not used when it was killed counts as used.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tenancy.limits import MOST, day_of, take_records

if TYPE_CHECKING:
    from datetime import datetime

    from tenancy.store import Store
    from tenancy.tenant import Tenant

LARGEST_BLOCK = 1_000
BLOCKS_A_DAY = 100


@dataclass
class DailyQuota:
    """What this process may use of a tenant's day; in debt where a request turned out larger.

    Attributes
    ----------
    left
        Taken from the store and not used yet.
    taken
        Of the day, by all processes, when the store was last asked.
    """

    store: "Store"
    tenant: "Tenant"
    per_day: int
    day: str = field(init=False, default="")
    left: int = field(init=False, default=0)
    taken: int = field(init=False, default=0)

    def wait(self, now: "datetime") -> float:
        """Return the seconds until a record may be used; 0 where one may now."""
        if not self.per_day:
            return 0.0
        day, rest = day_of(self.tenant, now)
        if day != self.day:
            self.settle()
            self.day, self.left, self.taken = day, 0, 0
        if self.left <= 0:
            self._refill()
        return 0.0 if self.left > 0 else rest

    def use(self, records: int) -> None:
        """Use records, whether they were taken or not."""
        if self.per_day:
            self.left -= records

    def settle(self) -> None:
        """Give back what was not used, or count what was used beyond it."""
        if self.day and self.left:
            _, self.taken = take_records(self.store, self.tenant, self.day, -self.left, MOST)
            self.left = 0

    @property
    def remaining(self) -> int:
        """Records that the day still has, as far as this process knows."""
        return max(0, self.per_day - self.taken + self.left)

    def _refill(self) -> None:
        self.settle()
        block = max(1, min(LARGEST_BLOCK, self.per_day // BLOCKS_A_DAY))
        given, self.taken = take_records(self.store, self.tenant, self.day, block, self.per_day)
        self.left += given
