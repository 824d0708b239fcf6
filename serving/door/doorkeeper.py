"""Who is behind a key, remembered for some seconds, and how much they may still ask.

A key that was verified is not looked up again for ``REMEMBERED_SECONDS``: what is revoked, rotated,
limited or published elsewhere takes hold within them, here at once (``forget``). The memory holds
hashes of secrets, no secret.
"""

import hashlib
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from foundation.clock import utc_now
from foundation.errors import NotSignedIn
from serving.door.afterwards import Afterwards
from serving.door.allowance import Allowance
from serving.door.wrong_keys import WrongKeys
from tenancy.actor import Actor
from tenancy.key_proof import is_use_to_note, verify_secret
from tenancy.limits import limits_of
from tenancy.tenant import Tenant
from tenancy.tenants import tenant_for

if TYPE_CHECKING:
    from data_contracts.contract import Contract
    from lakehouse.lake import Lake

REMEMBERED_SECONDS = 3.0
MOST_REMEMBERED = 10_000


@dataclass(frozen=True)
class Known:
    """What was found behind a secret.

    Attributes
    ----------
    ends_at
        When the secret stops to hold, if it does.
    until
        Until when this is remembered, on the process's own clock.
    """

    actor: Actor
    tenant: Tenant
    contract: "Contract"
    allowance: Allowance
    ends_at: datetime | None
    until: float


class Doorkeeper:
    """The memory of one process.

    Parameters
    ----------
    limits
        Of plans, as the settings say.
    workers
        Processes of the service that share tenants' rates.
    """

    def __init__(
        self,
        limits: Mapping[str, int],
        workers: int = 1,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.afterwards = Afterwards()
        self._settings, self._workers, self._clock = limits, workers, clock
        self._known: dict[bytes, Known] = {}
        self._allowances: dict[str, Allowance] = {}
        self._wrong = WrongKeys()
        self._lock = threading.Lock()

    def known(self, lake: "Lake", secret: str, address: str | None) -> Known:
        """Return who is behind a secret.

        Raises
        ------
        NotSignedIn
            Nobody, or nobody any more.
        TooMany
            Nobody, and this address has tried too often; a right key of the same address holds.
        """
        found = self.remembered(secret)
        if found is None:
            found = self._found(lake, secret, address)
            self._remember(_digest(secret), found)
        if found.ends_at is not None and found.ends_at <= utc_now():
            raise NotSignedIn("tenancy.wrong_key")
        return found

    def remembered(self, secret: str) -> Known | None:
        """Return who is behind a secret if that was found a moment ago; it may end meanwhile."""
        found = self._known.get(_digest(secret))
        return found if found is not None and found.until > self._clock() else None

    def forget(self) -> None:
        """Look everything up again: something was changed here."""
        self._known = {}

    def settle(self) -> None:
        """Give back what tenants' days have left here, when the process ends."""
        for allowance in list(self._allowances.values()):
            allowance.settle()

    def _found(self, lake: "Lake", secret: str, address: str | None) -> Known:
        try:
            proved = verify_secret(lake.store, secret)
        except NotSignedIn:
            self._wrong.count(address, self._clock())
            raise
        if is_use_to_note(proved.noted_at, utc_now()):
            self.afterwards.key_used(lake.store, proved.actor.id)
        tenant = tenant_for(lake.store, proved.actor)
        return Known(
            proved.actor,
            tenant,
            lake.contract_of(tenant),
            self._allowance(lake, tenant),
            proved.ends_at,
            self._clock() + REMEMBERED_SECONDS,
        )

    def _allowance(self, lake: "Lake", tenant: Tenant) -> Allowance:
        limits = limits_of(lake.store, tenant, self._settings)
        with self._lock:
            found = self._allowances.get(tenant.id)
            if found is None:
                found = Allowance(lake.store, tenant, limits, self._workers)
                self._allowances[tenant.id] = found
        if found.limits != limits:
            found.change(limits)
        return found

    def _remember(self, digest: bytes, found: Known) -> None:
        if len(self._known) >= MOST_REMEMBERED:
            self._known = {}
        self._known[digest] = found


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()
